import HTTPTypes
import Hummingbird
import NIOCore

/// The answer that is a stream of events.
enum LiveStream {
    /// Tells browsers to come back three seconds after a connection was lost.
    static let opening = ByteBuffer(string: "retry: 3000\n\n")

    /// A comment, by which a connection whose other end has vanished is noticed.
    static let signOfLife = ByteBuffer(string: ": still there\n\n")

    /// An answer that goes on until it has said all, or the client is gone: then what writes it is cancelled.
    ///
    /// - Parameter request: the one that is answered; nothing else may read its body.
    static func response(
        to request: Request, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
            // Looking out for the client takes the connection from the requests that could follow.
            .connection: "close",
        ]
        // Proxies in between are asked not to collect what is to arrive at once.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await writer.write(opening)
                do {
                    // Most streams are silent most of the time: that a client is gone must be noticed without a write.
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await write(&writer)
                    }
                } catch is CancellationError {
                    return
                }
                try await writer.finish(nil)
            })
    }

    /// What those are told whose session is over: an error would only make browsers try again.
    static func expired(_ request: Request) -> Response {
        response(to: request) { writer in try await writer.write(ServerEvent.expired.bytes) }
    }
}
