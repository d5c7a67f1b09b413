import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// One request to a registry.
struct RegistryRequest: Sendable {
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// A part of a stored blob, opened anew for each attempt.
        case blob(ContentStore, Digest, Range<Int64>)
    }

    var method: String
    var url: RegistryURL
    var headers: [(name: String, value: String)] = []
    var body: Body = .none
    /// What a token must allow: `repository:NAME:pull`.
    var scopes: [String] = []
    /// The repository whose credential is used.
    var domain: String
    var repository: String

    /// What messages call the request.
    var what: String
}

/// An answer whose body has not been read yet.
struct RegistryResponse: Sendable {
    let status: Int
    /// By name in lower case.
    let headers: [String: [String]]
    let body: HTTPClientResponse.Body
    /// Where the answer came from, after redirects.
    let url: RegistryURL

    /// The first value of a header, whose name is given in lower case.
    func header(_ name: String) -> String? { headers[name]?.first }

    /// The whole body.
    ///
    /// - Throws: ``OCIError`` with code `limitExceeded` for more than `limit` bytes, `unreachable` for a cut connection.
    func collect(limit: Int, _ what: String) async throws -> [UInt8] {
        if let stated = header("content-length").flatMap({ Int($0) }), stated > limit {
            throw OCIError(.limitExceeded, "\(what): the registry's answer has more than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        do {
            for try await chunk in body {
                bytes += chunk.readableBytesView
                if bytes.count > limit {
                    throw OCIError(
                        .limitExceeded, "\(what): the registry's answer has more than \(limit) bytes")
                }
            }
        } catch {
            throw try RegistryTransport.translate(error, what, url)
        }
        return bytes
    }

    /// The beginning of the body, for answers that are errors and may be anything.
    func prefix(_ limit: Int) async -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await chunk in body {
                bytes += chunk.readableBytesView
                if bytes.count >= limit { break }
            }
        } catch {
            // What has arrived is better than nothing.
        }
        return Array(bytes.prefix(limit))
    }

    /// Reads a short body away, so that the connection can be used again.
    func discard() async {
        var count = 0
        do {
            for try await chunk in body {
                count += chunk.readableBytes
                if count > 64 << 10 { return }
            }
        } catch {
            // Nobody wanted it.
        }
    }
}

/// The HTTP connections of a client.
struct RegistryTransport: Sendable {
    let client: HTTPClient

    init(authorities: [UInt8]?, parallel: Int) throws(OCIError) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authorities {
            do {
                let certificates = try NIOSSLCertificate.fromPEMBytes(authorities)
                tls.additionalTrustRoots = [.certificates(certificates)]
            } catch {
                throw OCIError(
                    .configuration, "the registry's certificate authority is no PEM file", cause: error)
            }
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(60)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(parallel * 2, 8)
        // Whether to try again is decided by those who know the request, not once more down here.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Sends a request once.
    ///
    /// - Throws: ``OCIError`` with code `unreachable`; `CancellationError`.
    func send(_ request: RegistryRequest, authorization: String?) async throws -> RegistryResponse {
        var message = HTTPClientRequest(url: request.url.description)
        message.method = .init(rawValue: request.method)
        message.headers.add(name: "user-agent", value: "slipway")
        for field in request.headers { message.headers.add(name: field.name, value: field.value) }
        if let authorization { message.headers.add(name: "authorization", value: authorization) }
        switch request.body {
        case .none:
            // A POST, PUT or PATCH without a body says so.
            if ["POST", "PUT", "PATCH"].contains(request.method) {
                message.body = .bytes([], length: .known(Int64(0)))
            }
        case .bytes(let bytes):
            message.body = .bytes(bytes, length: .known(Int64(bytes.count)))
        case .blob(let store, let digest, let range):
            let reader = try await store.reader(of: digest, range: range)
            message.body = .stream(reader, length: .known(Int64(range.count)))
        }
        do {
            let answer = try await client.execute(message, deadline: .distantFuture)
            var headers: [String: [String]] = [:]
            for field in answer.headers { headers[field.name.lowercased(), default: []].append(field.value) }
            return RegistryResponse(
                status: Int(answer.status.code), headers: headers, body: answer.body, url: request.url)
        } catch {
            throw try Self.translate(error, request.what, request.url)
        }
    }

    /// A failure of a connection in the words of this module; failures that are so already stay.
    ///
    /// - Throws: `CancellationError` where the task was cancelled.
    static func translate(_ error: any Error, _ what: String, _ url: RegistryURL) throws -> OCIError {
        if let error = error as? OCIError { return error }
        if error is CancellationError || Task.isCancelled { throw CancellationError() }
        if let error = error as? HTTPClientError, error == .cancelled { throw CancellationError() }
        return OCIError(
            .unreachable, "\(what): no answer from \(url.isSecure ? "https" : "http")://\(url.authority)",
            cause: error)
    }
}
