import HTTPTypes
import Hummingbird
import Manifest
import NIOCore

/// Answers hooks on their socket.
struct HookResponder: Sendable {
    private static let limit = 32 << 20
    let forge: EmbeddedForge

    func respond(to request: Request) async -> Response {
        guard request.method == .post, request.uri.path == "/hooks" else {
            return Response(status: .notFound)
        }
        do {
            let body = try await request.body.collect(upTo: Self.limit)
            let call = try ValueDecoder().decode(
                HookCall.self, from: try JSON.parse(Array(body.readableBytesView)))
            let reply = await forge.answer(call)
            let bytes = JSON.write(try ValueEncoder().encode(reply))
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        } catch {
            return Response(status: .badRequest)
        }
    }
}
