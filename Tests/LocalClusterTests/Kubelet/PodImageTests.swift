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
    private static func withRegistry(
        _ directory: String, _ body: @escaping @Sendable (_ image: String) async throws -> Void
    ) async throws {
        let (ports, ready) = AsyncStream<Int>.makeStream()
        let server = try RegistryServer(
            .init(directory: "\(directory)/registry", policy: RegistryPolicy(tags: .any)), logger: .silent,
            onReady: { ready.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let image = "127.0.0.1:\(port)/shop/shell:1"
            try await push(image, in: directory)
            try await body(image)
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    /// Packs the machine's shell into a layer, as tar(1) does, and pushes an image of it.
    private static func push(_ image: String, in directory: String) async throws {
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
        _ = try await RegistryClient.withClient { client in
            try await client.push(
                manifestDigest, from: store, to: try Reference(parsing: image), rule: .any)
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
}
