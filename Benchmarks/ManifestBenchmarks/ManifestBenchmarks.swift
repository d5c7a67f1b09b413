import Benchmark
import BenchmarkSupport
import Foundation
import Manifest
import Yams

/// Names are `what, who`: `Benchmarks/run` pairs them into ratios. Bytes in a name make it a throughput.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.threadTime], units: BenchmarkMetric.plainUnits, warmupIterations: 1,
        maxDuration: .seconds(4), maxIterations: 50)

    let list = SampleManifests.list(1547)
    let json = JSON.write(list)
    let jsonData = Data(json)
    let documents = (0..<560).map(SampleManifests.deployment)
    let yaml = YAML.write(documents: documents)
    let yamlText = String(decoding: yaml, as: UTF8.self)
    // The same bytes for the peer that runs in Python.
    if let path = ProcessInfo.processInfo.environment["SLIPWAY_BENCHMARK_YAML"] {
        try? Data(yaml).write(to: URL(fileURLWithPath: path))
    }

    Benchmark("JSON parse \(json.count) bytes, Slipway") { benchmark in
        try benchmark.measureThreadTime { blackHole(try JSON.parse(json)) }
    }
    Benchmark("JSON parse \(json.count) bytes, Foundation") { benchmark in
        try benchmark.measureThreadTime { blackHole(try JSONSerialization.jsonObject(with: jsonData)) }
    }
    Benchmark("JSON write \(json.count) bytes, Slipway") { benchmark in
        benchmark.measureThreadTime { blackHole(JSON.write(list)) }
    }
    Benchmark("JSON write \(json.count) bytes, Foundation") { benchmark in
        let tree = try JSONSerialization.jsonObject(with: jsonData)
        try benchmark.measureThreadTime { blackHole(try JSONSerialization.data(withJSONObject: tree)) }
    }
    Benchmark("YAML parse \(yaml.count) bytes, Slipway") { benchmark in
        try benchmark.measureThreadTime { blackHole(try YAML.parse(yaml)) }
    }
    Benchmark("YAML parse \(yaml.count) bytes, Yams") { benchmark in
        try benchmark.measureThreadTime {
            for node in try Yams.compose_all(yaml: yamlText) { blackHole(node) }
        }
    }
    Benchmark("YAML parse losslessly \(yaml.count) bytes, Slipway") { benchmark in
        try benchmark.measureThreadTime { blackHole(try YAMLStream(yaml)) }
    }
    Benchmark("YAML write \(yaml.count) bytes, Slipway") { benchmark in
        benchmark.measureThreadTime { blackHole(YAML.write(documents: documents)) }
    }
    Benchmark("YAML write \(yaml.count) bytes, Yams") { benchmark in
        let nodes = Array(try Yams.compose_all(yaml: yamlText))
        try benchmark.measureThreadTime { blackHole(try Yams.serialize(nodes: nodes)) }
    }

    let objects = (0..<2000).map { JSON.write(SampleManifests.deployment($0)) }
    let size = objects.reduce(0) { $0 + $1.count } / objects.count
    let memory = Benchmark.Configuration(metrics: [.heapBytes], warmupIterations: 0, maxIterations: 3)
    Benchmark("Tree of an object of \(size) B, Slipway", configuration: memory) { benchmark in
        let before = ProcessMemory.heap
        let trees = try objects.map { try JSON.parse($0) }
        benchmark.measurement(.heapBytes, (ProcessMemory.heap - before) / trees.count)
        blackHole(trees)
    }
    Benchmark("Tree of an object of \(size) B, Foundation", configuration: memory) { benchmark in
        let before = ProcessMemory.heap
        let trees = try objects.map { try JSONSerialization.jsonObject(with: Data($0)) }
        benchmark.measurement(.heapBytes, (ProcessMemory.heap - before) / trees.count)
        blackHole(trees)
    }
}
