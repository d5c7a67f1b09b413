import KubeModel
import Testing

struct VerdictTests {
    private static func verdict(_ change: (inout Verdict) -> Void = { _ in }) -> Verdict {
        var verdict = Verdict(
            repository: "default/shop", commit: "c", tree: "t", base: "b", pipelineDigest: "",
            policyDigest: "",
            gates: Verdict.gateNames.map { .init(name: $0, result: .passed) }, result: .passed, startedAt: "",
            finishedAt: "")
        change(&verdict)
        return verdict
    }

    @Test func `four passed gates let pass`() throws {
        let verdict = Self.verdict()
        #expect(verdict.refusal == nil)
        #expect(try Verdict(payload: try verdict.payload()) == verdict)
    }

    @Test(arguments: Verdict.gateNames)
    func `a gate that did anything but pass, once, lets nothing pass`(_ name: String) {
        for result in [Verdict.Result.failed, .error, .canceled, .skipped] {
            let other = Self.verdict { verdict in
                for place in verdict.gates.indices where verdict.gates[place].name == name {
                    verdict.gates[place].result = result
                }
            }
            #expect(other.refusal == "gate \(name) is \(result.rawValue), not passed")
        }
        #expect(Self.verdict { $0.gates.removeAll { $0.name == name } }.refusal != nil)
        #expect(Self.verdict { $0.gates.append(.init(name: name, result: .passed)) }.refusal != nil)
    }

    @Test func `the run itself must have passed, and no other gate may have failed`() {
        #expect(Self.verdict { $0.result = .error }.refusal == "the run ended as error")
        #expect(Self.verdict { $0.gates.append(.init(name: "more", result: .skipped)) }.refusal != nil)
        #expect(Self.verdict { $0.gates = [] }.refusal != nil)
    }
}
