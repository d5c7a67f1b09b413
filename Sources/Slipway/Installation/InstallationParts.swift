import Forge
import Foundation
import Git
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Logging
import NIOSSL
import OCI
import Pipeline
import Sigstore

/// The parts of an installation that hold something open: store, registry, keys, authority, forge, cluster.
///
/// Making them starts nothing; whatever cannot be used is found out here, before anything is served.
struct InstallationParts: Sendable {
    let settings: Settings
    let directory: DataDirectory
    let configuration: Installation.Configuration
    let keys: InstallationKeys
    let addresses: KnownAddresses
    let git: GitProgram
    let certificate: ServingCertificate?
    let server: APIServer
    let client: KubeClient
    let sigstore: DevelopmentSigstore
    let runTokens: RunTokenIssuer
    let gate: MergeGate
    /// Finds out who signed an image.
    let lookup: ImageSignatureLookup
    var forge: EmbeddedForge { gate.forge }
    let cluster: LocalCluster

    var logger: Logger { configuration.logger }
    /// This machine's Prometheus, where it runs along.
    var prometheus: PrometheusWorkload? {
        PrometheusWorkload(settings, environment: configuration.environment)
    }
    /// The URL of pages, git and all else on the one port.
    var webURL: String { Self.webURL(settings) }
    var apiURL: String { "\(Self.scheme(settings))://\(settings.listen.api.local)" }
    var tls: TLSConfiguration? { get throws { try certificate?.configuration } }

    init(
        _ settings: Settings, directory: DataDirectory, git: GitProgram,
        configuration: Installation.Configuration
    ) async throws {
        self.settings = settings
        self.directory = directory
        self.git = git
        self.configuration = configuration
        keys = try InstallationKeys(directory)
        certificate = try Self.certificate(settings, directory)
        let url = Self.webURL(settings)
        addresses = try KnownAddresses(
            directory, web: url, registry: settings.listen.registry.local.description)

        let registry = Self.registry(addresses, certificate)
        lookup = .registries(registry, sigstoreDirectory: directory.sigstore)
        let signatures = SignatureAdmission(lookup: lookup)
        let logs = NodeLogs()
        var serving = APIServer.Configuration(store: .file(path: directory.database))
        serving.tokens = try directory.users(settings, token: keys.token)
        serving.address = settings.listen.api.local.description
        serving.admission = [
            RequesterStamp(.approvals, field: "user"),
            RequesterStamp(Rollback.resource, field: "requestedBy"), signatures,
        ]
        serving.podLogs = logs
        serving.logger = configuration.logger
        do {
            serving.serviceAccountKey = try ServiceAccountKey(directory: directory.keys)
            server = try await APIServer.open(serving)
        } catch {
            throw SlipwayError(
                .storage, "the objects in \(directory.database) cannot be opened", cause: error)
        }
        client = KubeClient(InProcessTransport(server))
        signatures.connect(client)

        let gateKeys = try MergeGateKeys(directory: directory.keys)
        runTokens = try RunTokenIssuer(
            issuer: url, pemRepresentation: gateKeys.runs, date: { Timeline.continuous.date })
        let issuer = runTokens
        do {
            sigstore = try await DevelopmentSigstore(
                DevelopmentSigstore.Configuration(
                    directory: directory.sigstore, publicURL: url,
                    issuers: [
                        TokenIssuer(
                            url: issuer.issuer, mapping: .pipeline, keys: .provided { issuer.keySet },
                            isOneTime: true)
                    ]))
        } catch {
            throw SlipwayError(
                .storage, "the development authority in \(directory.sigstore) cannot be opened", cause: error)
        }

        let clustering = Self.cluster(settings, directory, registry)
        cluster = LocalCluster(
            client: client, configuration: clustering, logs: logs, logger: configuration.logger)
        var merging = MergeGate.Configuration(
            directory: directory.path, hookProgram: configuration.program,
            environment: configuration.environment)
        merging.runs = settings.pipeline.runs
        merging.steps = settings.pipeline.steps
        merging.images = ArtifactBuilder(
            try Self.artifacts(
                store: clustering.imageStore ?? "\(directory.path)/images", registry,
                signing: .init(
                    endpoints: SigningEndpoints(certificateAuthority: url, transparencyLog: url),
                    issuer: runTokens, trustedRoot: sigstore.trustedRoot, exchange: .instance(sigstore),
                    isDevelopment: true), url: url,
                configuration))
        merging.logger = configuration.logger
        gate = try MergeGate(client, git: git, merging)
        gate.forge.baseURL = url
    }

    private static func scheme(_ settings: Settings) -> String { settings.usesTLS ? "https" : "http" }

    private static func webURL(_ settings: Settings) -> String {
        settings.publicURL ?? "\(scheme(settings))://\(settings.listen.web.local)"
    }

    private static func certificate(
        _ settings: Settings, _ directory: DataDirectory
    ) throws -> ServingCertificate? {
        guard settings.usesTLS else { return nil }
        let listen = settings.listen
        var names: Set = ["localhost", "127.0.0.1", "::1", registryName]
        names.formUnion([listen.web.local.host, listen.api.local.host, listen.registry.local.host])
        if let host = settings.publicURL.flatMap({ URL(string: $0)?.host() }) { names.insert(host) }
        return try ServingCertificate(
            directory: directory.keys, names: names.sorted(), now: ServerClock.system.now())
    }

    /// The name that images have in pipeline files and manifests, wherever the registry listens.
    static let registryName = "registry.localhost"

    /// How every part speaks to registries; the installation's own has a name wherever it listens, and is found under the
    /// addresses that it had.
    private static func registry(
        _ addresses: KnownAddresses, _ certificate: ServingCertificate?
    ) -> RegistryClient.Configuration {
        RegistryClient.Configuration(
            secureHosts: certificate == nil ? [] : Set(addresses.registries.prefix(1)),
            authorities: certificate.map { Array($0.authority.utf8) }, mirrors: addresses.mirrors)
    }

    private static func artifacts(
        store: String, _ registry: RegistryClient.Configuration, signing: ArtifactSettings.Signing,
        url: String, _ configuration: Installation.Configuration
    ) throws -> ArtifactSettings {
        ArtifactSettings(
            store: try ImageStore(directory: store), registry: registry, hosts: registry.mirrors,
            signing: signing, builder: url, sourceURL: { "\(url)/\($0)/\($1).git" },
            environment: configuration.environment)
    }

    private static func cluster(
        _ settings: Settings, _ directory: DataDirectory, _ registry: RegistryClient.Configuration
    ) -> LocalCluster.Configuration {
        var cluster = LocalCluster.Configuration()
        cluster.directory = directory.path
        cluster.nodeName = settings.cluster.node
        cluster.runtimes = settings.cluster.runtimes
        cluster.bridge = settings.cluster.bridge
        cluster.podSubnet = IPv4Subnet(settings.cluster.podSubnet)
        cluster.connectsPods = settings.cluster.connectsPods
        cluster.trafficAddress = settings.listen.traffic.host
        cluster.metricsPort = settings.listen.metrics.port
        cluster.registries.mirrors = registry.mirrors
        cluster.registries.secureHosts = registry.secureHosts
        cluster.registries.authorities = registry.authorities
        return cluster
    }
}
