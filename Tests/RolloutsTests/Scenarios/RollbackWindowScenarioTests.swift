import KubeModel
import Manifest
import Rollouts
import Testing

/// Ways back to versions that were judged before.
@Suite struct RollbackWindowScenarioTests {
    private static let rollout = Scenario.rollout(
        Scenario.canary(
            "setWeight: 50",
            "analysis: {templates: [{templateName: task}], args: [{name: rev, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['rev']\"}}}]}"
        ), replicas: 2, spec: "rollbackWindow: {revisions: 2}")

    private static func label(_ version: Int) -> String { "metadata: {labels: {rev: \"v\(version)\"}}" }

    /// Brings out a version, which makes a run whose argument is its label.
    private static func deploy(_ version: Int, runs: Int, _ play: Scenario) async throws {
        try await play.update(version, label(version))
        let state = try await play.reach("Healthy") { $0.runs.count == runs }
        let arguments = state.runs.flatMap { $0["spec", "args"]?.arrayValue ?? [] }
        #expect(arguments.contains { $0["name"] == "rev" && $0["value"]?.stringValue == "v\(version)" })
    }

    @Test func `a version within the window comes back without its steps, others do not`() async throws {
        try await Scenario.play(Scenario.task, Self.rollout) { play in
            try await play.reach("Healthy")
            for version in 2...4 { try await Self.deploy(version, runs: version - 1, play) }
            try await play.update(2, Self.label(2))
            let back = try await play.reach("Healthy") { $0.stableHash == $0.hash(5) }
            #expect(back.runs.count == 3)
        }
        try await Scenario.play(Scenario.task, Self.rollout) { play in
            try await play.reach("Healthy")
            for version in 2...5 { try await Self.deploy(version, runs: version - 1, play) }
            try await play.update(2, Self.label(2))
            let back = try await play.reach("Healthy") { $0.stableHash == $0.hash(6) }
            #expect(back.runs.count == 5)
        }
    }
}
