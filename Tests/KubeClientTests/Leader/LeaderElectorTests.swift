import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

@Suite struct LeaderElectorTests {
    private static let collection = "/apis/coordination.k8s.io/v1/namespaces/sys/leases"

    private func elector(_ api: FakeAPI, _ clock: ManualClock, _ identity: String) -> LeaderElector {
        let client = KubeClient(api, timeline: clock.timeline, jitter: Jitter(SeededGenerator(seed: 3)))
        return LeaderElector(client, lease: "main", namespace: "sys", identity: identity, logger: .silent)
    }

    private func holder(_ api: FakeAPI) -> String? {
        api.objects(Self.collection)["main"]?["spec", "holderIdentity"]?.stringValue
    }

    @Test func `the work runs under a lease that is given back`() async throws {
        let api = FakeAPI()
        let clock = ManualClock()
        let answer = try await elector(api, clock, "a").run {
            #expect(self.holder(api) == "a")
            return 42
        }
        #expect(answer == 42)
        let spec = try #require(api.objects(Self.collection)["main"]?["spec"])
        #expect(spec["holderIdentity"] == "")
        #expect(spec["leaseTransitions"] == 0)
        #expect(spec["acquireTime"]?.stringValue?.hasSuffix(".000000Z") == true)
    }

    @Test func `the second candidate leads once the first is cancelled`() async throws {
        let api = FakeAPI()
        let clock = ManualClock()
        let started = Recorder<[String]>([])
        let work: @Sendable (String) -> (@Sendable () async throws -> Void) = { name in
            {
                started.withLock { $0.append(name) }
                try await clock.sleep(until: .init(offset: .seconds(100_000)), tolerance: nil)
            }
        }
        let first = Task { try await elector(api, clock, "a").run(work("a")) }
        while started.value != ["a"] { await Task.yield() }
        let second = Task { try await elector(api, clock, "b").run(work("b")) }
        for _ in 0..<50 {
            // Time waits until both candidates wait for their next attempt, not for an answer.
            while clock.sleeperCount(within: .milliseconds(2400)) < 2 { await Task.yield() }
            clock.advanceToNextSleeper()
        }
        #expect(started.value == ["a"])
        #expect(holder(api) == "a")
        first.cancel()
        _ = await first.result
        #expect(holder(api) == "")
        while started.value != ["a", "b"] {
            // A period at a time, and then time to act on it.
            clock.advance(by: .seconds(3))
            for _ in 0..<10_000 where started.value != ["a", "b"] { await Task.yield() }
        }
        #expect(holder(api) == "b")
        #expect(api.objects(Self.collection)["main"]?["spec", "leaseTransitions"] == 1)
        second.cancel()
        _ = await second.result
    }

    @Test func `a leader that is cut off ends its work before another may begin`() async throws {
        let api = FakeAPI()
        let clock = ManualClock()
        let endedAt = Recorder<Duration?>(nil)
        let isWorking = Recorder(false)
        let leader = Task {
            try await elector(api, clock, "a").run {
                isWorking.withLock { $0 = true }
                defer { endedAt.withLock { $0 = clock.now.offset } }
                try await clock.sleep(until: .init(offset: .seconds(100_000)), tolerance: nil)
            }
        }
        while !isWorking.value { await Task.yield() }
        api.intercept { _ in throw KubeClientError(.connectionLost, "cut off") }
        while endedAt.value == nil {
            // The work sleeps, and the leader does or waits for an answer.
            if clock.sleeperCount >= 2 { clock.advanceToNextSleeper() } else { await Task.yield() }
        }
        let error = await #expect(throws: KubeClientError.self) { try await leader.value }
        #expect(error?.code == .leadershipLost)
        let ended = try #require(endedAt.value)
        #expect(ended == .seconds(10))
    }
}
