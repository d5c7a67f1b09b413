import Benchmark
import BenchmarkSupport
import KubeClient
import Manifest

/// The time from sending a patch of a Deployment until each of its watchers has the event, decoded.
struct WatchBenchmark: Sendable {
    let watchers: Int
    let way: ServerUnderTest.Way

    private static let changes = 100

    func register() {
        let title = "watch event, \(way.rawValue), \(watchers) \(watchers == 1 ? "watcher" : "watchers")"
        Benchmark(title, configuration: .init(metrics: [.latency])) { [self] benchmark in
            let measured = try await ServerUnderTest.run(isDurable: true) { test in
                try await test.fill(1)
                return try await test.withClient(way) { try await latencies($0) }
            }
            for latency in measured { benchmark.measurement(.latency, latency.nanoseconds) }
        }
    }

    private func latencies(_ client: KubeClient) async throws -> [Duration] {
        let version = try await client.list(.deployments, namespace: ServerUnderTest.namespace)
            .resourceVersion
        let (arrivals, arrived) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<watchers {
                group.addTask {
                    let events = try await client.watch(
                        .deployments, namespace: ServerUnderTest.namespace, from: .after(version))
                    for try await event in events {
                        if case .modified = event { arrived.yield(.now) }
                    }
                }
            }
            var latencies: [Duration] = []
            var arrival = arrivals.makeAsyncIterator()
            for change in 0..<Self.changes {
                let sent = ContinuousClock.Instant.now
                try await client.patch(
                    .deployments, "service-0", namespace: ServerUnderTest.namespace,
                    .merge(["spec": ["replicas": .integer(Int64(change % 2 + 5))]]))
                // The next change waits for all watchers, so that no event queues behind another.
                for _ in 0..<watchers {
                    guard let instant = await arrival.next() else { break }
                    // The first change also waits for the watches to begin.
                    if change > 0 { latencies.append(instant - sent) }
                }
            }
            group.cancelAll()
            // Ends with the cancellation that was just asked for.
            try? await group.waitForAll()
            return latencies
        }
    }
}
