import AsyncHTTPClient
public import KubeModel
import NIOCore
import NIOHTTP1
import NIOSSL

/// Carries requests to an API server over HTTP/1.1, with or without TLS.
///
/// Connections are kept and reused; watches and followed logs have their own, so that however many there are,
/// other requests find one. Answers arrive as streams: a request ends when its task is cancelled or its answer
/// is dropped.
///
/// A transport must be closed with ``shutdown()``; ``withTransport(_:files:timeline:_:)`` does that by itself.
public final class HTTPTransport: APITransport {
    private let server: ServerAddress
    /// Scheme, host and port as the URL has them; the host is the one the server's certificate is checked for.
    private let origin: String
    private let hostHeader: String?
    private let impersonation: [(name: String, value: String)]
    private let credentials: CredentialSource
    private let requests: HTTPClient
    private let streams: HTTPClient

    /// Opens nothing yet; the first request does.
    ///
    /// - Throws: ``KubeClientError`` with code `configuration` for certificates or keys that cannot be read.
    public init(
        _ configuration: ClientConfiguration, files: FileReader = .system, timeline: Timeline = .continuous
    ) throws {
        let server = configuration.server
        self.server = server
        let scheme = server.isSecure ? "https" : "http"
        var client = HTTPClient.Configuration(
            tlsConfiguration: server.isSecure ? try configuration.tls.nioConfiguration() : nil,
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)))
        client.httpVersion = .http1Only
        if let name = configuration.tls.serverName, server.isSecure, name != server.host {
            client.dnsOverride = [name: server.host]
            origin = "\(scheme)://\(name):\(server.port)"
            hostHeader = server.authority
        } else {
            origin = "\(scheme)://\(server.authority)"
            hostHeader = nil
        }
        impersonation = configuration.impersonation?.headers ?? []
        credentials = CredentialSource(configuration.effectiveCredential, files: files, timeline: timeline)
        client.connectionPool = .init(
            idleTimeout: .seconds(60), concurrentHTTP1ConnectionsPerHostSoftLimit: 32)
        // Whether to try again is decided by those who know the request, not once more down here.
        client.connectionPool.retryConnectionEstablishment = false
        requests = HTTPClient(eventLoopGroupProvider: .singleton, configuration: client)
        client.connectionPool.idleTimeout = .seconds(1)
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 65_536
        streams = HTTPClient(eventLoopGroupProvider: .singleton, configuration: client)
    }

    /// Runs `body` with a transport and closes it afterwards.
    public static func withTransport<Answer>(
        _ configuration: ClientConfiguration, files: FileReader = .system, timeline: Timeline = .continuous,
        _ body: (HTTPTransport) async throws -> Answer
    ) async throws -> Answer {
        let transport = try HTTPTransport(configuration, files: files, timeline: timeline)
        let answer: Answer
        do {
            answer = try await body(transport)
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
        return answer
    }

    /// Closes all connections; requests on their way fail.
    public func shutdown() async {
        // The only failure is that it was closed already.
        try? await requests.shutdown()
        try? await streams.shutdown()
    }

    /// Sends one request, a second time where the server refuses a token that has changed in its file since.
    ///
    /// - Throws: ``KubeClientError`` with code `unreachable`, `connectionLost` or `configuration`;
    ///   `CancellationError`.
    public func send(_ request: APIRequest) async throws -> APIResponse {
        let authorization = try await credentials.authorization()
        let response = try await send(request, authorization: authorization)
        guard response.status == 401, credentials.canChange else { return response }
        await credentials.expire()
        let renewed = try await credentials.authorization()
        return renewed == authorization ? response : try await send(request, authorization: renewed)
    }

    private func send(_ request: APIRequest, authorization: String?) async throws -> APIResponse {
        var message = HTTPClientRequest(url: origin + server.pathPrefix + request.pathAndQuery)
        message.method = .init(rawValue: request.method.rawValue)
        for field in request.headers.fields { message.headers.add(name: field.name, value: field.value) }
        if let hostHeader { message.headers.replaceOrAdd(name: "host", value: hostHeader) }
        if let authorization { message.headers.replaceOrAdd(name: "authorization", value: authorization) }
        for field in impersonation { message.headers.add(name: field.name, value: field.value) }
        if !request.body.isEmpty {
            message.body = .bytes(request.body, length: .known(Int64(request.body.count)))
        }
        do {
            let client = request.isLongRunning ? streams : requests
            let answer = try await client.execute(message, deadline: .distantFuture)
            var headers = APIHeaders()
            for (name, value) in answer.headers { headers.add(name, value) }
            let body = AnswerBody(body: answer.body, server: server)
            return APIResponse(status: Int(answer.status.code), headers: headers, body: .stream(body))
        } catch {
            throw KubeClientError.transport(error, server: server)
        }
    }
}

extension APIRequest {
    /// Whether the answer lasts for as long as the client listens.
    var isLongRunning: Bool {
        func isSet(_ name: String) -> Bool {
            guard let value = parameter(name) else { return false }
            return value != "false" && value != "0"
        }
        return isSet("watch") || isSet("follow")
    }
}

/// The chunks of an answer, with failures in the words of this module.
private struct AnswerBody: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let server: ServerAddress

    struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: HTTPClientResponse.Body.AsyncIterator
        let server: ServerAddress

        mutating func next() async throws -> [UInt8]? {
            do {
                return try await chunks.next().map { [UInt8](buffer: $0) }
            } catch {
                throw KubeClientError.transport(error, server: server)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: body.makeAsyncIterator(), server: server)
    }
}
