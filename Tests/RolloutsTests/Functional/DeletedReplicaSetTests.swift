import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// ReplicaSets that somebody deletes under a rollout.
@Suite struct DeletedReplicaSetTests {
    @Test func `a ReplicaSet that is being deleted is waited for and made anew once it is gone`() async throws
    {
        try await RolloutWorld.with { world in
            try await world.apply(CanaryFunctionalTests.rollout("canary: {}"))
            try await world.wait("web", phase: "Healthy")
            let set = try #require(try await world.replicaSets().first)
            // As a deletion in the foreground, which lasts until all pods are gone.
            try await world.client.patch(
                .replicaSets, set.metadata.name, namespace: RolloutWorld.namespace,
                .merge(["metadata": ["finalizers": ["example.com/hold"]]]))
            try await world.client.delete(
                .replicaSets, set.metadata.name, namespace: RolloutWorld.namespace)
            let waiting = try await world.wait("web", "waiting for the deletion") {
                $0["message"]?.stringValue?.contains("is being deleted") == true
            }
            #expect(waiting["status", "phase"] == "Progressing")
            try await world.client.patch(
                .replicaSets, set.metadata.name, namespace: RolloutWorld.namespace,
                .merge(["metadata": ["finalizers": []]]))
            try await world.wait("web", phase: "Healthy")
            let again = try #require(try await world.replicaSets().first)
            #expect(again.metadata.name == set.metadata.name && again.metadata.uid != set.metadata.uid)
        }
    }
}
