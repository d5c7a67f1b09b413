import ClusterTestSupport
import Foundation
import GitOps
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Manifest
import OCI
import Sigstore
import TestSupport
import Testing

@testable import Slipway

/// Pods that really start, from images of a real registry with real signatures.
@Suite(
    .serialized,
    .enabled(
        if: geteuid() == 0 && Program.path("runc") != nil && Program.path("ldd") != nil,
        "needs root, runc and ldd"))
struct SignedPodTests {
    /// What a body needs: an API whose pods run, a registry, and an authority that signs.
    struct World: Sendable {
        let client: KubeClient
        let registry: String
        let sigstore: SigstoreServer.Running
        let store: ImageStore
        let judge: ImageSignatureJudge

        /// Pushes an image of a shell with a file of its own and answers its name by tag.
        func push(_ name: String, commit: Character) async throws -> Reference {
            let bash = try #require(Program.path("bash"))
            var items: [LayerContent.Item] = [
                .path(bash, at: "/bin/bash"), .file(Array(name.utf8), at: "/name"),
            ]
            for library in try await SignedPodTests.libraries(of: bash) {
                items.append(.path(library, at: library))
            }
            let image = try await OCI.ImageBuilder(store: store).build(
                OCI.ImageRecipe(layers: [LayerContent(items)]))
            let reference = try Reference(
                domain: registry, repository: name, tag: String(repeating: commit, count: 40))
            try await RegistryClient.withClient {
                _ = try await $0.push(image.document.digest, from: store, to: reference)
            }
            return reference
        }

        /// Signs an image as somebody.
        func sign(_ reference: Reference, as identity: String) async throws {
            let token = try #require(sigstore.tokens).token(subject: identity, at: Date(), identifier: "1")
            let signer = KeylessSigner(
                endpoints: SigningEndpoints(
                    certificateAuthority: sigstore.url, transparencyLog: sigstore.url))
            let session = try await signer.session(token: IdentityToken(token))
            try await RegistryClient.withClient { client in
                let image = try await client.resolve(reference)
                let digest = try #require(Hex.decode(image.digest.hex))
                let bundle = try await session.sign(
                    Statement.imageSignature(sha256: digest, name: reference.name))
                _ = try await ImageSignatures(client).attach(bundle, to: image, in: reference, at: Date())
            }
        }

        func create(_ name: String, _ image: Reference) async throws -> Value {
            let pod: Value = [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
                "spec": [
                    "restartPolicy": "Never",
                    "containers": [
                        [
                            "name": "main", "image": .string(image.description),
                            "command": ["/bin/bash", "-c", "read line < /name; echo \"this is $line\""],
                        ]
                    ],
                ],
            ]
            return try await client.create(.pods, pod, namespace: "prod")
        }

        /// Waits for the end of a pod.
        func phase(of name: String) async throws -> String {
            let cache = WatchCache(client, .pods, namespace: "prod", mode: .full, logger: .silent)
            return try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    await cache.run()
                    return nil
                }
                group.addTask {
                    for await event in cache.subscribe() where event.key.name == name {
                        let phase = event.object.value?["status", "phase"]?.stringValue
                        if phase == "Succeeded" || phase == "Failed" { return phase }
                    }
                    return nil
                }
                defer { group.cancelAll() }
                while let result = try await group.next() { if let result { return result } }
                throw CancellationError()
            }
        }
    }

    static let pipeline = "https://slipway.example/shop/orders/.slipway/pipeline.yaml@candidate"

    private static func libraries(of program: String) async throws -> [String] {
        let text = try await Program.run("/usr/bin/env", ["ldd", program]).output
        return text.split(whereSeparator: \.isWhitespace).map(String.init).filter { $0.hasPrefix("/") }
    }

    static func withWorld(
        policy: RegistryPolicy = RegistryPolicy(), _ body: @escaping @Sendable (World) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let (instances, instance) = AsyncStream.makeStream(of: SigstoreServer.Running.self)
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let sigstore = SigstoreServer(
                SigstoreServer.Configuration(directory: "\(directory)/sigstore"), logger: .silent,
                onReady: { instance.yield($0) })
            let registry = try RegistryServer(
                RegistryServer.Configuration(directory: "\(directory)/registry", policy: policy),
                logger: .silent,
                onReady: { port.yield($0) })
            let lookup = ImageSignatureLookup.registries(
                RegistryClient.Configuration(), sigstoreDirectory: "\(directory)/sigstore")
            let admission = SignatureAdmission(lookup: lookup, timeout: .seconds(240))
            let logs = NodeLogs()
            var serving = APIServer.Configuration.testing
            serving.admission.append(admission)
            serving.podLogs = logs
            let final = serving
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await sigstore.run() }
                group.addTask { try await registry.run() }
                defer { group.cancelAll() }
                let running = try #require(await instances.first { _ in true })
                let number = try #require(await ports.first { _ in true })
                try await withServer(final) { server in
                    let client = KubeClient(InProcessTransport(server))
                    admission.connect(client)
                    let world = World(
                        client: client, registry: "127.0.0.1:\(number)", sigstore: running,
                        store: try ImageStore(directory: "\(directory)/images"),
                        judge: ImageSignatureJudge(client, lookup: lookup))
                    try await withNode(client, logs) { try await body(world) }
                }
            }
        }
    }

    private static func withNode(
        _ client: KubeClient, _ logs: NodeLogs, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await client.install([.signaturePolicies, .releases])
        let namespace: Value = [
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": ["name": "prod", "labels": ["slipway.dev/signatures": "required"]],
        ]
        _ = try await client.create(.namespaces, namespace, namespace: nil)
        var settings = LocalCluster.Configuration()
        settings.bridge = "slip\(UInt32.random(in: 0..<1_000_000))"
        settings.podSubnet = IPv4Subnet("10.\(UInt8.random(in: 100...250)).\(UInt8.random(in: 0...255)).0/24")
        let cluster = LocalCluster(client: client, configuration: settings, logs: logs, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            try await cluster.waitUntilReady()
            try await body()
            cluster.stop()
            try await group.waitForAll()
        }
    }

    static func policy(issuer: String) -> Value {
        [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "SignaturePolicy",
            "metadata": ["name": "pipelines"],
            "spec": [
                "images": ["127.0.0.1:*/**"],
                "authorities": [
                    [
                        "name": "orders", "identity": .string(pipeline), "issuer": .string(issuer),
                        "trustedRoot": "Development",
                    ]
                ],
            ],
        ]
    }

    @Test(.timeLimit(.minutes(5)))
    func `a signed image starts; one that is unsigned or signed by somebody else is refused by name`()
        async throws
    {
        try await Self.withWorld { world in
            _ = try await world.client.create(
                .signaturePolicies, Self.policy(issuer: world.sigstore.url), namespace: nil)
            let signed = try await world.push("shop/orders", commit: "a")
            try await world.sign(signed, as: Self.pipeline)
            let unsigned = try await world.push("shop/unsigned", commit: "b")
            let foreign = try await world.push("shop/foreign", commit: "c")
            try await world.sign(
                foreign, as: "https://slipway.example/shop/other/.slipway/pipeline.yaml@candidate")

            let pod = try await world.create("signed", signed)
            let digest = try await RegistryClient.withClient { try await $0.resolve(signed).digest }
            #expect(
                pod["spec", "containers"]?[0]?["image"]?.stringValue == signed.with(digest).description)
            #expect(try await world.phase(of: "signed") == "Succeeded")
            let log = try await world.client.log(pod: "signed", namespace: "prod")
            var bytes: [UInt8] = []
            for try await chunk in log { bytes += chunk }
            #expect(String(decoding: bytes, as: UTF8.self) == "this is shop/orders\n")

            for (image, check) in [
                (unsigned, "it has no signature"), (foreign, "check of identity"),
            ] {
                let error = await #expect(throws: APIError.self) { try await world.create("refused", image) }
                let message = error?.status.message ?? ""
                #expect(error?.status.code == 403)
                for word in [image.name, "SignaturePolicy pipelines", check] {
                    #expect(message.contains(word), "\(word): \(message)")
                }
            }

            // GitOps asks the same before it changes anything, and hears the same.
            let guards = SyncGuards.signatures(world.judge)
            #expect(try await guards.imageFaults([signed.description], "prod").isEmpty)
            let faults = try await guards.imageFaults(
                [signed, unsigned, foreign].map(\.description), "prod")
            #expect(faults.count == 2, "\(faults)")
            #expect(try await guards.imageFaults([unsigned.description], "elsewhere").isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a tag that is moved after signing brings nothing new into a pod`()
        async throws
    {
        try await Self.withWorld(policy: RegistryPolicy(hasImmutableTags: false)) { world in
            _ = try await world.client.create(
                .signaturePolicies, Self.policy(issuer: world.sigstore.url), namespace: nil)
            let signed = try await world.push("shop/orders", commit: "a")
            try await world.sign(signed, as: Self.pipeline)
            let pod = try await world.create("before", signed)
            let pinned = pod["spec", "containers"]?[0]?["image"]?.stringValue
            // The registry of this test lets tags move, as others do.
            let other = try await world.push("shop/other", commit: "d")
            let digest = try await RegistryClient.withClient { try await $0.resolve(other).digest }
            try await RegistryClient.withClient {
                _ = try await $0.push(digest, from: world.store, to: signed, rule: .any)
            }
            let error = await #expect(throws: APIError.self) { try await world.create("after", signed) }
            #expect(error?.status.message.contains("it has no signature") == true)
            #expect(try await world.phase(of: "before") == "Succeeded")
            #expect(pinned?.hasSuffix(digest.description) == false)
        }
    }
}
