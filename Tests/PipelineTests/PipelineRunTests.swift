import Foundation
import Git
import KubeClient
import KubeModel
import Manifest
import Sigstore
import Testing

@testable import Pipeline

/// Runs on this machine: real git, real pods, real programs.
@Suite(.serialized, .enabled(if: PipelineFixture.isPossible, "needs root and git"))
struct PipelineRunTests {
    @Test(.timeLimit(.minutes(5)))
    func `a commit passes its four gates and gets a signed verdict of its tree`() async throws {
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
            let signed = try #require(status.verdict)
            let payload = try Envelope(json: Array(signed.envelope.utf8))
                .verified(by: [fixture.verifier], type: Verdict.payloadType)
            let verdict = try Verdict(payload: payload)
            #expect(verdict.refusal == nil)
            #expect(verdict.commit == commit)
            let tree = try await fixture.repository.commit(commit).tree
            #expect(verdict.tree == tree.hex)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what a step says stands in its log as it was said, on whichever stream`() async throws {
        let script = "i=0; while [ $i -lt 300 ]; do echo out $i; echo err $i >&2; i=$((i + 1)); done"
        try await withPipeline(configure: { $0.images = RecordingImageBuilder() }) { fixture in
            let commit = try await fixture.commit([
                ".slipway/pipeline.yaml": ScriptPipeline.file(lint: script)
            ])
            try await fixture.submit("said", commit: commit) { $0.gates = ["lint"] }
            let status = try await fixture.ended("said")
            let log = try fixture.log(try #require(status.gates?.first?.steps.first))
            #expect(log == (0..<300).map { "out \($0)\nerr \($0)\n" }.joined())
        }
    }

    /// A step that fails, the gate at which it stops the run, and the code of the reason.
    struct Failure: Sendable, CustomTestStringConvertible {
        var name: String
        var file: String
        var gate: GateName
        var code: StepFault.Code
        var message: String
        var testDescription: String { name }
    }

    static let failures: [Failure] = [
        Failure(
            name: "a formatting error", file: ScriptPipeline.file(lint: "echo 'a.txt:1: bad layout'; exit 3"),
            gate: .lint, code: .exitCode, message: "lint.style ended with 3: a.txt:1: bad layout"),
        Failure(
            name: "a failing test",
            file: ScriptPipeline.file(
                unit:
                    "echo '<testsuite><testcase classname=\"Cart\" name=\"adds\"><failure message=\"1 is not 2\"/>"
                    + "</testcase></testsuite>' > unit.xml; exit 1"),
            gate: .test, code: .testsFailed, message: "Cart.adds failed: 1 is not 2"),
        Failure(
            name: "no tests at all", file: ScriptPipeline.file(unit: "echo '<testsuite/>' > unit.xml"),
            gate: .test,
            code: .noTests, message: "ran no tests"),
        Failure(
            name: "skipped tests only",
            file: ScriptPipeline.file(
                unit: "echo '<testsuite><testcase name=\"a\"><skipped/></testcase></testsuite>' > unit.xml"),
            gate: .test, code: .noTests, message: "ran no tests"),
        Failure(
            name: "a missing report", file: ScriptPipeline.file(unit: "true"), gate: .test, code: .report,
            message: "has left no report at unit*.xml"),
        Failure(
            name: "a second report with failures, as SwiftPM writes it",
            file: ScriptPipeline.file(
                unit:
                    "echo '<testsuite><testcase name=\"a\"/></testsuite>' > unit.xml; echo '<testsuite><testcase "
                    + "name=\"b\"><failure/></testcase></testsuite>' > unit-swift-testing.xml"),
            gate: .test, code: .testsFailed, message: "b failed"),
        Failure(
            name: "a scanner that produced no results",
            file: ScriptPipeline.file(
                security: """
                          sast: { run: "echo '{\\"runs\\":[]}' > s.sarif", reports: [{ sarif: s.sarif }] }
                          sca: { use: osv }
                    """), gate: .security, code: .scannerIncomplete, message: "nothing was scanned"),
        Failure(
            name: "a missing output",
            file: ScriptPipeline.file().replacing("echo program > server", with: "echo program > other"),
            gate: .build, code: .output, message: "has not left its output server"),
    ]

    @Test(.timeLimit(.minutes(5)))
    func `what goes wrong stops the run at its gate with its reason`() async throws {
        try await withPipeline(configure: { $0.images = RecordingImageBuilder() }) { fixture in
            for (number, failure) in Self.failures.enumerated() {
                let commit = try await fixture.commit([
                    ".slipway/pipeline.yaml": failure.file, "n": "\(number)",
                ])
                try await fixture.submit("run-\(number)", commit: commit)
            }
            for (number, failure) in Self.failures.enumerated() {
                let status = try await fixture.ended("run-\(number)")
                #expect(status.phase == "Failed", "\(failure.name): \(status)")
                #expect(status.reason == failure.code.rawValue, "\(failure.name): \(status.message ?? "")")
                #expect(
                    status.message?.contains(failure.message) ?? false,
                    "\(failure.name): \(status.message ?? "")")
                for gate in status.gates ?? [] {
                    let name = try #require(GateName(rawValue: gate.name))
                    let wanted = name < failure.gate ? "Passed" : name == failure.gate ? "Failed" : "Pending"
                    #expect(gate.phase == wanted, "\(failure.name): \(gate.name)")
                }
                let envelope = try Envelope(json: Array(try #require(status.verdict).envelope.utf8))
                let payload = try envelope.verified(by: [fixture.verifier], type: Verdict.payloadType)
                #expect(try Verdict(payload: payload).refusal != nil, "\(failure.name)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a pipeline file that drops a gate never runs and never passes`() async throws {
        try await withPipeline { fixture in
            let file = ScriptPipeline.file().replacing("  lint:", with: "  linted:")
            let commit = try await fixture.commit([".slipway/pipeline.yaml": file])
            try await fixture.submit("one", commit: commit)
            let status = try await fixture.ended("one")
            #expect(status.phase == "Failed")
            #expect(status.reason == "InvalidPipeline")
            #expect(status.message?.contains("E201") ?? false)
            #expect(status.verdict == nil)
            let bare = try await fixture.commit(["README": "no pipeline"])
            try await fixture.submit("two", commit: bare)
            #expect(try await fixture.ended("two").reason == "InvalidPipeline")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a step sees its own copy of the tree, its variables and no secret in its log`() async throws {
        let lint = """
            test "$(cat a.txt)" = a
            echo changed > a.txt
            ! touch "$CI_SOURCE/x" 2>/dev/null
            test "$(cat "$CI_SOURCE/a.txt")" = a
            echo "commit $CI_COMMIT gate $CI_GATE literal $(echo '$(CI_COMMIT)')"
            """
        let unit = """
            test "$(cat a.txt)" = a
            printf '%s' "$API_KEY" | base64
            echo "the key is $API_KEY."
            echo '<testsuite><testcase name="a"/></testsuite>' > unit.xml
            """
        var file = ScriptPipeline.file(
            lint: lint, unit: unit, secrets: "secrets: { API_KEY: { from: ci/key, use_in: [test.unit] } }")
        file = file.replacing("reports: [{ junit", with: "secrets: [API_KEY]\n        reports: [{ junit")
        let text = file
        try await withPipeline(configure: { $0.images = RecordingImageBuilder() }) { fixture in
            let commit = try await fixture.commit([".slipway/pipeline.yaml": text, "a.txt": "a"])
            try await fixture.submit("one", commit: commit)
            let status = try await fixture.ended("one")
            #expect(status.phase == "Passed", "\(status.message ?? "")")
            let gates = try #require(status.gates)
            let log = try fixture.log(try #require(gates[0].steps.first))
            #expect(log == "commit \(commit) gate lint literal $(CI_COMMIT)\n")
            let masked = try fixture.log(try #require(gates[1].steps.first))
            #expect(masked.contains("the key is ***."))
            #expect(!masked.contains("k3y-of-the-registry") && masked.hasPrefix("***"))
            try await fixture.submit("fork", commit: commit) { $0.trust = "fork" }
            let refused = try await fixture.ended("fork")
            #expect(refused.reason == "R24")
            #expect(refused.message?.contains("E605") ?? false)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `cancelling a run ends its steps and removes its cell`() async throws
    {
        try await withPipeline { fixture in
            let commit = try await fixture.commit([
                ".slipway/pipeline.yaml": ScriptPipeline.file(lint: "echo begun; sleep 300")
            ])
            try await fixture.submit("one", commit: commit)
            _ = try await fixture.status(of: "one") { $0.gates?.first?.steps.first?.startedAt != nil }
            try await fixture.client.patch(
                .pipelineRuns, "one", namespace: "default", .merge(["spec": ["cancel": true]]))
            let status = try await fixture.ended("one")
            #expect(status.phase == "Canceled")
            #expect(status.reason == "R13")
            let pods = try await fixture.client.listAll(.pods, namespace: "default")
            #expect(pods.allSatisfy { $0.metadata.isDeleting })
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a step that takes too long is ended with all it has started`()
        async throws
    {
        let file = ScriptPipeline.file(lint: "sleep 300 & sleep 300").replacing(
            "timeout: 30s", with: "timeout: 1s")
        try await withPipeline { fixture in
            let commit = try await fixture.commit([".slipway/pipeline.yaml": file])
            try await fixture.submit("one", commit: commit)
            let status = try await fixture.ended("one")
            #expect(status.reason == "R02", "\(status.message ?? "")")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a run of one gate passes without a verdict`() async throws {
        try await withPipeline { fixture in
            let commit = try await fixture.commit([".slipway/pipeline.yaml": ScriptPipeline.file()])
            try await fixture.submit("one", commit: commit) { $0.gates = ["lint"] }
            let status = try await fixture.ended("one")
            #expect(status.phase == "Passed")
            #expect(status.verdict == nil)
        }
    }
}
