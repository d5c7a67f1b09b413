public import GitOps
public import KubeClient
public import Logging
public import OCI
public import Pipeline
public import Sigstore

/// What an installation needs to build, sign, release and let in images, put together from what it has anyway.
///
///     let artifacts = try ArtifactParts(
///         imageStore: store, registry: "127.0.0.1:5000", sigstoreDirectory: directory, url: url)
///     serving.admission.append(artifacts.admission)
///     let server = try await APIServer.open(serving)
///     artifacts.admission.connect(client)
///     pipeline.images = artifacts.builder(issuer: runTokens, trustedRoot: sigstore.trustedRoot)
///     gitops = GitOpsController(client, …, guards: artifacts.guards(client))
///     try await artifacts.releases(client, verifiers: [gates], sources: sources).run()
///
/// The authority must believe the issuer with `ClaimMapping.pipeline`: policies name that identity.
public struct ArtifactParts: Sendable {
    /// The name that pipeline files give this installation's registry, wherever it listens.
    public static let registryName = "registry.localhost"

    /// How registries are spoken to.
    public let registry: RegistryClient.Configuration
    /// Where images are built; the node's own store, so that it runs what has not been pushed.
    public let store: ImageStore
    /// Keeps unsigned images out of protected namespaces; to be connected once there is a server.
    public let admission: SignatureAdmission
    private let lookup: ImageSignatureLookup
    private let address: String
    private let url: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - imageStore: the directory of the node's images: `LocalCluster.Configuration.imageStore`.
    ///   - registry: host and port of this installation's registry, as pods and people reach it.
    ///   - authority: the certificate of the registry's authority in PEM; nil for plain HTTP on this machine.
    ///   - sigstoreDirectory: the directory of the development authority and log.
    ///   - url: the installation, as tokens and provenance name it; authority and log answer at its root.
    ///   - environment: where `buildah` and the credentials of other registries are looked for.
    /// - Throws: `OCIError` with code `storage` or `configuration`.
    public init(
        imageStore: String, registry: String, authority: [UInt8]? = nil, sigstoreDirectory: String,
        url: String,
        environment: [String: String] = [:]
    ) throws {
        store = try ImageStore(directory: imageStore)
        address = registry
        self.url = url
        self.environment = environment
        let docker = try DockerConfiguration.load(environment: environment)
        self.registry = RegistryClient.Configuration(
            credentials: .docker(docker), security: authority == nil ? .automatic : .required,
            authorities: authority, mirrors: [Self.registryName: registry])
        lookup = .registries(self.registry, sigstoreDirectory: sigstoreDirectory)
        admission = SignatureAdmission(lookup: lookup)
    }

    /// The builder of the `build` gate.
    ///
    /// - Parameter exchange: how authority and log are asked; of the same process, without a socket.
    public func builder(
        issuer: RunTokenIssuer, trustedRoot: TrustedRoot, exchange: HTTPExchange = .network()
    ) -> ArtifactBuilder {
        let url = url
        return ArtifactBuilder(
            ArtifactSettings(
                store: store, registry: registry, hosts: [Self.registryName: address],
                signing: ArtifactSettings.Signing(
                    endpoints: SigningEndpoints(certificateAuthority: url, transparencyLog: url),
                    issuer: issuer, trustedRoot: trustedRoot, exchange: exchange, isDevelopment: true),
                builder: url, sourceURL: { "\(url)/\($0)/\($1).git" }, environment: environment))
    }

    /// What GitOps asks before a sync.
    public func guards(_ client: KubeClient) -> SyncGuards {
        .signatures(ImageSignatureJudge(client, lookup: lookup))
    }

    /// The program that writes releases.
    public func releases(
        _ client: KubeClient, namespace: String? = nil, verifiers: [any Verifier],
        sources: any SourceProvider,
        logger: Logger = Logger(label: "slipway.releases")
    ) -> ReleaseWriter {
        ReleaseWriter(
            client,
            ReleaseWriter.Settings(namespace: namespace, verifiers: verifiers, sources: sources),
            logger: logger)
    }
}
