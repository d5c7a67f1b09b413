import KubeModel
import Manifest
import Testing

@testable import Pipeline

@Suite(.serialized, .enabled(if: PipelineFixture.isPossible, "needs root and git"))
struct PipelineRunTests {
    @Test(.timeLimit(.minutes(1))) func `a commit passes its four gates and gets a signed verdict`()
        async throws
    {
        try await withPipeline(configure: { $0.images = RecordingImageBuilder() }) { fixture in
            let commit = try await fixture.commit([
                ".slipway/pipeline.yaml": ScriptPipeline.file(), "a.txt": "a",
            ])
            try await fixture.submit("one", commit: commit)
            let status = try await fixture.ended("one")
            #expect(status.phase == "Passed", "\(status)")
            #expect(status.gates?.map(\.phase) == ["Passed", "Passed", "Passed", "Passed"])
            let lint = try #require(status.gates?.first?.steps.first)
            #expect(try fixture.log(lint) == "linted\n")
        }
    }
}
