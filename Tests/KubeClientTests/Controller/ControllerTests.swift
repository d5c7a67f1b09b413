import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct ControllerTests {
    /// Calls a closure; notes what it was called with.
    private struct Scripted: Reconciler {
        let calls = Recorder<[String]>([])
        let script: @Sendable (String, _ call: Int) async throws -> ReconcileResult

        func reconcile(_ key: String) async throws -> ReconcileResult {
            let count = calls.withLock { calls in
                calls.append(key)
                return calls.count { $0 == key }
            }
            return try await script(key, count)
        }
    }

    private struct Fault: Error {}

    /// Runs a controller over some keys until it has been called so often.
    private func run(
        _ keys: [String], until count: Int, observer: ControllerObserver = ControllerObserver(),
        clock: ManualClock = ManualClock(),
        _ script: @escaping @Sendable (String, Int) async throws -> ReconcileResult
    ) async throws -> (calls: [String], time: Duration) {
        let reconciler = Scripted(script: script)
        // Work begins when all keys are there: one that is being worked on is rightly worked on again.
        let (added, add) = AsyncStream.makeStream(of: Void.self)
        let source = KeySource<String>(
            waitUntilReady: { for await _ in added { break } },
            follow: { queue in
                keys.forEach(queue)
                add.finish()
            })
        let controller = Controller(
            "test", reconciler, sources: [source], concurrency: 2,
            queue: WorkQueueState(
                backoff: Backoff(base: .seconds(1), maximum: .seconds(60), jitter: 0), overall: nil),
            timeline: clock.timeline, observer: observer, logger: .silent)
        try await clock.runFreely {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await controller.run() }
                while reconciler.calls.value.count < count { await Task.yield() }
                for _ in 0..<50 { await Task.yield() }
                group.cancelAll()
            }
        }
        return (reconciler.calls.value, clock.now.offset)
    }

    @Test func `every key is worked on once`() async throws {
        let run = try await run(["a", "b", "c", "a"], until: 3) { _, _ in .done }
        #expect(run.calls.sorted() == ["a", "b", "c"])
        #expect(run.time == .zero)
    }

    @Test func `a failure is tried again, later each time`() async throws {
        let run = try await run(["a"], until: 4) { _, call in
            if call < 4 { throw Fault() }
            return .done
        }
        #expect(run.calls.count == 4)
        #expect(run.time == .seconds(1 + 2 + 4))
    }

    @Test func `a terminal failure and a wait are not tried again`() async throws {
        let outcomes = Recorder<[ControllerObserver.Outcome]>([])
        var observer = ControllerObserver()
        observer.onReconciled = { _, outcome, _ in outcomes.withLock { $0.append(outcome) } }
        let run = try await run(["a", "b"], until: 2, observer: observer) { key, _ in
            if key == "a" { throw TerminalError("no right to do so") }
            return .waiting(for: "Secret shop/tls")
        }
        #expect(run.calls.count == 2)
        #expect(run.time == .zero)
        #expect(Set(outcomes.value) == [.failedTerminally, .waiting])
    }

    @Test func `a key asks to come again after a while`() async throws {
        let run = try await run(["a"], until: 3) { _, call in call < 3 ? .requeue(after: .seconds(30)) : .done
        }
        #expect(run.calls.count == 3)
        #expect(run.time == .seconds(60))
    }

    @Test func `cancelling waits for the work in progress`() async throws {
        let ended = Recorder(false)
        let clock = ManualClock()
        let reconciler = Scripted { _, _ in
            defer { ended.withLock { $0 = true } }
            try await clock.sleep(until: .init(offset: .seconds(1000)), tolerance: nil)
            return .done
        }
        let controller = Controller(
            "test", reconciler, sources: [KeySource { $0("a") }], timeline: clock.timeline, logger: .silent)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await controller.run() }
            await clock.waitForSleepers()
            group.cancelAll()
        }
        #expect(ended.value)
    }

    @Test func `no work begins before the sources are ready`() async throws {
        let clock = ManualClock()
        let reconciler = Scripted { _, _ in .done }
        let source = KeySource<String>(
            waitUntilReady: { try await clock.sleep(until: .init(offset: .seconds(5)), tolerance: nil) },
            follow: { $0("a") })
        let controller = Controller("test", reconciler, sources: [source], timeline: clock.timeline)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await controller.run() }
            await clock.waitForSleepers()
            for _ in 0..<100 { await Task.yield() }
            #expect(reconciler.calls.value.isEmpty)
            clock.advance(by: .seconds(5))
            while reconciler.calls.value.isEmpty { await Task.yield() }
            group.cancelAll()
        }
    }
}
