import ClusterTestSupport
import KubeModel
import KubeServer
import Manifest
import Testing

@Suite struct PodSubresourceTests {
    private static let pods = "/api/v1/namespaces/default/pods"

    @Test func `a binding puts a pod on a node, once`() async throws {
        let server = try await APIServer.open(.testing)
        try await server.createRunningPod("p")
        let (_, pod) = try await server.call(.get, "\(Self.pods)/p")
        #expect(pod["spec", "nodeName"] == "node")
        let (status, refusal) = try await server.call(
            .post, "\(Self.pods)/p/binding", ["target": ["name": "other"]])
        #expect(status == 409)
        #expect(refusal["message"]?.stringValue?.contains("is already assigned to node") == true)
        try server.close()
    }

    @Test func `a running pod is given its grace period`() async throws {
        let server = try await APIServer.open(.testing)
        try await server.createRunningPod("p")
        let (status, pod) = try await server.call(.delete, "\(Self.pods)/p")
        #expect(status == 200)
        #expect(pod["metadata", "deletionGracePeriodSeconds"] == 30)
        let (_, last) = try await server.call(
            .delete, "\(Self.pods)/p", query: [.init("gracePeriodSeconds", "0")])
        #expect(last.kind == "Pod")
        #expect(try await server.call(.get, "\(Self.pods)/p").status == 404)
        try server.close()
    }

    @Test func `an eviction is refused when the budget is used up`() async throws {
        let server = try await APIServer.open(.testing)
        let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
        _ = try await server.call(
            .post, budgets,
            [
                "metadata": ["name": "b"],
                "spec": ["minAvailable": 1, "selector": ["matchLabels": ["app": "web"]]],
            ])
        _ = try await server.call(
            .patch, "\(budgets)/b/status", type: "application/merge-patch+json",
            [
                "status": [
                    "disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1, "expectedPods": 2,
                    "observedGeneration": 1,
                ]
            ])
        for name in ["p", "q"] { try await server.createRunningPod(name) }
        let eviction: (String) -> Value = { name in
            ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(name)]]
        }
        let (first, _) = try await server.call(.post, "\(Self.pods)/p/eviction", eviction("p"))
        #expect(first == 201)
        let (second, refusal) = try await server.call(.post, "\(Self.pods)/q/eviction", eviction("q"))
        #expect(second == 429)
        #expect(
            refusal["message"] == "Cannot evict pod as it would violate the pod's disruption budget.")
        #expect(refusal["details", "causes"]?[0]?["reason"] == "DisruptionBudget")
        try server.close()
    }

    @Test func `logs name the containers to choose from`() async throws {
        let server = try await APIServer.open(.testing)
        _ = try await server.call(
            .post, Self.pods,
            [
                "metadata": ["name": "two"],
                "spec": ["containers": [["name": "a", "image": "x"], ["name": "b", "image": "y"]]],
            ])
        let (status, refusal) = try await server.call(.get, "\(Self.pods)/two/log")
        #expect(status == 400)
        #expect(
            refusal["message"]
                == "a container name must be specified for pod two, choose one of: [a b]")
        let other = try await server.call(.get, "\(Self.pods)/two/log", query: [.init("container", "z")])
        #expect(other.body["message"] == "container z is not valid for pod two")
        try server.close()
    }
}
