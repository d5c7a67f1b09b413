import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import KubeServer
import Manifest
import TestSupport
import Testing

/// `slipway rollout` against an API server in this process; no controller answers, so that what is written stays.
@Suite(.serialized) struct RolloutCommandTests {
    /// A server with a rollout in the middle of an update, and the program that works on it.
    private struct Bench: Sendable {
        let client: KubeClient
        let directory: String

        func slipway(_ arguments: String...) async throws -> Program.Outcome {
            let program = try #require(Program.built("slipway"))
            return try await Program.run(
                program, arguments, in: directory, environment: ["KUBECONFIG": "\(directory)/kubeconfig"])
        }

        func rollout() async throws -> Value {
            try await client.get(Rollout.resource, "web", namespace: "default")
        }

        func setStatus(_ status: Value) async throws {
            try await client.patch(
                Rollout.resource, "web", namespace: "default", .merge(["status": status]),
                subresource: "status")
        }
    }

    private static func with(_ body: @escaping @Sendable (Bench) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            try await withServer { server in
                let ports = AsyncStream<Int>.makeStream()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let listener = HTTPListener(server, logger: .silent) { ports.continuation.yield($0) }
                    group.addTask { try await listener.run() }
                    var opened = ports.stream.makeAsyncIterator()
                    let port = try #require(await opened.next())
                    try Data(kubeconfig(port).utf8).write(to: URL(filePath: "\(directory)/kubeconfig"))
                    let client = KubeClient(InProcessTransport(server))
                    try await client.install([Rollout.definition] + Analysis.definitions)
                    let bench = Bench(client: client, directory: directory)
                    try await client.create(
                        Rollout.resource, try #require(try YAML.parse(manifest).first), namespace: "default")
                    try await bench.setStatus(updating)
                    try await body(bench)
                    group.cancelAll()
                }
            }
        }
    }

    private static func kubeconfig(_ port: Int) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: test, user: test, namespace: default}}]
        clusters: [{name: test, cluster: {server: "http://127.0.0.1:\(port)"}}]
        users: [{name: test, user: {token: \(adminToken)}}]
        """
    }

    private static let manifest = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          replicas: 4
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1"}]}
          strategy: {canary: {steps: [{setWeight: 25}, {pause: {}}, {setWeight: 50}]}}
        """

    private static let updating: Value = [
        "observedGeneration": "1", "phase": "Paused", "message": "CanaryPauseStep", "stableRS": "old",
        "currentPodHash": "new", "currentStepIndex": 1, "controllerPause": true,
        "pauseConditions": [["reason": "CanaryPauseStep", "startTime": "2026-01-01T00:00:00Z"]],
        "replicas": 4, "readyReplicas": 4, "updatedReplicas": 1, "availableReplicas": 4,
    ]

    @Test func `rollouts are listed and shown`() async throws {
        try await Self.with { bench in
            let list = try await bench.slipway("rollout", "list")
            #expect(list.code == 0)
            let rows = list.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(rows.first?.first == "NAME")
            #expect(rows.last == ["web", "Canary", "Paused", "1/3", "-", "4/4", "1", "4"])
            let shown = try await bench.slipway("rollout", "get", "web")
            #expect(shown.code == 0)
            #expect(shown.output.contains("Message:   CanaryPauseStep"))
            #expect(shown.output.contains("  ✔ setWeight: 25\n  ▶ pause\n  · setWeight: 50"))
        }
    }

    /// A command, what it says, and what it leaves.
    private struct Order: Sendable {
        var arguments: [String]
        var says: String
        var holds: @Sendable (Value) -> Bool
    }

    @Test func `orders write the fields of kubectl's plug-in`() async throws {
        let orders = [
            Order(arguments: ["promote", "web"], says: "rollout 'web' promoted") {
                $0["status", "pauseConditions"] == nil && $0["status", "currentStepIndex"] == 1
            },
            Order(arguments: ["promote", "web"], says: "rollout 'web' promoted") {
                $0["status", "currentStepIndex"] == 2
            },
            Order(arguments: ["promote", "web", "--full"], says: "rollout 'web' fully promoted") {
                $0["status", "promoteFull"] == true
            },
            Order(arguments: ["abort", "web"], says: "rollout 'web' aborted") {
                $0["status", "abort"] == true
            },
            Order(arguments: ["retry", "web"], says: "rollout 'web' retried") {
                $0["status", "abort"] == false
            },
            Order(arguments: ["pause", "web"], says: "rollout 'web' paused") { $0["spec", "paused"] == true },
            Order(arguments: ["resume", "web"], says: "rollout 'web' resumed") {
                $0["spec", "paused"] == nil
            },
            Order(arguments: ["set-image", "web", "web=web:2"], says: "rollout 'web' image updated") {
                $0["spec", "template", "spec", "containers"]?[0]?["image"] == "web:2"
            },
            Order(arguments: ["restart", "web"], says: "rollout 'web' restarts by a new revision") {
                $0["spec", "template", "metadata", "annotations", "rollout.slipway.dev/restartedAt"] != nil
            },
        ]
        try await Self.with { bench in
            let program = try #require(Program.built("slipway"))
            for order in orders {
                let outcome = try await Program.run(
                    program, ["rollout"] + order.arguments, in: bench.directory,
                    environment: ["KUBECONFIG": "\(bench.directory)/kubeconfig"])
                #expect(outcome.output == "\(order.says)\n", "\(order.arguments) \(outcome.error)")
                let rollout = try await bench.rollout()
                #expect(order.holds(rollout), "\(order.arguments) left \(JSON.string(rollout))")
            }
        }
    }

    @Test func `an order that cannot be carried out fails and says what else to do`() async throws {
        try await Self.with { bench in
            let missing = try await bench.slipway("rollout", "promote", "wep")
            #expect(missing.code != 0)
            #expect(
                missing.error.contains(
                    "there is no rollout 'wep' in namespace 'default': see those there are with slipway rollout list"
                ), "\(missing.error)")
            let retry = try await bench.slipway("rollout", "retry", "web")
            #expect(retry.code != 0 && retry.error.contains("is not aborted"), "\(retry.error)")
            let image = try await bench.slipway("rollout", "set-image", "web", "nobody=x:1")
            #expect(image.code != 0 && image.error.contains("it has: web"), "\(image.error)")
            let undo = try await bench.slipway("rollout", "undo", "web", "--to-revision", "7")
            #expect(undo.code != 0 && undo.error.contains("there is no such revision"), "\(undo.error)")
        }
    }

    @Test func `an earlier revision is asked for whole`() async throws {
        try await Self.with { bench in
            let rollout = try await bench.rollout()
            for (revision, image) in [(1, "web:0"), (2, "web:1")] {
                var set: Value = [
                    "apiVersion": "apps/v1", "kind": "ReplicaSet",
                    "metadata": [
                        "name": .string("web-\(revision)"),
                        "annotations": ["rollout.argoproj.io/revision": .string(String(revision))],
                    ],
                    "spec": [
                        "replicas": 0,
                        "selector": ["matchLabels": ["app": "web", "rollouts-pod-template-hash": "h"]],
                        "template": [
                            "metadata": ["labels": ["app": "web", "rollouts-pod-template-hash": "h"]],
                            "spec": ["containers": [["name": "web", "image": .string(image)]]],
                        ],
                    ],
                ]
                set.metadata.ownerReferences = [OwnerReference(controller: rollout)]
                try await bench.client.create(.replicaSets, set, namespace: "default")
            }
            let undo = try await bench.slipway("rollout", "undo", "web")
            #expect(undo.output == "rollout 'web' undo to revision 1\n", "\(undo.error)")
            let template = try await bench.rollout()["spec", "template"]
            #expect(template?["spec", "containers"]?[0]?["image"] == "web:0")
            #expect(template?["metadata", "labels", "rollouts-pod-template-hash"] == nil)
        }
    }

    @Test func `watching ends with what becomes of the rollout`() async throws {
        try await Self.with { bench in
            async let watched = bench.slipway("rollout", "get", "web", "--watch")
            try await bench.setStatus([
                "phase": "Healthy", "message": .null, "stableRS": "new", "pauseConditions": .null,
                "currentStepIndex": 3,
            ])
            let healthy = try await watched
            #expect(healthy.code == 0, "\(healthy.error)")
            #expect(healthy.output.contains("Status:    ✔ Healthy"))
            try await bench.setStatus(["phase": "Degraded", "message": "RolloutAborted: it failed"])
            let degraded = try await bench.slipway("rollout", "get", "web", "--watch")
            #expect(degraded.code == 1)
            #expect(degraded.output.contains("Status:    ✖ Degraded"))
        }
    }
}
