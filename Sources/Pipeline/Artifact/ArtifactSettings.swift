public import OCI
public import Sigstore

/// Where the images of the `build` gate are made, where they go, and in whose name they are signed.
public struct ArtifactSettings: Sendable {
    /// How images are signed without a key that anybody keeps.
    public struct Signing: Sendable {
        /// The certificate authority and the transparency log.
        public var endpoints: SigningEndpoints
        /// Issues the tokens by which the authority knows the run.
        public var issuer: RunTokenIssuer
        /// What every signature is checked against before it is published.
        public var trustedRoot: TrustedRoot
        /// How authority and log are reached.
        public var exchange: HTTPExchange
        /// Whether authority and log are a development instance, which releases say.
        public var isDevelopment: Bool

        /// Names an authority and who tells it about runs.
        public init(
            endpoints: SigningEndpoints, issuer: RunTokenIssuer, trustedRoot: TrustedRoot,
            exchange: HTTPExchange = .network(), isDevelopment: Bool = false
        ) {
            self.endpoints = endpoints
            self.issuer = issuer
            self.trustedRoot = trustedRoot
            self.exchange = exchange
            self.isDevelopment = isDevelopment
        }
    }

    /// Where images are built and base images kept. A node that shares it runs images that were not pushed, which is
    /// how the images of runs that must not push are verified.
    public var store: ImageStore
    /// How registries are spoken to: credentials, TLS.
    public var registry: RegistryClient.Configuration
    /// Registries by the names that pipeline files give them: `registry.localhost` for `127.0.0.1:5000`. Images are
    /// called by the address from the build on, so that everybody finds them.
    public var hosts: [String: String]
    /// Nil for an installation whose runs do not push, as on a developer's machine.
    public var signing: Signing?
    /// The name of this installation in provenance: who verifies one trusts what has this name.
    public var builder: String
    /// The address of a repository, for the annotation `org.opencontainers.image.source` and the provenance. It becomes
    /// part of the image, so it must not change from build to build.
    public var sourceURL: @Sendable (_ namespace: String, _ repository: String) -> String?
    /// Where `buildah` is looked for (`PATH`), and what it is run with.
    public var environment: [String: String]
    /// Threads that compress layers; does not change what is built.
    public var threads: Int

    /// Settings that build into a store; without `signing` nothing is pushed.
    public init(
        store: ImageStore, registry: RegistryClient.Configuration = RegistryClient.Configuration(),
        hosts: [String: String] = [:], signing: Signing? = nil, builder: String = "https://slipway.dev/local",
        sourceURL: @escaping @Sendable (_ namespace: String, _ repository: String) -> String? = { _, _ in nil
        },
        environment: [String: String] = [:], threads: Int = BuildThreads.available
    ) {
        self.store = store
        self.registry = registry
        self.hosts = hosts
        self.signing = signing
        self.builder = builder
        self.sourceURL = sourceURL
        self.environment = environment
        self.threads = threads
    }

    /// A name of a pipeline file with the address of its registry.
    ///
    /// - Throws: `OCIError` with code `invalidReference` or `invalidDigest`.
    func reference(_ text: String) throws(OCIError) -> Reference {
        let named = try Reference(parsing: text)
        guard let host = hosts[named.domain] else { return named }
        return try Reference(
            domain: host, repository: named.repository, tag: named.tag, digest: named.digest)
    }
}
