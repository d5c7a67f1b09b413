import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import KubeServer
import Manifest
import TestSupport
import Testing

/// `slipway release` against a server with releases.
@Suite struct ReleaseCommandTests {
    private static let (commit, digest) = (
        String(repeating: "0123456789", count: 4), "sha256:" + String(repeating: "5", count: 64)
    )

    private static func release(_ service: String, signed: Bool) throws -> Value {
        var spec = ReleaseSpec(
            repository: "shop", service: service, commit: commit, tree: String(repeating: "c", count: 40),
            image: .init(
                repository: "registry.example/shop/\(service)", tag: commit, digest: digest, size: 123),
            gates: [.init(name: "lint", result: "passed", evidence: [digest])], run: "shop-c1-0")
        if signed {
            spec.signature = .init(
                identity: "https://slipway.example/shop/\(service)@candidate",
                issuer: "https://slipway.example",
                digest: digest, logID: String(repeating: "a", count: 64), logIndex: 7,
                integratedTime: "2026-01-01T00:00:00Z", development: true)
        }
        var object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Release", "spec": try ValueEncoder().encode(spec),
        ]
        object.metadata.name = "\(service)-012345678901"
        return object
    }

    /// Runs a body beside a server with two releases, and gives it the program in a directory with a kubeconfig.
    private static func withReleases(_ body: @escaping @Sendable (SlipwayProcess) async throws -> Void)
        async throws
    {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            try await client.install([.releases])
            for object in [try release("orders", signed: true), try release("stock", signed: false)] {
                _ = try await client.create(.releases, object, namespace: "default")
            }
            try await client.patch(
                .releases, "stock-012345678901", namespace: "default",
                .merge(["status": ["phase": "Quarantined", "message": "rolled back"]]), subresource: "status")
            let (ports, ready) = AsyncStream<Int>.makeStream()
            let listener = HTTPListener(server, logger: .silent) { ready.yield($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                let port = try #require(await ports.first { _ in true })
                try await body(try process(port: port))
                group.cancelAll()
                try? await group.waitForAll()
            }
        }
    }

    /// The program in a directory with a kubeconfig for a server of this process.
    private static func process(port: Int) throws -> SlipwayProcess {
        let slipway = try SlipwayProcess()
        try slipway.write(
            """
            apiVersion: v1
            kind: Config
            clusters: [{ name: c, cluster: { server: "http://127.0.0.1:\(port)" } }]
            users: [{ name: u, user: { token: \(adminToken) } }]
            contexts: [{ name: x, context: { cluster: c, user: u } }]
            current-context: x

            """, to: "kubeconfig")
        return slipway
    }

    @Test(.timeLimit(.minutes(5))) func `releases are listed with their signer and phase`() async throws {
        try await Self.withReleases { slipway in
            let list = try await slipway.run("release", "list", "--kubeconfig", "kubeconfig")
            #expect(list.code == 0, "\(list.error)")
            let lines = list.output.split(separator: "\n")
            #expect(lines.first?.hasPrefix("NAME") == true)
            let stock = lines.first { $0.hasPrefix("stock-") } ?? ""
            #expect(stock.contains("Quarantined") && stock.contains("012345678901"))
            #expect(lines.contains { $0.contains("https://slipway.example/shop/orders@candidate") })
            let json = try JSON.parse(
                try await slipway.run("release", "list", "--kubeconfig", "kubeconfig", "--output", "json")
                    .output)
            #expect(json.arrayValue?.count == 2)
            let none = try await slipway.run(
                "release", "list", "--kubeconfig", "kubeconfig", "--repository", "other")
            #expect(none.output == "No releases.\n")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `one release is shown with all that vouches for it`() async throws {
        try await Self.withReleases { slipway in
            let shown = try await slipway.run(
                "release", "show", "orders-012345678901", "--kubeconfig", "kubeconfig")
            #expect(shown.code == 0, "\(shown.error)")
            for text in [
                "registry.example/shop/orders@\(Self.digest)", "(DEVELOPMENT)", "7 at 2026-01-01T00:00:00Z",
                "Gate lint:", "shop-c1-0",
            ] { #expect(shown.output.contains(text), "\(text): \(shown.output)") }
            let json = try JSON.parse(
                try await slipway.run(
                    "release", "show", "orders-012345678901", "--kubeconfig", "kubeconfig", "--output", "json"
                ).output)
            #expect(json["spec", "commit"]?.stringValue == Self.commit)
            let unsigned = try await slipway.run(
                "release", "show", "stock-012345678901", "--kubeconfig", "kubeconfig")
            #expect(unsigned.output.contains("nobody") && unsigned.output.contains("rolled back"))
            #expect(try await slipway.run("release", "show", "none", "--kubeconfig", "kubeconfig").code == 2)
        }
    }
}
