import KubeModel
import Manifest
import Sigstore
import Testing

@testable import Pipeline

@Suite struct ReleaseDecisionTests {
    static let key = PrivateKey.p256()
    static let (tested, landed, tree) = (digits("a"), digits("b"), digits("c"))
    static let (head, newer) = (digits("7"), digits("8"))
    static let image = "sha256:" + String(repeating: "1", count: 64)

    static func digits(_ digit: Character) -> String { String(repeating: digit, count: 40) }

    /// A run of a candidate that has passed and made an image.
    static func run(
        _ name: String = "run", commit: String = tested, service: String = "orders", at second: Int64 = 1,
        pullRequest: String = "shop-1", head: String = head, change: (inout Verdict) -> Void = { _ in },
        signer: PrivateKey = key
    ) throws -> ReleaseDecision.Run {
        let spec = PipelineRunSpec(
            repository: "shop", commit: commit, pullRequests: [.init(name: pullRequest, head: head)],
            trust: "candidate")
        var gates = Verdict.gateNames.map { Verdict.Gate(name: $0, result: .passed) }
        gates[3].evidence = [image]
        var verdict = Verdict(
            repository: "default/shop", commit: commit, tree: tree, base: digits("0"),
            pullRequests: [.init(name: pullRequest, head: head)],
            pipelineDigest: image, policyDigest: image, gates: gates, result: .passed, run: name,
            startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01Z")
        change(&verdict)
        var status = PipelineRunStatus(phase: "Passed")
        status.verdict = try VerdictSigner(signer, keyID: "k").sign(verdict)
        status.artifact = .init(
            service: service, image: .init(repository: "r.example/shop", tag: commit, digest: image),
            builtAt: "2026-01-01T00:00:00Z")
        return .init(name: name, createdAt: Timestamp(seconds: second), spec: spec, status: status)
    }

    static func decision(landed: String = tested) -> ReleaseDecision {
        ReleaseDecision(
            pullRequest: "shop-1", head: head, repository: "shop", landed: landed,
            verifiers: [KeyVerifier(key.publicKey, keyID: "k")])
    }

    @Test func `a tested commit that has landed is released under its service and its digits`() throws {
        let run = try Self.run()
        let decision = Self.decision()
        #expect(decision.decisive(among: [run]).map(\.name) == ["run"])
        let planned = try #require(try decision.release(of: run, tree: Self.tree))
        #expect(planned.name == "orders-aaaaaaaaaaaa")
        #expect(planned.spec.commit == Self.tested)
        #expect(planned.spec.image.tag == Self.tested)
        #expect(planned.spec.gates?.map(\.result) == ["passed", "passed", "passed", "passed"])
        #expect(planned.spec.verdict == run.status.verdict?.payloadDigest)
    }

    @Test func `every service of a merge has its release`() throws {
        let runs = [try Self.run("one", service: "orders"), try Self.run("two", service: "stock")]
        let names = try Self.decision().decisive(among: runs).compactMap {
            try Self.decision().release(of: $0, tree: Self.tree)?.name
        }
        #expect(names == ["orders-aaaaaaaaaaaa", "stock-aaaaaaaaaaaa"])
    }

    /// The queue put the tested change on top of another lane's merge.
    @Test
    func `a commit that was rebased without a new test has the image of the commit that was tested last`()
        throws
    {
        let runs = [
            try Self.run("old", commit: Self.digits("d"), at: 1), try Self.run("new", at: 2),
            try Self.run("other", commit: Self.digits("e"), at: 3, pullRequest: "shop-2"),
        ]
        let decision = Self.decision(landed: Self.landed)
        #expect(decision.decisive(among: runs).map(\.name) == ["new"])
        let planned = try #require(try decision.release(of: runs[1], tree: Self.tree))
        #expect(planned.name == "orders-bbbbbbbbbbbb")
        #expect(planned.spec.commit == Self.landed)
        #expect(planned.spec.image.tag == Self.tested)
    }

    /// Pushed while the first was landing: its run is newer, and about what has not landed.
    @Test func `the run of a newer head of the pull request gives no release of what has landed`() throws {
        let runs = [
            try Self.run("landed"),
            try Self.run("newer", commit: Self.digits("e"), at: 2, head: Self.newer),
        ]
        let decision = Self.decision(landed: Self.landed)
        #expect(decision.decisive(among: runs).map(\.name) == ["landed"])
        #expect(decision.decisive(among: [runs[1]]).isEmpty)
        // What the object says of the head does not count where the signed verdict says otherwise.
        var claimed = runs[1]
        claimed.spec.pullRequests = runs[0].spec.pullRequests
        let error = #expect(throws: PipelineError.self) { try decision.release(of: claimed, tree: Self.tree) }
        #expect(error?.code == .verdictRefused)
        var unknown = decision
        unknown.head = nil
        #expect(unknown.decisive(among: runs).map(\.name) == ["newer"])
    }

    @Test func `what has not passed, is no candidate or has no image gives no release`() throws {
        var failed = try Self.run()
        failed.status.phase = "Failed"
        #expect(try Self.decision().release(of: failed, tree: Self.tree) == nil)
        var plain = try Self.run()
        plain.status.artifact = nil
        #expect(try Self.decision().release(of: plain, tree: Self.tree) == nil)
        var branch = try Self.run()
        branch.spec.trust = "same-repo"
        var elsewhere = try Self.run()
        elsewhere.spec.repository = "other"
        #expect(Self.decision().decisive(among: [branch, elsewhere]).isEmpty)
    }

    /// A status that was changed after its verdict, or a verdict that does not count.
    @Test func `an image that its signed verdict does not stand for is refused`() throws {
        var unsigned = try Self.run()
        unsigned.status.verdict = nil
        var swapped = try Self.run()
        swapped.status.artifact?.image.digest = "sha256:" + String(repeating: "2", count: 64)
        var added = try Self.run()
        added.status.artifact?.provenance = .init(
            digest: "sha256:" + String(repeating: "3", count: 64), predicateType: PredicateType.provenance)
        var moved = try Self.run()
        moved.status.artifact?.image.tag = Self.landed
        let cases = [
            unsigned, swapped, added, moved, try Self.run(signer: .p256()),
            try Self.run(change: { $0.gates[2].result = .skipped }),
            try Self.run(change: { $0.commit = Self.landed }),
            try Self.run(change: { $0.gates.removeLast() }),
        ]
        for (number, run) in cases.enumerated() {
            let error = #expect(throws: PipelineError.self, "case \(number)") {
                try Self.decision().release(of: run, tree: Self.tree)
            }
            #expect(error?.code == .verdictRefused)
        }
    }
}
