import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import LocalCluster
import Logging
import Manifest
import OCI
import Sigstore
import TestSupport
import Testing

@testable import Pipeline

/// A pipeline whose images go to a registry and are signed by a development instance, all in this process.
struct ArtifactFixture: Sendable {
    let pipeline: PipelineFixture
    /// `127.0.0.1:port`.
    let registry: String
    let issuer: RunTokenIssuer
    let trustedRoot: TrustedRoot
    let store: ImageStore

    static let issuerURL = "https://slipway.example"
    /// Who signs what the runs of the test's repository make.
    static let identity = "https://slipway.example/default/shop/.slipway/pipeline.yaml@candidate"

    /// Whether this machine can start images.
    static var isPossible: Bool {
        PipelineFixture.isPossible && Program.path("runc") != nil && Program.path("ldd") != nil
    }

    func withClient<Answer>(_ body: (RegistryClient) async throws -> Answer) async throws -> Answer {
        try await RegistryClient.withClient(RegistryClient.Configuration(), body)
    }

    /// What lies beside an image and passes every check.
    func valid(_ image: String, _ type: String) async throws -> [VerifiedSignature] {
        let policy = IdentityPolicy(identity: .exact(Self.identity), issuer: .exact(Self.issuerURL))
        let reference = try Reference(parsing: image)
        return try await withClient { client in
            try await ImageSignatures(client).verify(
                reference, trustedRoot: trustedRoot, by: .identity(policy), predicateTypes: [type],
                bindsRepository: true
            ).valid
        }
    }
}

/// Runs a body with a fixture; everything is gone afterwards.
func withArtifacts(
    change: @escaping @Sendable (inout ArtifactSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (ArtifactFixture) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        let issuer = try RunTokenIssuer(issuer: ArtifactFixture.issuerURL) {
            Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        }
        let (registries, registry) = AsyncStream.makeStream(of: Int.self)
        let (instances, instance) = AsyncStream.makeStream(of: SigstoreServer.Running.self)
        let keys = issuer.keySet
        let sigstore = SigstoreServer(
            SigstoreServer.Configuration(
                directory: "\(directory)/sigstore",
                issuers: [
                    TokenIssuer(url: issuer.issuer, mapping: .pipeline, keys: .provided { keys })
                ], ownMapping: nil), logger: .silent, onReady: { instance.yield($0) })
        let server = try RegistryServer(
            RegistryServer.Configuration(directory: "\(directory)/registry"), logger: .silent,
            onReady: { registry.yield($0) })
        let images = "\(directory)/images"
        let store = try ImageStore(directory: RegistryImages.store(in: images))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sigstore.run() }
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            let running = try #require(await instances.first { _ in true })
            let port = try #require(await registries.first { _ in true })
            let host = "127.0.0.1:\(port)"
            var settings = ArtifactSettings(
                store: store, hosts: ["registry.localhost": host],
                signing: ArtifactSettings.Signing(
                    endpoints: SigningEndpoints(
                        certificateAuthority: running.url, transparencyLog: running.url), issuer: issuer,
                    trustedRoot: running.instance.trustedRoot, isDevelopment: true),
                builder: ArtifactFixture.issuerURL,
                sourceURL: { "https://slipway.example/git/\($0)/\($1)" },
                environment: ProcessInfo.processInfo.environment)
            change(&settings)
            let final = settings
            try await withPipeline(
                configure: { $0.images = ArtifactBuilder(final) },
                cluster: { configuration in
                    configuration.images = (try? RegistryImages(directory: images)).map {
                        HostImages(directory: nil, next: $0)
                    }
                }
            ) { pipeline in
                try await pipeline.client.install([.pullRequests, .releases])
                try await body(
                    ArtifactFixture(
                        pipeline: pipeline, registry: host, issuer: issuer,
                        trustedRoot: running.instance.trustedRoot, store: store))
            }
        }
    }
}

extension ScriptPipeline {
    /// A pipeline whose image is a shell with what it needs, for `registry.localhost/shop/web`.
    static func image(
        verify: String = "[/bin/bash, -c, \"echo it works\"]", layers: String = "", size: String = "",
        build: String = "", repository: String = "registry.localhost/shop/web", base: String = "scratch"
    ) -> String {
        let compile = """
            mkdir -p out/bin
            cp "$(command -v bash)" out/bin/bash
            for library in $(ldd out/bin/bash | grep -o '/[^ ]*'); do
              mkdir -p "out$(dirname "$library")"
              cp -L "$library" "out$library"
            done
            \(build)
            """
        var text = file()
        if let start = text.range(of: "  build:\n")?.lowerBound { text = String(text[..<start]) }
        return text + """
              build:
                steps:
                  compile:
                    run: |
            \(compile.split(separator: "\n", omittingEmptySubsequences: false).map { "          \($0)" }.joined(separator: "\n"))
                    outputs: { root: out }
                image:
                  repository: \(repository)
                  base: \(base)
                  layers: [{ from: outputs.root, to: / }\(layers)]
                  entrypoint: [/bin/bash]
                  user: "65532:65532"
                  \(size)
                  verify: { run: \(verify) }

            """
    }
}
