import HTTPTypes
import Hummingbird
import NIOCore

/// The answer that is a stream of events.
enum LiveStream {
    /// Tells browsers to come back three seconds after a connection was lost.
    static let opening = ByteBuffer(string: "retry: 3000\n\n")

    static func response(
        _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
        ]
        // Proxies in between are asked not to collect what is to arrive at once.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await writer.write(opening)
                try await write(&writer)
                try await writer.finish(nil)
            })
    }

    /// What those are told whose session is over: an error would only make browsers try again.
    static var expired: Response {
        response { writer in try await writer.write(ServerEvent.expired.bytes) }
    }
}
