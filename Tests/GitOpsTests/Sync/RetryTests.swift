import GitOps
import KubeModel
import Manifest
import Testing

@Suite struct RetryTests {
    private let start = Timestamp(seconds: 1000)

    @Test func `nobody's sync is tried once, the automation's five times`() {
        #expect(SyncRetry(nil, isAutomated: false).nextAttempt(failures: 1, failedAt: start) == nil)
        let automated = SyncRetry(nil, isAutomated: true)
        #expect(automated.nextAttempt(failures: 5, failedAt: start) != nil)
        #expect(automated.nextAttempt(failures: 6, failedAt: start) == nil)
    }

    @Test func `pauses grow by the factor up to the maximum, the first one is the duration`() {
        let retry = SyncRetry(
            ["limit": -1, "backoff": ["duration": "5s", "factor": 2, "maxDuration": "1m"]], isAutomated: true)
        let pauses = (1...6).map { failures in
            retry.nextAttempt(failures: failures, failedAt: start)?.duration(since: start)
        }
        #expect(pauses == [5, 10, 20, 40, 60, 60].map { .seconds($0) })
    }

    @Test(arguments: [
        ("5s", Duration.seconds(5)), ("1m30s", .seconds(90)), ("250ms", .milliseconds(250)),
        ("2h", .seconds(7200)),
        ("10", .seconds(10)),
    ])
    func `durations are read as Go writes them`(_ text: String, _ duration: Duration) {
        #expect(Duration(kubernetes: text) == duration)
    }

    @Test(arguments: ["", "s", "5 s", "five", "5x"])
    func `what is no duration is none`(_ text: String) {
        #expect(Duration(kubernetes: text) == nil)
    }

    @Test func `no factor and no duration is too large`() {
        let retry = SyncRetry(
            [
                "limit": -1,
                "backoff": [
                    "duration": "99h", "factor": .integer(.max), "maxDuration": "999999999999",
                ],
            ], isAutomated: true)
        #expect(retry.nextAttempt(failures: 1, failedAt: start) == start.advanced(by: .seconds(356_400)))
        #expect(retry.nextAttempt(failures: 9, failedAt: start)?.rfc3339 == "9999-12-31T23:59:59Z")
        #expect(Duration(kubernetes: "9223372036854775807") == nil)
    }

    @Test func `healings come ever more slowly, and none at all without self-heal`() {
        var situation = AutomatedSync.Situation(
            policy: .init(isAutomated: true, selfHeals: true))
        situation.isOutOfSync = true
        situation.revision = "a"
        situation.settings = "s"
        situation.now = start
        #expect(AutomatedSync.decide(situation) == .sync)
        situation.last = .init(revision: "a", settings: "s", succeeded: true, finishedAt: start)
        #expect(AutomatedSync.decide(situation) == .heal)
        situation.healings = 2
        #expect(AutomatedSync.decide(situation) == .healAt(start.advanced(by: .seconds(6))))
        #expect((0...6).map(AutomatedSync.healingDelay) == [0, 2, 6, 18, 54, 162, 300].map { .seconds($0) })
        situation.policy.selfHeals = false
        #expect(AutomatedSync.decide(situation) == .none)
        situation.settings = "t"
        #expect(AutomatedSync.decide(situation) == .sync)
    }

    @Test func `healing waits for as long as a rollback asks for, and a new revision does not`() {
        var situation = AutomatedSync.Situation(policy: .init(isAutomated: true, selfHeals: true))
        situation.isOutOfSync = true
        situation.revision = "a"
        situation.last = .init(revision: "a", settings: "", succeeded: true, finishedAt: start)
        situation.now = start
        let until = start.advanced(by: .seconds(60))
        situation.healingWaitsUntil = until
        #expect(AutomatedSync.decide(situation) == .healAt(until))
        situation.healings = 9
        #expect(AutomatedSync.decide(situation) == .healAt(start.advanced(by: .seconds(300))))
        situation.healings = 0
        situation.now = until
        #expect(AutomatedSync.decide(situation) == .heal)
        situation.now = start
        situation.revision = "b"
        #expect(AutomatedSync.decide(situation) == .sync)
    }

    @Test func `the automation deletes neither unasked nor everything`() {
        var situation = AutomatedSync.Situation(policy: .init(isAutomated: true))
        situation.isOutOfSync = true
        situation.needsOnlyPruning = true
        #expect(AutomatedSync.decide(situation) == .none)
        situation.policy.prunes = true
        situation.prunesEverything = true
        guard case .refused = AutomatedSync.decide(situation) else {
            Issue.record("everything would be deleted")
            return
        }
        situation.policy.allowsEmpty = true
        #expect(AutomatedSync.decide(situation) == .sync)
    }
}
