import Foundation
import Logging
import Manifest
import OCI
import Sigstore
import TestSupport
import Testing

@Suite struct ImageSignatureTests {
    /// Runs a body with the embedded registry and an image in it.
    static func withImage(
        _ body: @escaping @Sendable (RegistryClient, Reference, ManifestDocument) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let (ready, continuation) = AsyncStream.makeStream(of: Int.self)
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let server = try RegistryServer(
                RegistryServer.Configuration(directory: directory), logger: logger,
                onReady: { continuation.yield($0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                for await port in ready {
                    try await RegistryClient.withClient { client in
                        let reference = try Reference(
                            domain: "127.0.0.1:\(port)", repository: "shop/api",
                            tag: String(repeating: "a", count: 40))
                        let document = try await push("one", to: reference, client)
                        try await body(client, reference, document)
                    }
                    break
                }
                group.cancelAll()
                try? await group.waitForAll()
            }
        }
    }

    static func push(_ text: String, to reference: Reference, _ client: RegistryClient) async throws
        -> ManifestDocument
    {
        let configuration = try await client.pushBlob(
            Array(#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#.utf8),
            mediaType: .imageConfiguration, to: reference)
        let document = ManifestDocument(
            ImageManifest(configuration: configuration, layers: [], annotations: ["text": text]))
        try await client.putManifest(document, to: reference)
        return document
    }

    static func sign(
        _ image: ManifestDocument, _ reference: Reference, _ client: RegistryClient,
        _ running: SigstoreServer.Running
    ) async throws {
        let store = ImageSignatures(client)
        let session = try await running.signer().session(token: IdentityToken(try running.token()))
        let digest = try #require(Hex.decode(image.digest.hex))
        let bundle = try await session.sign(Statement.imageSignature(sha256: digest, name: "shop"))
        _ = try await store.attach(bundle, to: image.descriptor, in: reference, at: Date())
        let legacy = try await session.signLegacy(reference: reference.name, digest: image.digest.description)
        try await store.attach(legacy, chain: session.chain, to: image.digest, in: reference)
    }

    @Test func `both layouts are found and verify`() async throws {
        try await withInstance { running in
            try await Self.withImage { client, reference, image in
                let store = ImageSignatures(client)
                let unsigned = try await store.verify(
                    reference, trustedRoot: running.instance.trustedRoot, by: .identity(running.policy()))
                #expect(unsigned.reports.isEmpty && unsigned.valid.isEmpty)
                try await Self.sign(image, reference, client, running)
                let result = try await store.verify(
                    reference, trustedRoot: running.instance.trustedRoot, by: .identity(running.policy()),
                    bindsRepository: true)
                #expect(result.valid.count == 2)
                #expect(result.image == reference.with(image.digest))
                // Signing again adds, and takes nothing away.
                try await Self.sign(image, reference, client, running)
                let again = try await store.verify(
                    reference, trustedRoot: running.instance.trustedRoot, by: .identity(running.policy()))
                #expect(again.valid.count == 4)
            }
        }
    }

    @Test func `signatures do not move to another image of the repository`() async throws {
        try await withInstance { running in
            try await Self.withImage { client, reference, image in
                let store = ImageSignatures(client)
                try await Self.sign(image, reference, client, running)
                let second = try reference.with(tag: String(repeating: "b", count: 40))
                let other = try await Self.push("two", to: second, client)
                // The attacker copies both signatures to the other image.
                let bundles = try await store.all(of: image.digest, in: reference)
                for signature in bundles {
                    switch signature.content {
                    case .bundle(let bundle):
                        _ = try await store.attach(bundle, to: other.descriptor, in: second, at: Date())
                    case .legacy(let legacy):
                        try await store.attach(legacy, chain: "", to: other.digest, in: second)
                    case .unreadable(let error): Issue.record("\(error)")
                    }
                }
                let result = try await store.verify(
                    second, trustedRoot: running.instance.trustedRoot, by: .identity(running.policy()))
                #expect(result.reports.count == 2)
                #expect(result.valid.isEmpty)
                let good = try await store.verify(
                    reference, trustedRoot: running.instance.trustedRoot, by: .identity(running.policy()))
                #expect(good.valid.count == 2)
            }
        }
    }

    @Test func `signers at the same time keep each other's signatures`() async throws {
        try await withInstance { running in
            try await Self.withImage { client, reference, image in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 {
                        group.addTask { try await Self.sign(image, reference, client, running) }
                    }
                    try await group.waitForAll()
                }
                let result = try await ImageSignatures(client).verify(
                    reference, trustedRoot: running.instance.trustedRoot, by: .identity(running.policy()))
                #expect(result.valid.count == 4)
            }
        }
    }

    @Test func `a registry that cannot be read is an error and not an unsigned image`() async throws {
        try await withInstance { running in
            try await RegistryClient.withClient(.init(retry: RegistryRetry(attempts: 1))) { client in
                let reference = try Reference(parsing: "127.0.0.1:1/shop/api:latest")
                await #expect(throws: OCIError.self) {
                    try await ImageSignatures(client).verify(
                        reference, trustedRoot: running.instance.trustedRoot, by: .identity(running.policy()))
                }
            }
        }
    }
}
