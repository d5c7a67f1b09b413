import Foundation
import Logging
import Manifest
import Sigstore
import TestSupport
import Testing

/// Runs a body against a development instance on a port of this machine.
func withInstance<Result: Sendable>(
    directory: String? = nil, mapping: ClaimMapping = .subject, issuers: [TokenIssuer] = [],
    now: @escaping @Sendable () -> Date = { Date() },
    _ body: @escaping @Sendable (SigstoreServer.Running) async throws -> Result
) async throws -> Result {
    try await withTemporaryDirectory { temporary in
        let (ready, continuation) = AsyncStream.makeStream(of: SigstoreServer.Running.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = SigstoreServer(
            SigstoreServer.Configuration(
                directory: directory ?? temporary + "/sigstore", issuers: issuers, ownMapping: mapping,
                now: now),
            logger: logger, onReady: { continuation.yield($0) })
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await server.run()
                return nil
            }
            group.addTask {
                for await running in ready { return try await body(running) }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }
}

extension SigstoreServer.Running {
    /// A token of the instance's own issuer that is valid now.
    func token(
        subject: String = "https://ci.example/shop/build", claims: Object = [:],
        audience: String = "sigstore",
        at date: Date = Date(), lifetime: Double = 600
    ) throws -> String {
        try #require(tokens).token(
            subject: subject, audience: audience, claims: claims, at: date, lifetime: lifetime,
            identifier: "test")
    }

    func signer() -> KeylessSigner {
        KeylessSigner(
            endpoints: SigningEndpoints(certificateAuthority: url, transparencyLog: url),
            trustedRoot: instance.trustedRoot)
    }

    func policy(_ subject: String = "https://ci.example/shop/build") -> IdentityPolicy {
        IdentityPolicy(identity: .exact(subject), issuer: .exact(url))
    }

    func get(_ path: String) async throws -> HTTPExchange.Response {
        try await HTTPExchange.network().send(HTTPExchange.Request("GET", url + path))
    }

    func post(_ path: String, _ body: Value, headers: [(name: String, value: String)] = []) async throws
        -> HTTPExchange.Response
    {
        try await HTTPExchange.network().send(
            HTTPExchange.Request("POST", url + path, headers: headers, body: JSON.write(body)))
    }
}
