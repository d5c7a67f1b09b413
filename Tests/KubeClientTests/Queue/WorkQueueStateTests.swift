import KubeClient
import TestSupport
import Testing

@Suite struct WorkQueueStateTests {
    private typealias State = WorkQueueState<String>

    @Test func `a key added twice is handed out once`() {
        var queue = State()
        #expect(queue.add("a") == true)
        #expect(queue.add("a") == false)
        #expect(queue.next(now: .zero) == .work("a"))
        #expect(queue.next(now: .zero) == .wait(until: nil))
    }

    @Test func `keys come in the order they were added`() {
        var queue = State()
        for key in ["c", "a", "b"] { queue.add(key) }
        #expect((0..<3).map { _ in queue.next(now: .zero) } == [.work("c"), .work("a"), .work("b")])
    }

    @Test func `a key added while it is worked on waits until that is done`() {
        var queue = State()
        queue.add("a")
        #expect(queue.next(now: .zero) == .work("a"))
        #expect(queue.add("a") == false)
        #expect(queue.next(now: .zero) == .wait(until: nil))
        #expect(queue.done("a") == true)
        #expect(queue.next(now: .zero) == .work("a"))
        #expect(queue.done("a") == false)
        #expect(queue.isIdle)
    }

    @Test func `the earliest moment asked for a key counts`() {
        var queue = State()
        #expect(queue.add("a", at: .seconds(10), now: .zero) == true)
        #expect(queue.add("a", at: .seconds(3), now: .zero) == true)
        #expect(queue.add("a", at: .seconds(5), now: .zero) == false)
        #expect(queue.next(now: .zero) == .wait(until: .seconds(3)))
        #expect(queue.next(now: .seconds(3)) == .work("a"))
        queue.done("a")
        #expect(queue.next(now: .seconds(11)) == .wait(until: nil))
    }

    @Test func `failures delay a key twice as long each time until it succeeds`() {
        var queue = State(
            backoff: Backoff(base: .seconds(1), maximum: .seconds(5), jitter: 0), overall: nil)
        var now = Duration.zero
        var delays: [Duration] = []
        for _ in 0..<5 {
            queue.addAfterFailure("a", now: now, random: 0)
            guard case .wait(until: let moment?) = queue.next(now: now) else {
                Issue.record("the key should be delayed")
                return
            }
            delays.append(moment - now)
            now = moment
            #expect(queue.next(now: now) == .work("a"))
            queue.done("a")
        }
        #expect(delays == [1, 2, 4, 5, 5].map { .seconds($0) })
        queue.forget("a")
        queue.addAfterFailure("a", now: now, random: 0)
        #expect(queue.next(now: now) == .wait(until: now + .seconds(1)))
    }

    @Test func `many failing keys are slowed down together`() {
        var queue = WorkQueueState<Int>(
            backoff: Backoff(base: .milliseconds(1), maximum: .seconds(1), jitter: 0),
            overall: TokenBucket(rate: 10, burst: 2))
        for key in 0..<12 { queue.addAfterFailure(key, now: .zero, random: 0) }
        var handedOut = 0
        while case .work = queue.next(now: .milliseconds(500)) { handedOut += 1 }
        #expect(handedOut == 2 + 5)
    }

    @Test func `a queue that is shut down hands out what waits and then finishes`() {
        var queue = State()
        queue.add("a")
        queue.add("b", at: .seconds(1), now: .zero)
        queue.shutDown()
        queue.add("c")
        #expect(queue.next(now: .seconds(2)) == .work("a"))
        #expect(queue.next(now: .seconds(2)) == .finish)
    }

    /// What the queue owes its users, kept beside it: keys to hand out at once, and keys with a moment.
    private struct Debts {
        var due: Set<Int> = []
        var delayed: [Int: Duration] = [:]

        mutating func add(_ key: Int, at moment: Duration, now: Duration) {
            settle(now)
            if moment <= now { due.insert(key) } else { delayed[key] = min(moment, delayed[key] ?? moment) }
        }

        /// Whether handing out the key was owed.
        mutating func pay(_ key: Int, now: Duration) -> Bool {
            settle(now)
            return due.remove(key) != nil
        }

        /// Counts what was delayed until now as due.
        mutating func settle(_ now: Duration) {
            for (key, moment) in delayed where moment <= now {
                delayed[key] = nil
                due.insert(key)
            }
        }
    }

    @Test(arguments: 0..<20)
    func `no key is lost or worked on twice at once over random schedules`(round: UInt64) {
        let seed = UInt64.random(in: 0...UInt64.max) &+ round
        var random = SeededGenerator(seed: seed)
        let backoff = Backoff(base: .milliseconds(50), maximum: .seconds(2))
        var queue = WorkQueueState<Int>(backoff: backoff, overall: nil)
        var debts = Debts()
        var held: Set<Int> = []
        var now = Duration.zero
        for step in 0..<2_000 {
            let key = Int.random(in: 0..<12, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                queue.add(key)
                debts.add(key, at: now, now: now)
            case 1:
                let moment = now + .milliseconds(Int.random(in: 0...300, using: &random))
                queue.add(key, at: moment, now: now)
                debts.add(key, at: moment, now: now)
            case 2, 3:
                guard case .work(let given) = queue.next(now: now) else {
                    debts.settle(now)
                    let missing = debts.due.subtracting(held)
                    #expect(missing.isEmpty, "seed \(seed), step \(step): \(missing) should be handed out")
                    break
                }
                #expect(held.insert(given).inserted, "seed \(seed), step \(step): \(given) is held twice")
                let isOwed = debts.pay(given, now: now)
                #expect(isOwed, "seed \(seed), step \(step): \(given) was not asked for")
            case 4:
                guard let finished = held.sorted().randomElement(using: &random) else { break }
                if Bool.random(using: &random) {
                    let draw = Double.random(in: 0..<1, using: &random)
                    let delay = backoff.delay(failures: queue.failureCount(finished) + 1, random: draw)
                    queue.addAfterFailure(finished, now: now, random: draw)
                    debts.add(finished, at: now + delay, now: now)
                } else {
                    queue.forget(finished)
                }
                held.remove(finished)
                queue.done(finished)
            default:
                now += .milliseconds(Int.random(in: 0...100, using: &random))
            }
        }
        for key in held { queue.done(key) }
        now += .seconds(3600)
        while case .work(let key) = queue.next(now: now) {
            let isOwed = debts.pay(key, now: now)
            #expect(isOwed, "seed \(seed): \(key) was not asked for")
            queue.done(key)
        }
        #expect(debts.due.isEmpty && debts.delayed.isEmpty, "seed \(seed): \(debts) were lost")
        #expect(queue.isIdle)
    }
}
