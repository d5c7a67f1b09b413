import HTTPTypes
import Hummingbird
import Logging
import NIOCore

extension HTTPExchange {
    /// Asks a development instance of this very process, by its routes and without a connection: whatever lies between
    /// clients and its address, certificates and proxies, is none of its own business.
    ///
    /// Throws `SigstoreError` with code `unreachable` for other addresses.
    public static func instance(_ instance: DevelopmentSigstore) -> HTTPExchange {
        let router = Router(context: InstanceContext.self)
        SigstoreRoutes(instance).add(to: router)
        let responder = router.buildResponder()
        let base = instance.configuration.publicURL
        return HTTPExchange { request in
            guard request.url.hasPrefix(base + "/"), let method = HTTPRequest.Method(rawValue: request.method)
            else {
                throw SigstoreError(
                    .unreachable, "\(request.method) \(request.url) is nothing of the instance at \(base)")
            }
            var head = HTTPRequest(
                method: method, scheme: nil, authority: nil, path: String(request.url.dropFirst(base.count)))
            for (name, value) in request.headers {
                guard let name = HTTPField.Name(name) else { continue }
                head.headerFields.append(HTTPField(name: name, value: value))
            }
            let message = Hummingbird.Request(
                head: head, body: RequestBody(buffer: ByteBuffer(bytes: request.body)))
            let source = InstanceContext.Source(logger: Logger(label: "slipway.sigstore"))
            let answer = try await responder.respond(to: message, context: InstanceContext(source: source))
            let collector = BodyCollector()
            try await answer.body.write(collector)
            return Response(
                status: answer.status.code,
                headers: answer.headers.map { ($0.name.canonicalName, $0.value) }, body: collector.bytes)
        }
    }
}

/// What routes need to know of a request that came over no connection.
private struct InstanceContext: RequestContext {
    struct Source: RequestContextSource {
        let logger: Logger
    }

    var coreContext: CoreRequestContextStorage

    init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
}

/// Takes down an answer.
private final class BodyCollector: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) { bytes += buffer.readableBytesView }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
