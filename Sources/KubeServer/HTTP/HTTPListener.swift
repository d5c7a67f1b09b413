import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import KubeModel
public import Logging
import NIOCore
public import NIOSSL
public import ServiceLifecycle

/// Serves an API server on a TCP port, with or without TLS.
public struct HTTPListener: Service {
    private let server: APIServer
    private let host: String
    private let port: Int
    private let tls: TLSConfiguration?
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - port: 0 for any free port.
    ///   - tls: the server's certificate and what it asks of clients; nil for plain HTTP.
    ///   - onReady: told the port once connections are accepted.
    public init(
        _ server: APIServer, host: String = "127.0.0.1", port: Int = 0, tls: TLSConfiguration? = nil,
        logger: Logger = Logger(label: "slipway.kube"),
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.server = server
        self.host = host
        self.port = port
        self.tls = tls
        self.logger = logger
        self.onReady = onReady
    }

    /// Accepts connections until the service is told to stop, then ends the watches and finishes what is running.
    public func run() async throws {
        let server = server
        let onReady = onReady
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await Self.respond(to: request, by: server)
            },
            server: try tls.map { try .tls(.http1(), tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) },
            logger: logger)
        try await withGracefulShutdownHandler {
            try await application.run()
        } onGracefulShutdown: {
            server.store.endAllWatches()
        }
    }

    private static func respond(to request: Request, by server: APIServer) async -> Response {
        guard let method = APIRequest.Method(rawValue: request.method.rawValue) else {
            return Response(.status(.generic(code: 405)), to: request)
        }
        var body: [UInt8] = []
        if method != .get, method != .head {
            do {
                body = [UInt8](buffer: try await request.body.collect(upTo: BodyReader.limit + 1))
            } catch {
                return Response(
                    .status(.requestEntityTooLarge("limit is \(BodyReader.limit)")), to: request)
            }
        }
        return Response(await server.handle(APIRequest(method, request, body: body)), to: request)
    }
}

extension APIRequest {
    fileprivate init(_ method: Method, _ request: Request, body: [UInt8]) {
        let target = request.head.path ?? "/"
        let mark = target.firstIndex(of: "?")
        var headers = APIHeaders()
        for field in request.headers { headers.add(field.name.rawName, field.value) }
        self.init(
            method, String(target[..<(mark ?? target.endIndex)]),
            query: mark.map { Parameter.list(target[target.index(after: $0)...]) } ?? [], headers: headers,
            body: body)
    }
}

extension APIRequest.Parameter {
    /// The parameters of a query, decoded; what is malformed is left out, as in Go's `net/url`.
    static func list(_ query: Substring) -> [APIRequest.Parameter] {
        query.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { String($0.map { $0 == "+" ? " " : $0 }).percentDecoded }
            guard let name = decoded.first ?? nil else { return nil }
            guard decoded.count > 1 else { return APIRequest.Parameter(name, "") }
            return decoded[1].map { APIRequest.Parameter(name, $0) }
        }
    }
}

extension Response {
    fileprivate init(_ response: APIResponse, to request: Request) {
        var headers = HTTPFields()
        for field in response.headers.fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            headers.append(HTTPField(name: name, value: field.value))
        }
        let body: ResponseBody
        switch response.body {
        case .bytes(let bytes): body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .stream(let chunks):
            let requestBody = request.body
            body = ResponseBody { writer in
                // The client's going away must end a watch that has nothing to write.
                try? await requestBody.consumeWithCancellationOnInboundClose { _ in
                    for try await chunk in chunks { try await writer.write(ByteBuffer(bytes: chunk)) }
                }
                try await writer.finish(nil)
            }
        }
        self.init(status: HTTPResponse.Status(code: response.status), headers: headers, body: body)
    }
}
