import Foundation
import Manifest
import Sigstore

/// Signs and verifies as often as it can for a while, then lets the peer do the same against the same server.
///
/// Arguments: the peer's Python, its script.
@main struct SignatureBenchmarks {
    static let artifact = Array("an artifact of a benchmark\n".utf8)
    static let subject = "https://ci.example/benchmark"
    static let span = Duration.seconds(4)

    static func main() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "slipway-signatures-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let (ready, continuation) = AsyncStream.makeStream(of: SigstoreServer.Running.self)
        let server = SigstoreServer(
            .init(directory: directory + "/instance"), onReady: { continuation.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await running in ready {
                try await measure(running, directory)
                break
            }
            group.cancelAll()
        }
    }

    static func measure(_ running: SigstoreServer.Running, _ directory: String) async throws {
        guard let issuer = running.tokens else { return }
        let token = try issuer.token(subject: subject, at: Date(), lifetime: 3600, identifier: "benchmark")
        let signer = KeylessSigner(
            endpoints: SigningEndpoints(certificateAuthority: running.url, transparencyLog: running.url))
        let bundle = try await signer.session(token: IdentityToken(token)).sign(artifact)
        try Data(bundle.json).write(to: URL(filePath: directory + "/bundle.json"))
        try Data(artifact).write(to: URL(filePath: directory + "/artifact"))
        try Data(token.utf8).write(to: URL(filePath: directory + "/token"))

        let verifier = SignatureVerifier(trustedRoot: running.instance.trustedRoot)
        let policy = IdentityPolicy(identity: .exact(subject), issuer: .exact(running.url))
        let json = bundle.json
        let verified = try await rate {
            let report = verifier.verify(
                try SignatureBundle(json: json), of: Artifact(artifact), by: .identity(policy))
            guard report.isValid else { throw CocoaError(.featureUnsupported) }
        }
        // Each signature with a key, a token check, a certificate and a log entry of its own.
        let count = Counter()
        let signed = try await rate {
            let number = await count.next()
            _ = try await signer.session(token: IdentityToken(token)).sign(artifact + Array("\(number)".utf8))
        }
        print("slipway verify \(verified)")
        print("slipway sign \(signed)")
        fflush(nil)

        guard CommandLine.arguments.count == 3 else { return }
        let peer = Process()
        peer.executableURL = URL(filePath: CommandLine.arguments[1])
        peer.arguments = [
            CommandLine.arguments[2], directory, directory + "/instance/client_trust_config.json", subject,
            running.url,
        ]
        let configuration = JSON.write(running.instance.clientConfiguration)
        try Data(configuration).write(to: URL(filePath: directory + "/instance/client_trust_config.json"))
        try peer.run()
        await withCheckedContinuation { continuation in
            peer.terminationHandler = { _ in continuation.resume() }
        }
    }

    /// How often a body runs in a second.
    static func rate(_ body: () async throws -> Void) async throws -> Double {
        for _ in 0..<3 { try await body() }
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        while clock.now - start < span {
            try await body()
            count += 1
        }
        let elapsed = clock.now - start
        return Double(count)
            / (Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
    }
}

actor Counter {
    private var count = 0
    func next() -> Int {
        count += 1
        return count
    }
}
