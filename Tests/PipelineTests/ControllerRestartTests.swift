import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Pipeline

@Suite(.serialized, .enabled(if: PipelineFixture.isPossible, "needs root and git"))
struct ControllerRestartTests {
    @Test(.timeLimit(.minutes(5)))
    func `a run goes on under a new controller in the same cell, and no step runs twice`() async throws {
        let lint = """
            echo begun >> "$CI_WORKSPACE/count"
            while [ ! -e "$CI_WORKSPACE/go" ]; do sleep 0.05; done
            test "$(wc -l < "$CI_WORKSPACE/count")" = 1
            echo ended
            """
        try await withPipeline(startsController: false) { fixture in
            let commit = try await fixture.commit([".slipway/pipeline.yaml": ScriptPipeline.file(lint: lint)])
            try await fixture.submit("one", commit: commit) { $0.gates = ["lint"] }
            // The first controller is ended as soon as the step runs.
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await fixture.controller.run() }
                _ = try await fixture.status(of: "one") { $0.gates?.first?.steps.first?.startedAt != nil }
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
            let run = try await fixture.client.get(.pipelineRuns, "one", namespace: "default")
            #expect(run["status", "phase"]?.stringValue == "Running")
            let work = fixture.files.work(run.metadata.uid, StepID(.lint, "style"))
            try Data().write(to: URL(filePath: "\(work)/go"))
            let second = PipelineController(
                fixture.client, configuration: fixture.controller.configuration, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await second.run() }
                let status = try await fixture.ended("one")
                #expect(status.phase == "Passed", "\(status.message ?? "")")
                let step = try #require(status.gates?.first?.steps.first)
                #expect(step.attempts == 1)
                #expect(try fixture.log(step).hasSuffix("ended\n"))
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        }
    }
}
