import Benchmark
import BenchmarkSupport

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        units: BenchmarkMetric.plainUnits, warmupIterations: 0, maxDuration: .seconds(6), maxIterations: 3)
    for way in ServerUnderTest.Way.allCases {
        for clients in [1, 32] {
            for benchmark in RequestBenchmark.all { benchmark.register(way, clients: clients) }
        }
        for watchers in [1, 100] { WatchBenchmark(watchers: watchers, way: way).register() }
    }
    for benchmark in CacheBenchmark.all { benchmark.register() }
}
