import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// Canaries on a real API, as `kubectl argo rollouts` would steer them.
@Suite struct CanaryFunctionalTests {
    static func rollout(_ strategy: String, replicas: Int = 2) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: web
        spec:
          replicas: \(replicas)
          progressDeadlineSeconds: 600
          selector:
            matchLabels:
              app: web
          template:
            metadata:
              labels:
                app: web
            spec:
              containers:
              - name: web
                image: nginx:1.19-alpine
          strategy:
        \(strategy.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        """
    }

    static let routing = """
        apiVersion: v1
        kind: Service
        metadata: {name: web-stable}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web-canary}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: gateway}]
          rules:
          - backendRefs:
            - {name: web-stable, port: 80, weight: 100}
            - {name: web-canary, port: 80, weight: 0}
        """

    static let routed = """
        canary:
          stableService: web-stable
          canaryService: web-canary
          abortScaleDownDelaySeconds: 1
          scaleDownDelaySeconds: 1
          trafficRouting:
            plugins:
              argoproj-labs/gatewayAPI: {httpRoute: web, namespace: default}
          steps:
          - setWeight: 20
          - pause: {}
          - setWeight: 60
          - pause: {duration: 1s}
        """

    @Test func `a canary goes through its steps as it is promoted`() async throws {
        try await RolloutWorld.with { world in
            try await world.apply(
                Self.rollout("canary:\n  steps:\n  - setWeight: 50\n  - pause: {}\n  - pause: {duration: 1s}")
            )
            let first = try await world.wait("web", phase: "Healthy")
            #expect(first["status", "currentStepIndex"] == 3)
            #expect(first.metadata.annotations["rollout.argoproj.io/revision"] == "1")
            try await world.setImage("web", "nginx:1.20-alpine")
            let paused = try await world.wait("web", phase: "Paused")
            #expect(paused["status", "message"] == "CanaryPauseStep")
            #expect(paused["status", "pauseConditions"]?[0]?["reason"] == "CanaryPauseStep")
            // As `kubectl argo rollouts promote` does.
            try await world.patch("web", ["status": ["pauseConditions": .null]], subresource: "status")
            let done = try await world.wait("web", phase: "Healthy")
            #expect(done["status", "stableRS"] == done["status", "currentPodHash"])
            #expect(done["status", "stableRS"] != first["status", "stableRS"])
            let sets = try await world.replicaSets()
            #expect(sets.map { $0["spec", "replicas"]?.integerValue ?? -1 }.sorted() == [0, 2])
        }
    }

    @Test func `weights are set in the route, verified, and taken back by an abort`() async throws {
        try await RolloutWorld.with { world in
            try await world.apply(Self.routing)
            try await world.apply(Self.rollout(Self.routed, replicas: 5))
            try await world.wait("web", phase: "Healthy")
            try await world.setImage("web", "nginx:1.20-alpine")
            let paused = try await world.wait("web", phase: "Paused")
            #expect(paused["status", "canary", "weights", "canary", "weight"] == 20)
            #expect(paused["status", "canary", "weights", "verified"] == true)
            #expect(try await Self.weights(world) == [80, 20])
            try await world.patch("web", ["status": ["abort": true]], subresource: "status")
            let aborted = try await world.wait("web", "aborted and scaled down") { status in
                status["phase"] == "Degraded" && status["updatedReplicas"]?.integerValue ?? 0 == 0
            }
            #expect(try await Self.weights(world) == [100, 0])
            #expect(
                aborted["status", "message"]?.stringValue
                    == "RolloutAborted: Rollout aborted update to revision 2")
            try await world.patch("web", ["status": ["abort": false]], subresource: "status")
            try await world.wait("web", phase: "Paused")
            try await world.patch("web", ["status": ["promoteFull": true]], subresource: "status")
            try await world.wait("web", "promoted, with all traffic on its stable service") { status in
                status["phase"] == "Healthy" && status["canary", "weights", "canary", "weight"] == 0
                    && status["canary", "weights", "verified"] == true
            }
            #expect(try await Self.weights(world) == [100, 0])
        }
    }

    @Test func `an update to the stable version undoes a canary without its steps`() async throws {
        try await RolloutWorld.with { world in
            try await world.apply(Self.routing)
            try await world.apply(Self.rollout(Self.routed))
            let first = try await world.wait("web", phase: "Healthy")
            try await world.setImage("web", "nginx:1.20-alpine")
            try await world.wait("web", phase: "Paused")
            try await world.setImage("web", "nginx:1.19-alpine")
            let back = try await world.wait("web", phase: "Healthy")
            #expect(back["status", "stableRS"] == first["status", "stableRS"])
            #expect(back["status", "currentStepIndex"] == 4)
            #expect(try await world.replicaSets().count == 2)
        }
    }

    @Test func `what cannot be reconciled is told with its field`() async throws {
        try await RolloutWorld.with { world in
            try await world.apply(Self.rollout("canary:\n  steps:\n  - experiment: {}"))
            let invalid = try await world.wait("web", phase: "Degraded")
            let message = invalid["status", "message"]?.stringValue ?? ""
            #expect(
                message.hasPrefix(
                    "InvalidSpec: The Rollout \"web\" is invalid: spec.strategy.canary.steps[0].experiment"))
            #expect(message.contains("not supported"))
            try await world.patch("web", ["spec": ["strategy": ["canary": ["steps": [["setWeight": 10]]]]]])
            try await world.wait("web", phase: "Healthy")
        }
    }

    @Test func `a version whose pods never come misses its deadline`() async throws {
        try await RolloutWorld.with(availability: { set in
            set["spec", "template", "spec", "containers"]?[0]?["image"] != "bad"
        }) { world in
            var yaml = Self.rollout("canary:\n  steps:\n  - setWeight: 50")
            yaml = yaml.replacing("progressDeadlineSeconds: 600", with: "progressDeadlineSeconds: 2")
            try await world.apply(yaml)
            try await world.wait("web", phase: "Healthy")
            try await world.setImage("web", "bad")
            let stuck = try await world.wait("web", phase: "Degraded")
            #expect(stuck["status", "message"]?.stringValue?.hasPrefix("ProgressDeadlineExceeded") == true)
            // A version that works gets it moving again.
            try await world.setImage("web", "good")
            try await world.wait("web", phase: "Healthy")
        }
    }

    @Test func `a route that is missing is told, and found when it comes`() async throws {
        try await RolloutWorld.with { world in
            let documents = Self.routing.split(separator: "---").map(String.init)
            try await world.apply(documents[0] + "---\n" + documents[1])
            try await world.apply(Self.rollout(Self.routed))
            let invalid = try await world.wait("web", phase: "Degraded")
            let message = invalid["status", "message"]?.stringValue ?? ""
            #expect(message.contains("HTTPRoute web does not exist; create it"), "\(message)")
            try await world.apply(documents[2])
            try await world.wait("web", phase: "Healthy")
        }
    }

    @Test func `what is not there yet is waited for before a rollout counts as degraded`() async throws {
        try await RolloutWorld.with(referenceGrace: .seconds(3600)) { world in
            let documents = Self.routing.split(separator: "---").map(String.init)
            try await world.apply(documents[0] + "---\n" + documents[1])
            try await world.apply(Self.rollout(Self.routed))
            let waiting = try await world.wait("web", phase: "Progressing")
            let message = waiting["status", "message"]?.stringValue ?? ""
            #expect(message.contains("waits for what it refers to"), "\(message)")
            #expect(message.contains("HTTPRoute web does not exist; create it"), "\(message)")
            let conditions = Conditions(waiting["status", "conditions"]?.arrayValue ?? [])
            #expect(conditions["Progressing"]?.reason == "MissingReference")
            #expect(conditions["InvalidSpec"] == nil)
            try await world.apply(documents[2])
            let healthy = try await world.wait("web", phase: "Healthy")
            let later = Conditions(healthy["status", "conditions"]?.arrayValue ?? [])
            #expect(later["Progressing"]?.reason == "NewReplicaSetAvailable")
        }
    }

    static func weights(_ world: RolloutWorld) async throws -> [Int64] {
        let route = try await world.client.get(
            GatewayAPI.httpRoutes.resource, "web", namespace: "default")
        return weights(of: route)
    }

    static func weights(of route: Value) -> [Int64] {
        (route["spec", "rules"]?[0]?["backendRefs"]?.arrayValue ?? []).map {
            $0["weight"]?.integerValue ?? -1
        }
    }
}
