import ClusterTestSupport
import Glibc
import KubeClient
import KubeModel
import Logging
import Manifest
import OCI
import Testing

@testable import LocalCluster

@Suite(.serialized, .enabled(if: PodCluster.canRun)) struct PodImageTests {
    /// A registry of its own that holds `shop/shell:1`: the machine's shell with an entry point.
    ///
    /// - Parameter users: who may do anything there; nil where everybody may.
    private static func withRegistry(
        _ directory: String, users: [String: String]? = nil,
        _ body: @escaping @Sendable (_ image: String) async throws -> Void
    ) async throws {
        let (ports, ready) = AsyncStream<Int>.makeStream()
        let server = try RegistryServer(
            .init(
                directory: "\(directory)/registry", policy: RegistryPolicy(tags: .any),
                access: users.map { .passwords($0, allowsAnonymousPull: false) } ?? .open), logger: .silent,
            onReady: { ready.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let image = "127.0.0.1:\(port)/shop/shell:1"
            let pusher = users?.first.map { RegistryCredential.password(user: $0.key, password: $0.value) }
            try await push(image, in: directory, as: pusher)
            try await body(image)
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    /// Packs the machine's shell into a layer, as tar(1) does, and pushes an image of it.
    private static func push(
        _ image: String, in directory: String, as pusher: RegistryCredential?
    ) async throws {
        let files = "\(directory)/files"
        for path in try await shellFiles() {
            let place = files + path
            try Disk.makeDirectory(String(place[..<(try #require(place.lastIndex(of: "/")))]), mode: 0o755)
            try Disk.overwrite(try #require(try Disk.read(path)), to: place, mode: 0o755)
        }
        for name in ["etc", "proc", "dev", "sys", "tmp"] {
            try Disk.makeDirectory("\(files)/\(name)", mode: 0o755)
        }
        let tar = try #require(HostCommand(named: "tar"))
        try await tar.run(["-C", files, "-cf", "\(directory)/layer.tar", "."])
        let store = try ImageStore(directory: "\(directory)/pushed")
        let layer = try #require(try Disk.read("\(directory)/layer.tar", limit: 64 << 20))
        let digest = try await store.content.write(layer)
        let configuration: Value = [
            "architecture": .string(Platform.current.architecture), "os": "linux",
            "config": [
                "Entrypoint": ["/bin/sh", "-c"], "Cmd": ["echo $GREETING from $PWD"],
                "Env": ["GREETING=hello", "PATH=/bin"], "WorkingDir": "/work/here",
            ],
            "rootfs": ["type": "layers", "diff_ids": [.string("\(digest)")]],
        ]
        let configurationBytes = JSON.write(configuration)
        let configurationDigest = try await store.content.write(configurationBytes)
        let manifest: Value = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": [
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": .string("\(configurationDigest)"),
                "size": .integer(Int64(configurationBytes.count)),
            ],
            "layers": [
                [
                    "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": .string("\(digest)"),
                    "size": .integer(Int64(layer.count)),
                ]
            ],
        ]
        let manifestDigest = try await store.content.write(JSON.write(manifest))
        let reference = try Reference(parsing: image)
        let credentials = pusher.map { RegistryCredentials.single($0, for: reference.domain) }
        _ = try await RegistryClient.withClient(.init(credentials: credentials ?? .none)) { client in
            try await client.push(manifestDigest, from: store, to: reference, rule: .any)
        }
    }

    private static func shellFiles() async throws -> [String] {
        let ldd = try #require(HostCommand(named: "ldd"))
        let listing = try await ldd.run(["/bin/sh"])
        return listing.split { $0 == " " || $0 == "\t" || $0 == "\n" }.filter { $0.hasPrefix("/") }
            .map(String.init) + ["/bin/sh"]
    }

    @Test func `an image of a registry is pulled once and run as it says`() async throws {
        let place = "/tmp/slipway-images-\(getpid())"
        try Disk.makeDirectory(place)
        defer { try? Disk.remove(place) }
        try await Self.withRegistry(place) { image in
            try await PodCluster.with { cluster in
                try await cluster.pod(
                    "first",
                    ["restartPolicy": "Never", "containers": [["name": "main", "image": .string(image)]]])
                let pod = try await cluster.waitForPhase("Succeeded", "first")
                #expect(try await cluster.log("first") == "hello from /work/here\n")
                let status = try #require(pod.container("main"))
                #expect(status["image"]?.stringValue == image)
                let repository = image.dropLast(2)
                #expect(status["imageID"]?.stringValue?.hasPrefix("\(repository)@sha256:") == true)
                try await cluster.waitForEvent("Normal Pulling: Pulling image \"\(image)\"", of: "first")
                try await cluster.waitForEvent(
                    "Normal Pulled: Successfully pulled image \"\(image)\" in ", of: "first")
                try await cluster.waitForEvent(" including waiting). Image size: ", of: "first")
                try await cluster.wait("first", for: "how much of its image was pulled") { pod in
                    let pulled = pod.metadata.annotations["slipway.dev/pulled-bytes"]
                    return pulled != nil && pulled == pod.metadata.annotations["slipway.dev/image-bytes"]
                }
                try await cluster.pod(
                    "second",
                    [
                        "restartPolicy": "Never",
                        "containers": [
                            [
                                "name": "main", "image": .string(image), "args": ["echo again"],
                                "securityContext": ["runAsUser": 1000],
                            ]
                        ],
                    ])
                _ = try await cluster.waitForPhase("Succeeded", "second")
                #expect(try await cluster.log("second") == "again\n")
                try await cluster.waitForEvent(
                    "Normal Pulled: Container image \"\(image)\" already present on machine", of: "second")
                try await cluster.pod(
                    "none",
                    ["containers": [["name": "main", "image": .string("\(repository):no-such")]]])
                // The one may be followed by the other before it is written.
                try await cluster.wait("none", for: "ErrImagePull") {
                    let reason = $0.container("main")?["state", "waiting", "reason"]?.stringValue
                    return reason == "ErrImagePull" || reason == "ImagePullBackOff"
                }
            }
        }
    }

    /// A pull secret with one password for a registry.
    private static func pullSecret(_ name: String, _ registry: String, password: String) -> Value {
        let entry: Value = [
            "auths": .object([registry: ["username": "robot", "password": .string(password)]])
        ]
        return [
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
            "metadata": ["name": .string(name)],
            "data": [".dockerconfigjson": .string(Base64.encode(JSON.write(entry)))],
        ]
    }

    @Test func `all pull secrets for a registry are tried until one is accepted`() async throws {
        let place = "/tmp/slipway-secrets-\(getpid())"
        try Disk.makeDirectory(place)
        defer { try? Disk.remove(place) }
        try await Self.withRegistry(place, users: ["robot": "right-word"]) { image in
            let registry = String(image.prefix { $0 != "/" })
            try await PodCluster.with { cluster in
                for (name, password) in [
                    ("wrong", "stale-word"), ("other", "older-word"), ("right", "right-word"),
                ] {
                    try await cluster.client.create(
                        .secrets, Self.pullSecret(name, registry, password: password), namespace: "default")
                }
                func pod(_ name: String, _ secrets: [String]) async throws {
                    try await cluster.pod(
                        name,
                        [
                            "restartPolicy": "Never",
                            "imagePullSecrets": .array(secrets.map { ["name": .string($0)] }),
                            "containers": [
                                ["name": "main", "image": .string(image), "imagePullPolicy": "Always"]
                            ],
                        ])
                }
                func failure(_ name: String) async throws -> String {
                    let pod = try await cluster.wait(name, for: "a failed pull") {
                        let waiting = $0.container("main")?["state", "waiting"]
                        return waiting?["message"]?.stringValue?.contains("registry") == true
                    }
                    return pod.container("main")?["state", "waiting", "message"]?.stringValue ?? ""
                }
                try await pod("refused", ["wrong", "other"])
                let refused = try await failure("refused")
                #expect(
                    refused.contains(
                        "registry \(registry) gives \(image) to none of the credentials that were tried:"
                            + " secret default/wrong ("))
                #expect(refused.contains("), secret default/other ("))
                #expect(refused.contains("UNAUTHORIZED"))
                try await cluster.waitForEvent(
                    "Warning Failed: Failed to pull image \"\(image)\": registry \(registry) gives",
                    of: "refused")
                #expect(!refused.contains("-word"))
                #expect(try await cluster.events(of: "refused").allSatisfy { !$0.contains("-word") })

                try await pod("stranger", ["missing"])
                #expect(try await failure("stranger").contains(registry))
                try await cluster.waitForEvent(
                    "Warning FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (missing);"
                        + " attempting to pull the image may not succeed.", of: "stranger")

                try await pod("accepted", ["wrong", "missing", "right"])
                _ = try await cluster.waitForPhase("Succeeded", "accepted")
                #expect(try await cluster.log("accepted") == "hello from /work/here\n")
            }
        }
    }

    @Test func `credentials of a longer prefix come first, those of an earlier secret before others`() throws
    {
        func file(_ path: String, _ entries: KeyValuePairs<String, String>) throws -> DockerConfiguration {
            var auths = Object()
            for (key, user) in entries { auths[key] = ["username": .string(user), "password": "x"] }
            return try DockerConfiguration(parsing: JSON.write(["auths": .object(auths)]), path: path)
        }
        let files = [
            try file("a", ["r.test": "a", "r.test/shop": "a-shop", "q.test": "q"]),
            try file("b", ["https://r.test/v1/": "b", "r.test/shop/web": "b-web", "r.test/sh": "no"]),
            try file("c", ["r.test": "a"]),
        ]
        let found = try DockerConfiguration.candidates(files, for: "r.test", repository: "shop/web")
        #expect(
            found.map { "\($0.source): \($0.credential)" } == [
                "b: password of b-web", "a: password of a-shop", "a: password of a", "b: password of b",
            ])
        #expect(try DockerConfiguration.candidates(files, for: "s.test", repository: "shop").isEmpty)
    }
}
