import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Testing

extension RealRunTests {
    /// What becomes of good versions and of bad ones under load.
    @Suite struct CanaryTests {
        /// A version that must not stay, and what is told of it.
        struct BadVersion: Sendable {
            var name: String
            var environment: [String: Int]
            /// One of these is the reason.
            var reasons: [String]

            static let all = [
                BadVersion(name: "v2-errors", environment: ["ERRORS": 2500], reasons: ["rollback (harm)"]),
                BadVersion(
                    name: "v3-slow", environment: ["SLOW": 1500, "DELAY": 400], reasons: ["rollback (harm)"]),
                BadVersion(
                    name: "v4-crash", environment: ["CRASH": 1], reasons: ["ended with code 3"]),
                // What a process that runs out of memory loses are also errors, which the judge may see first.
                BadVersion(
                    name: "v5-leak", environment: ["LEAK": 2048, "MEMORY": 65_536],
                    reasons: ["of the new version", "rollback (harm)"]),
            ]
        }

        @Test func `bad versions are rolled back, and good ones promoted even while all of them fail`()
            async throws
        {
            try await Shop.with { shop in
                let first = try await shop.wait("healthy") { $0["status", "phase"] == "Healthy" }
                for version in BadVersion.all { try await expectRollback(of: version, in: shop) }
                let after = try await shop.client.get(Rollout.resource, "shop", namespace: "default")
                #expect(after["status", "stableRS"] == first["status", "stableRS"])
                #expect(try await shop.rollbacks().count == BadVersion.all.count)

                try await shop.deploy("v6-good")
                try await shop.wait("judged at a quarter of the traffic") { rollout in
                    rollout["status", "currentStepIndex"] == 3
                        && rollout["status", "canary", "weights", "canary", "weight"] == 25
                }
                // A database that is down is no version's fault.
                try shop.setOutage(true)
                await shop.shoppers.progress(200)
                try await shop.wait("past the first judgement") {
                    $0["status", "currentStepIndex"]?.integerValue ?? 0 > 3
                }
                try shop.setOutage(false)
                try await shop.wait("promoted, with all traffic on its stable service") { rollout in
                    rollout["status", "phase"] == "Healthy"
                        && rollout["status", "canary", "weights", "canary", "weight"] == 0
                }
                #expect(try await shop.rollbacks().count == BadVersion.all.count)
                #expect(try await shop.weights() == [100, 0])
                await shop.shoppers.progress(50)
                #expect(shop.shoppers.counts.answers["v6-good", default: 0] > 100)
            }
        }

        /// A minute or two: at a share of five in a hundred, evidence takes its time.
        @Test(.enabled(if: Shop.isPatient, "takes minutes: set SLIPWAY_LONG_RUNS"))
        func `versions are judged at 5, 25 and 50 percent before they get all`() async throws {
            let steps = [5, 25, 50].map {
                "- setWeight: \($0)\n- analysis: {templates: [{templateName: judge}]}"
            }
            try await Shop.with(steps: steps.joined(separator: "\n"), clients: 20) { shop in
                try await expectRollback(of: BadVersion.all[0], in: shop)
                try await shop.deploy("v6-good")
                try await shop.wait("promoted") { $0["status", "phase"] == "Healthy" }
                let runs = try await shop.client.listAll(Analysis.runs, namespace: "default")
                #expect(runs.count { $0["status", "phase"] == "Successful" } == 3)
                #expect(try await shop.rollbacks().count == 1)
            }
        }

        private func expectRollback(of version: BadVersion, in shop: Shop) async throws {
            try await shop.deploy(version.name, version.environment)
            let rollout = try await shop.wait("rolled back from \(version.name)") { rollout in
                rollout["status", "phase"] == "Degraded" && rollout["status", "abort"] == true
            }
            let message = rollout["status", "message"]?.stringValue ?? ""
            let verdict = try await shop.lastVerdict()
            #expect(version.reasons.contains { message.contains($0) }, "\(message)\n\(verdict)")
            #expect(try await shop.weights() == [100, 0], "\(version.name)")
            let hash = rollout["status", "currentPodHash"]?.stringValue ?? ""
            let rollback = try await shop.client.wait(
                for: "shop-\(hash)", of: Rollback.resource, "left behind"
            ) { _ in true }
            #expect(rollback["spec", "podTemplateHash"] == rollout["status", "currentPodHash"])
            // Its pods go once nobody is sent to them any more.
            try await shop.wait("without pods of \(version.name)") { $0["status", "updatedReplicas"] == nil }
        }
    }
}
