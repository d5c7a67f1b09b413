import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

extension RealRunTests {
    /// What the scenarios tell with time that stands still, told by real pods, jobs and a real gateway: a selection.
    @Suite struct FunctionalStories {
        /// A story, and what it tells.
        struct Telling: Sendable {
            var name: String
            var tell: @Sendable (Story) async throws -> Void
        }

        /// All at once, as most of the time of each is waiting.
        @Test func `rollouts of real pods reach the phases that Argo Rollouts' tests expect of them`()
            async throws
        {
            try await StoryCluster.with { client, gateway in
                await withTaskGroup(of: Void.self) { group in
                    for telling in Self.canaries + Self.analyses + Self.failures + Self.blueGreens {
                        let story = Story(client: client, name: telling.name, gateway: gateway)
                        group.addTask {
                            do { try await telling.tell(story) } catch {
                                Issue.record("\(telling.name): \(error)")
                            }
                        }
                    }
                }
            }
        }

        // MARK: Canaries

        static let canaries = [
            Telling(name: "paused") { story in
                try await story.apply(
                    story.rollout(
                        story.canary("setWeight: 20", "pause: {}"), replicas: 3,
                        spec: "progressDeadlineSeconds: 120"))
                try await story.wait("Healthy", pods: [1: 3])
                try await story.update(2)
                try await story.wait("Paused", step: 1, pods: [1: 3, 2: 1])
                try await story.update(3)
                try await story.wait("Paused", step: 1, pods: [1: 3, 2: 0, 3: 1])
                try await story.order(.promote)
                try await story.wait("Healthy", pods: [1: 0, 2: 0, 3: 3])
            },
            Telling(name: "retried") { story in
                try await story.apply(story.rollout(story.canary("setWeight: 50", "pause: {duration: 3s}")))
                try await story.wait("Healthy", pods: [1: 1])
                try await story.update(2)
                try await story.wait("Paused", step: 1, pods: [1: 1, 2: 1])
                try await story.order(.abort)
                try await story.wait("Degraded", step: 0, pods: [1: 1, 2: 0])
                try await story.order(.retry)
                try await story.wait("Paused", step: 1)
                try await story.wait("Healthy", pods: [1: 0, 2: 1])
            },
            Telling(name: "abandoned") { story in
                try await story.apply(story.routing)
                try await story.apply(
                    story.rollout(
                        story.routed(
                            "setCanaryScale: {replicas: 1}", "pause: {}",
                            more: "abortScaleDownDelaySeconds: 1")))
                try await story.wait("Healthy", pods: [1: 1])
                try await story.update(2)
                try await story.wait("Paused", step: 1, pods: [2: 1])
                try await story.order(.abort)
                try await story.wait("Degraded", pods: [1: 1, 2: 0])
                #expect(try await story.revision(behind: "canary") == 1)
            },
            Telling(name: "dynamic") { story in
                try await story.apply(story.routing)
                try await story.apply(
                    story.rollout(
                        story.routed(
                            "setWeight: 25", "pause: {}", "setWeight: 75", "pause: {}",
                            more: "dynamicStableScale: true"), replicas: 4))
                try await story.wait("Healthy", pods: [1: 4])
                try await story.update(2)
                try await story.wait("Paused", step: 1, pods: [1: 3, 2: 1])
                #expect(try await story.weights() == [75, 25])
                try await story.order(.promote)
                try await story.wait("Paused", step: 3, pods: [1: 1, 2: 3])
                #expect(try await story.weights() == [25, 75])
                try await story.order(.abort)
                try await story.wait("Degraded", pods: [1: 4, 2: 0]) {
                    $0["canary", "weights", "canary", "weight"] == 0
                        && $0["availableReplicas"]?.integerValue ?? 0 >= 4
                }
                #expect(try await story.weights() == [100, 0])
                #expect(try await story.revision(behind: "canary") == 1)
            },
            Telling(name: "windowed") { story in
                try await story.apply(story.template("task", Story.job("task")))
                try await story.apply(
                    story.rollout(
                        story.canary("setWeight: 50", "analysis: \(story.analysis("task"))"),
                        spec: "rollbackWindow: {revisions: 2}"))
                try await story.wait("Healthy", pods: [1: 1])
                for version in 2...3 {
                    try await story.update(version)
                    try await story.wait("Healthy", pods: [version: 1])
                }
                try await story.wait(runs: "Step", ["Successful", "Successful"])
                // Users have the first version again without its steps, as the window is of two revisions.
                try await story.update(1)
                try await story.wait("Healthy", pods: [4: 1])
                try await story.wait(runs: "Step", ["Successful", "Successful"])
            },
        ]

        // MARK: Blue and green

        static let blueGreens = [
            Telling(name: "switched") { story in
                try await story.apply(story.service("active"))
                try await story.apply(
                    story.rollout(story.blueGreen("scaleDownDelaySeconds: 600"), replicas: 3))
                try await story.wait("Healthy", pods: [1: 3])
                try await story.update(2)
                let status = try await story.wait("Healthy", pods: [1: 3, 2: 3])
                #expect(status["replicas"] == 6)
                #expect(status["availableReplicas"] == 3)
                #expect(try await story.revision(behind: "active") == 2)
            },
            Telling(name: "previewed") { story in
                try await story.apply(story.service("active") + "\n---\n" + story.service("preview"))
                try await story.apply(story.template("task", Story.job("task", milliseconds: 500)))
                try await story.apply(story.template("failing", Story.job("task", code: 1)))
                try await story.apply(
                    story.rollout(
                        story.blueGreen(
                            """
                            previewService: \(story.name)-preview
                            previewReplicaCount: 1
                            autoPromotionEnabled: false
                            prePromotionAnalysis: \(story.analysis("task"))
                            postPromotionAnalysis: \(story.analysis("failing"))
                            """), replicas: 2))
                try await story.wait("Healthy", pods: [1: 2])
                try await story.update(2)
                try await story.wait("Paused", pods: [1: 2, 2: 1])
                try await story.wait(runs: "PrePromotion", ["Successful"])
                #expect(try await story.revision(behind: "active") == 1)
                #expect(try await story.revision(behind: "preview") == 2)
                try await story.order(.promote)
                try await story.wait("Degraded", pods: [1: 2, 2: 2])
                try await story.wait(runs: "PostPromotion", ["Failed"])
                #expect(try await story.revision(behind: "active") == 1)
            },
        ]
    }
}
