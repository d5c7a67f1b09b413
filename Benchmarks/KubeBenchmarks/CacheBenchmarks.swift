import Benchmark
import BenchmarkSupport
import KubeClient
import Manifest

/// The memory a client's cache takes for each Deployment.
struct CacheBenchmark: Sendable {
    let name: String
    let mode: CacheMode

    private static let objects = 5000

    static let all = [
        CacheBenchmark(name: "full", mode: .full), CacheBenchmark(name: "raw", mode: .raw),
        CacheBenchmark(name: "metadata", mode: .metadata),
        CacheBenchmark(name: "fingerprint", mode: .fingerprint),
    ]

    /// Measures once in a process: memory that an earlier round gave back would hide growth.
    func register() {
        let configuration = Benchmark.Configuration(
            metrics: [.heapBytes, .residentBytes, .jsonBytes], warmupIterations: 0,
            maxDuration: .seconds(120),
            maxIterations: 1)
        Benchmark("cached Deployment, \(name)", configuration: configuration) { [self] benchmark in
            let (growth, size) = try await ServerUnderTest.run(isDurable: false) { test in
                try await test.fill(Self.objects)
                // What the server and the allocator need for lists at all is not the cache's.
                _ = try await memory(of: .fingerprint, test.direct)
                let before = Memory()
                let growth = try await memory(of: mode, test.direct).growth(since: before)
                let object = try await test.direct.get(
                    .deployments, "service-0", namespace: ServerUnderTest.namespace)
                return (growth, JSON.write(object).count)
            }
            benchmark.measurement(.jsonBytes, size)
            benchmark.measurement(.residentBytes, growth.resident / Self.objects)
            benchmark.measurement(.heapBytes, growth.heap / Self.objects)
        }
    }

    private struct Memory: Sendable {
        var resident = ProcessMemory.resident
        var heap = ProcessMemory.heap

        func growth(since earlier: Memory) -> Memory {
            Memory(resident: resident - earlier.resident, heap: heap - earlier.heap)
        }
    }

    /// The memory of the process while a cache holds all objects.
    private func memory(of mode: CacheMode, _ client: KubeClient) async throws -> Memory {
        let cache = WatchCache(client, .deployments, namespace: nil, mode: mode)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            try await cache.waitUntilReady()
            let memory = Memory()
            blackHole(cache.count)
            group.cancelAll()
            return memory
        }
    }
}
