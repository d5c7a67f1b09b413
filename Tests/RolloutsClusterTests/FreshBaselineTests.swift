import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

extension RealRunTests {
    /// The judge on pods of both versions that are of one age.
    @Suite struct FreshBaselineTests {
        @Test
        func `versions are compared with pods that came with them, which go when they have been judged`()
            async throws
        {
            let judge = Shop.judge(more: "baseline: fresh\n        podEffects: \"off\"")
            let steps = "- setWeight: 40\n- analysis: {templates: [{templateName: judge}]}"
            try await Shop.with(steps: steps, template: judge, hasBaseline: true) { shop in
                try await Self.deploy("v2-errors", ["ERRORS": 2500], phase: "Degraded", in: shop)
                #expect(try await shop.rollbacks().count == 1)
                try await Self.deploy("v3-good", [:], phase: "Healthy", in: shop)
                #expect(try await shop.rollbacks().count == 1)
            }
        }

        private static func deploy(
            _ version: String, _ environment: [String: Int], phase: String, in shop: Shop
        ) async throws {
            try await shop.deploy(version, environment)
            let update = try await shop.wait("beside its baseline") {
                $0["status", "canary", "weights", "additional"]?[0]?["weight"] == 40
                    && $0["status", "currentStepIndex"] == 1
            }
            #expect(try await shop.weights() == [20, 40, 40])
            let hash = update["status", "currentPodHash"]?.stringValue ?? ""
            let name = "shop-\(hash)-baseline"
            let baseline = try await shop.client.get(.replicaSets, name, namespace: "default")
            #expect(baseline["status", "availableReplicas"] == 2)
            try await shop.wait(phase) { $0["status", "phase"]?.stringValue == phase }
            try await shop.client.wait(
                for: "shop", of: GatewayAPI.httpRoutes.resource, "back to the stable version alone"
            ) { route in
                let backends = route["spec", "rules"]?[0]?["backendRefs"]?.arrayValue ?? []
                return backends.map { $0["weight"]?.integerValue ?? -1 } == [100, 0, 0]
            }
            let left = try await shop.client.listAll(
                .replicaSets, namespace: "default", selection: Selection(fields: "metadata.name=\(name)"))
            for set in left { try await shop.waitUntilGone(set) }
        }
    }
}

extension Shop {
    /// Waits until a ReplicaSet is there no more.
    fileprivate func waitUntilGone(_ set: Value) async throws {
        let stream = try await client.watch(
            .replicaSets, namespace: "default",
            selection: Selection(fields: "metadata.name=\(set.metadata.name)"), from: .withInitialEvents)
        do {
            // The watch has begun, so that it tells whatever happens from here on.
            _ = try await client.get(.replicaSets, set.metadata.name, namespace: "default")
            for try await event in stream {
                if case .deleted = event { return }
            }
        } catch let error as APIError where error.isNotFound {}
    }
}
