import Foundation
import Manifest
import Sigstore
import TestSupport
import Testing

/// An independent verifier and signer against this program's bundles and servers.
@Suite(.enabled(if: SigstorePython.path != nil)) struct SigstorePythonTests {
    static let artifact = Array("a release\n".utf8)

    static func write(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    static func verify(
        _ bundle: SignatureBundle, of artifact: [UInt8] = artifact, _ running: SigstoreServer.Running,
        identity: String = "https://ci.example/shop/build", issuer: String? = nil, in directory: String
    ) async throws -> (code: Int32, output: String) {
        let name = UUID().uuidString
        try write(bundle.json, "\(directory)/\(name).json")
        try write(artifact, "\(directory)/\(name)")
        try write(JSON.write(running.instance.clientConfiguration), "\(directory)/trust.json")
        return try await SigstorePython.run(
            [
                "--trust-config", "trust.json", "verify", "identity", "--offline", "--bundle", "\(name).json",
                "--cert-identity", identity, "--cert-oidc-issuer", issuer ?? running.url, name,
            ], in: directory)
    }

    /// Ways to spoil a bundle.
    static func spoiled(_ message: SignatureBundle, with other: SignatureBundle) -> [SignatureBundle] {
        var bundles = [SignatureBundle](repeating: message, count: 4)
        bundles[0].logEntries[0].integratedTime += 1
        bundles[1].logEntries[0].inclusionProof?.rootHash[0] ^= 1
        bundles[2].logEntries = other.logEntries
        bundles[3].content = .message(digest: nil, signature: other.signature)
        return bundles
    }

    @Test func `it accepts what is signed here and refuses what was changed`() async throws {
        try await withInstance { running in
            try await withTemporaryDirectory { directory in
                let session = try await running.signer().session(token: IdentityToken(try running.token()))
                let message = try await session.sign(Self.artifact)
                let statement = try await session.sign(
                    Statement.imageSignature(sha256: Artifact(Self.artifact).digest, name: "shop"))
                for bundle in [message, statement] {
                    let (code, output) = try await Self.verify(bundle, running, in: directory)
                    #expect(code == 0, "\(output)")
                }
                #expect(try await Self.verify(message, of: [1], running, in: directory).code != 0)
                #expect(
                    try await Self.verify(message, running, identity: "https://other", in: directory).code
                        != 0)
                #expect(
                    try await Self.verify(message, running, issuer: "https://other", in: directory).code != 0)
                let verifier = SignatureVerifier(trustedRoot: running.instance.trustedRoot)
                for bundle in Self.spoiled(message, with: statement) {
                    #expect(try await Self.verify(bundle, running, in: directory).code != 0)
                    let report = verifier.verify(
                        bundle, of: Artifact(Self.artifact), by: .identity(running.policy()))
                    #expect(!report.isValid)
                }
            }
        }
    }

    @Test func `it signs against the development instance, and that verifies here`() async throws {
        try await withInstance { running in
            try await withTemporaryDirectory { directory in
                try Self.write(Self.artifact, "\(directory)/artifact")
                try Self.write(JSON.write(running.instance.clientConfiguration), "\(directory)/trust.json")
                let token = try running.token()
                let (code, output) = try await SigstorePython.run(
                    [
                        "--trust-config", "trust.json", "sign", "--identity-token", token, "--bundle",
                        "bundle.json",
                        "artifact",
                    ], in: directory)
                #expect(code == 0, "\(output.replacing(token, with: "TOKEN"))")
                guard code == 0 else { return }
                let bundle = try SignatureBundle(
                    json: try Data(contentsOf: URL(filePath: "\(directory)/bundle.json")))
                let report = SignatureVerifier(trustedRoot: running.instance.trustedRoot).verify(
                    bundle, of: Artifact(Self.artifact), by: .identity(running.policy()))
                #expect(report.isValid, "\(report.error.map(String.init(describing:)) ?? "")")
            }
        }
    }
}
