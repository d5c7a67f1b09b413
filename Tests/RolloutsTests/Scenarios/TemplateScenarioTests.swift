import KubeModel
import Manifest
import Rollouts
import Testing

/// Pod templates as they come to pods, and those that no pod could have.
@Suite struct TemplateScenarioTests {
    @Test func `a list of the name items reaches the pods`() async throws {
        let volume =
            "volumes: [{name: settings, configMap: {name: settings, items: [{key: a.properties, path: a.properties}]}}]"
        var rollout = Scenario.rollout(
            Scenario.canary("setWeight: 25", "pause: {}", more: "maxUnavailable: 100%"), replicas: 2,
            container:
                "image: \"web:1\", volumeMounts: [{name: settings, mountPath: /config, readOnly: true}]")
        rollout = rollout.replacing("      containers:", with: "      \(volume)\n      containers:")
        try await Scenario.play(rollout) { play in
            let state = try await play.reach("Healthy", pods: [1: 2])
            let items = state.replicaSet(1)?[
                "spec", "template", "spec", "volumes"]?[0]?["configMap", "items"]
            #expect(items == [["key": "a.properties", "path": "a.properties"]])
        }
    }

    @Test func `a quantity may be written in several ways`() async throws {
        let containers = ["0.001", "'0.001'", "1m"].enumerated().map { index, quantity in
            "{name: c\(index), image: \"web:1\", resources: {requests: {cpu: \(quantity)}}}"
        }
        let rollout = Scenario.rollout("canary: {}")
            .replacing("[{name: web, image: \"web:1\"}]", with: "[\(containers.joined(separator: ", "))]")
        try await Scenario.play(rollout) { play in
            let state = try await play.reach("Healthy", pods: [1: 1])
            let stored = state.replicaSet(1)?["spec", "template", "spec", "containers"]?.arrayValue ?? []
            let requests = try stored.map { container in
                try Quantity(reading: container["resources", "requests", "cpu"] ?? .null)
            }
            #expect(try requests == Array(repeating: Quantity("1m"), count: 3))
        }
    }

    @Test(arguments: [
        (
            "containers: [{name: web, image: \"web:1\", resources: {requests: {memory: invalid}}}]",
            "spec.template: Invalid value: ReplicaSet in version \"v1\" cannot be handled as a ReplicaSet: quantities"
        ),
        (
            "containers: [{name: web, image: \"web:1\"}], ephemeralContainers: [{name: web, image: \"web:1\"}]",
            "spec.template.spec.ephemeralContainers"
        ),
    ])
    func `a template that no pod could have is told with its field`(spec: String, fault: String) async throws
    {
        let rollout = Scenario.rollout("canary: {}")
            .replacing(
                "spec:\n      containers: [{name: web, image: \"web:1\"}]", with: "spec: {\(spec)}")
        #expect(rollout.contains("spec: {containers"))
        try await Scenario.play(rollout) { play in
            let invalid = try await play.reach("Degraded")
            #expect(
                invalid.message.hasPrefix("InvalidSpec: The Rollout \"web\" is invalid: \(fault)"),
                "\(invalid.message)")
            #expect(invalid.replicaSets.isEmpty)
        }
    }
}
