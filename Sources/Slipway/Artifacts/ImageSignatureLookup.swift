import Foundation
public import OCI
public import Sigstore

/// How whoever decides over images reaches the world; closures, so that tests need no registry.
public struct ImageSignatureLookup: Sendable {
    /// The digest that a reference names and everything that lies beside the image.
    public var signatures: @Sendable (Reference) async throws -> (digest: Digest, found: [StoredSignature])
    /// The trusted root of this installation's own instance; nil where there is none.
    public var developmentRoot: @Sendable () async throws -> TrustedRoot?

    /// A lookup by functions.
    public init(
        signatures:
            @escaping @Sendable (Reference) async throws -> (digest: Digest, found: [StoredSignature]),
        developmentRoot: @escaping @Sendable () async throws -> TrustedRoot?
    ) {
        self.signatures = signatures
        self.developmentRoot = developmentRoot
    }

    /// Asks registries, and reads the trusted root that a development instance has written.
    ///
    /// - Parameter sigstoreDirectory: the directory of the instance, which need not exist.
    public static func registries(
        _ configuration: RegistryClient.Configuration, sigstoreDirectory: String
    ) -> ImageSignatureLookup {
        ImageSignatureLookup(
            signatures: { reference in
                try await RegistryClient.withClient(configuration) { client in
                    let digest = try await client.resolve(reference).digest
                    return (digest, try await ImageSignatures(client).all(of: digest, in: reference))
                }
            },
            developmentRoot: {
                let path = "\(sigstoreDirectory)/trusted_root.json"
                guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { return nil }
                return try TrustedRoot(json: bytes)
            })
    }
}
