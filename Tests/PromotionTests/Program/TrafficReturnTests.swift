import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Testing

@testable import Promotion

/// Users get the version before back without waiting for git: what is written to the rollout, and what is not.
@Suite struct TrafficReturnTests {
    private static let image = "mirror.local/orders@"
    private static let window: Value = ["revisions": 1000]

    /// A rollout with the image `old` that serves everybody, or whose update to it is under way.
    private static func rollout(isUnderWay: Bool = false) -> Value {
        [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "orders"],
            "spec": [
                "selector": ["matchLabels": ["app": "orders"]],
                "strategy": ["canary": .emptyObject],
                "template": [
                    "metadata": ["labels": ["app": "orders"]],
                    "spec": [
                        "containers": [
                            ["name": "orders", "image": .string(image + digest(2))],
                            ["name": "proxy", "image": "registry.local/proxy:v1"],
                        ]
                    ],
                ],
            ],
            "status": ["currentPodHash": "new", "stableRS": isUnderWay ? "old" : "new"],
        ]
    }

    /// The return from release 2 to release 1.
    private struct Turn: Sendable {
        let traffic: TrafficReturn

        func begin(namespace: String) async -> [String] {
            await traffic.begin(from: digest(2), to: digest(1), namespace: namespace)
        }

        func finish(_ rollouts: [String]) async { await traffic.finish(rollouts, namespace: "default") }
    }

    /// Plays a return from release 2 to release 1 on a rollout.
    private static func play(
        _ rollout: Value, _ body: @Sendable (KubeClient, Turn) async throws -> Void
    ) async throws {
        try await withServer(.testing) { server in
            let client = KubeClient(InProcessTransport(server))
            try await client.install([Rollout.definition])
            try await client.create(Rollout.resource, rollout, namespace: "default")
            if let status = rollout["status"] {
                try await client.patch(
                    Rollout.resource, "orders", namespace: "default", .merge(["status": status]),
                    subresource: "status")
            }
            let caches = PromotionCaches(client, namespace: "default", logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await caches.rollouts.run() }
                try await caches.rollouts.waitUntilReady()
                try await body(
                    client, Turn(traffic: TrafficReturn(client: client, caches: caches, logger: .silent)))
                group.cancelAll()
            }
        }
    }

    private static func current(_ client: KubeClient) async throws -> Value {
        try await client.get(Rollout.resource, "orders", namespace: "default")
    }

    private static func images(_ rollout: Value) -> [String] {
        (rollout["spec", "template", "spec", "containers"]?.arrayValue ?? []).map {
            $0["image"]?.stringValue ?? ""
        }
    }

    /// What a rollout's controller says once it has seen the template: an update to the hash `back` is under way.
    private static func see(_ client: KubeClient) async throws {
        let generation = try await current(client).metadata.generation
        try await client.patch(
            Rollout.resource, "orders", namespace: "default",
            .merge([
                "status": ["observedGeneration": .string("\(generation)"), "currentPodHash": "back"]
            ]), subresource: "status")
    }

    @Test func `an update under way is aborted, and its template left to git`() async throws {
        try await Self.play(Self.rollout(isUnderWay: true)) { client, turn in
            #expect(await turn.begin(namespace: "default").isEmpty)
            let rollout = try await Self.current(client)
            #expect(rollout["status", "abort"]?.boolValue == true)
            #expect(Self.images(rollout).first == Self.image + digest(2))
        }
    }

    @Test func `a version that serves everybody gives way to the one before, whole and at once`() async throws
    {
        try await Self.play(Self.rollout()) { client, turn in
            #expect(await turn.begin(namespace: "default") == ["orders"])
            var rollout = try await Self.current(client)
            #expect(Self.images(rollout) == [Self.image + digest(1), "registry.local/proxy:v1"])
            #expect(rollout["spec", "rollbackWindow"] == Self.window)
            #expect(rollout["status", "promoteFull"] == nil, "its controller has not seen the template")
            try await Self.see(client)
            await turn.finish(["orders"])
            rollout = try await Self.current(client)
            #expect(rollout["status", "promoteFull"]?.boolValue == true)
            #expect(rollout["spec", "rollbackWindow"] == nil)
        }
    }

    @Test func `a window of one's own stays`() async throws {
        var own = Self.rollout()
        own.set(["revisions": 3], at: ["spec", "rollbackWindow"])
        try await Self.play(own) { client, turn in
            #expect(await turn.begin(namespace: "default") == ["orders"])
            try await Self.see(client)
            await turn.finish(["orders"])
            #expect(try await Self.current(client)["spec", "rollbackWindow"] == ["revisions": 3])
        }
    }

    @Test func `what a process has done that ended is not done again, but finished`() async throws {
        try await Self.play(Self.rollout()) { client, turn in
            #expect(await turn.begin(namespace: "default") == ["orders"])
            let before = try await Self.current(client).metadata.resourceVersion
            #expect(await turn.begin(namespace: "default") == ["orders"])
            #expect(try await Self.current(client).metadata.resourceVersion == before)
        }
    }

    @Test func `a rollout that is aborted already, or runs something else, is left alone`() async throws {
        var aborted = Self.rollout()
        aborted.set(true, at: ["status", "abort"])
        var other = Self.rollout()
        other.set(
            [["name": "orders", "image": .string(Self.image + digest(7))]],
            at: ["spec", "template", "spec", "containers"])
        for rollout in [aborted, other] {
            try await Self.play(rollout) { client, turn in
                let before = try await Self.current(client).metadata.resourceVersion
                #expect(await turn.begin(namespace: "default").isEmpty)
                #expect(try await Self.current(client).metadata.resourceVersion == before)
            }
        }
    }

    @Test func `an environment without a namespace, or without rollouts, is git's alone`() async throws {
        try await Self.play(Self.rollout()) { client, turn in
            #expect(await turn.begin(namespace: "").isEmpty)
            #expect(await turn.begin(namespace: "elsewhere").isEmpty)
            let rollout = try await Self.current(client)
            #expect(rollout["status", "abort"] == nil)
        }
    }
}
