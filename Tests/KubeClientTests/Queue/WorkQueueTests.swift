import ClusterTestSupport
import KubeClient
import TestSupport
import Testing

@Suite struct WorkQueueTests {
    @Test func `a worker that waits gets the key that is added`() async {
        let queue = WorkQueue<String>()
        async let key = queue.next()
        queue.add("a")
        #expect(await key == "a")
    }

    @Test func `a delayed key comes when its moment does`() async {
        let clock = ManualClock()
        let queue = WorkQueue<String>(timeline: clock.timeline)
        queue.add("late", after: .seconds(5))
        async let key = queue.next()
        await clock.waitForSleepers()
        queue.add("soon", after: .seconds(1))
        #expect(clock.advanceToNextSleeper() != nil)
        clock.advance(by: .seconds(1))
        let first = await key
        #expect(first == "soon")
        clock.advance(by: .seconds(5))
        #expect(await queue.next() == "late")
    }

    @Test func `shutting down ends every worker after the keys that wait`() async {
        let queue = WorkQueue<Int>()
        for key in 0..<10 { queue.add(key) }
        let seen = Recorder<[Int]>([])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    while let key = await queue.next() {
                        seen.withLock { $0.append(key) }
                        queue.done(key)
                    }
                }
            }
            queue.shutDown()
        }
        #expect(seen.value.sorted() == Array(0..<10))
    }

    @Test func `a cancelled worker passes its wake-up on`() async {
        let queue = WorkQueue<Int>()
        for round in 0..<200 {
            let first = Task { await queue.next() }
            let second = Task { await queue.next() }
            await Task.yield()
            first.cancel()
            queue.add(round)
            if await first.value == nil { #expect(await second.value == round) } else { second.cancel() }
            _ = await second.value
            queue.done(round)
        }
        #expect(queue.isIdle)
    }

    @Test func `workers and adders in parallel never share a key and lose none`() async {
        let queue = WorkQueue<Int>(
            WorkQueueState(backoff: Backoff(base: .microseconds(10), maximum: .milliseconds(1)), overall: nil)
        )
        let held = Recorder<Set<Int>>([])
        let pending = Recorder([Int](repeating: 0, count: 16))
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    while let key = await queue.next() {
                        let isAlone = held.withLock { $0.insert(key).inserted }
                        #expect(isAlone)
                        pending.withLock { $0[key] = 0 }
                        await Task.yield()
                        _ = held.withLock { $0.remove(key) }
                        if (key + worker).isMultiple(of: 7) { queue.addAfterFailure(key) }
                        queue.done(key)
                    }
                }
            }
            await withTaskGroup(of: Void.self) { adders in
                for adder in 0..<4 {
                    adders.addTask {
                        var random = SeededGenerator(seed: UInt64(adder))
                        for _ in 0..<500 {
                            let key = Int.random(in: 0..<16, using: &random)
                            pending.withLock { $0[key] += 1 }
                            queue.add(key)
                            if key == 3 { await Task.yield() }
                        }
                    }
                }
            }
            queue.shutDown()
        }
        #expect(pending.value.allSatisfy { $0 == 0 })
    }
}
