import Benchmark
import Foundation
import Glibc
import Manifest
import Yams

/// Names are `what, who`: `Benchmarks/run` pairs them into ratios.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.cpuUser, .throughput], timeUnits: .microseconds, warmupIterations: 1,
        maxDuration: .seconds(4), maxIterations: 200)

    let list = SampleManifests.list(1547)
    let json = JSON.write(list)
    let jsonData = Data(json)
    let documents = (0..<560).map(SampleManifests.deployment)
    let yamlText = documents.map { YAML.write($0) }.joined(separator: "---\n")
    let yaml = [UInt8](yamlText.utf8)
    // The same bytes for the peer that runs in Python.
    if let path = ProcessInfo.processInfo.environment["SLIPWAY_BENCHMARK_YAML"] {
        try? Data(yaml).write(to: URL(fileURLWithPath: path))
    }

    Benchmark("JSON parse \(json.count) bytes, Slipway") { benchmark in
        blackHole(try JSON.parse(json))
    }
    Benchmark("JSON parse \(json.count) bytes, Foundation") { benchmark in
        blackHole(try JSONSerialization.jsonObject(with: jsonData))
    }
    Benchmark("JSON write \(json.count) bytes, Slipway") { benchmark in
        blackHole(JSON.write(list))
    }
    Benchmark("JSON write \(json.count) bytes, Foundation") { benchmark in
        let tree = try JSONSerialization.jsonObject(with: jsonData)
        benchmark.startMeasurement()
        blackHole(try JSONSerialization.data(withJSONObject: tree))
        benchmark.stopMeasurement()
    }
    Benchmark("YAML parse \(yaml.count) bytes, Slipway") { benchmark in
        blackHole(try YAML.parse(yaml))
    }
    Benchmark("YAML parse \(yaml.count) bytes, Yams") { benchmark in
        for node in try Yams.compose_all(yaml: yamlText) { blackHole(node) }
    }
    Benchmark("YAML parse losslessly \(yaml.count) bytes, Slipway") { benchmark in
        blackHole(try YAMLStream(yaml))
    }
    Benchmark("YAML write \(yaml.count) bytes, Slipway") { benchmark in
        for document in documents { blackHole(YAML.write(document)) }
    }
    Benchmark("YAML write \(yaml.count) bytes, Yams") { benchmark in
        let nodes = Array(try Yams.compose_all(yaml: yamlText))
        benchmark.startMeasurement()
        blackHole(try Yams.serialize(nodes: nodes))
        benchmark.stopMeasurement()
    }

    let objects = (0..<2000).map { JSON.write(SampleManifests.deployment($0)) }
    let size = objects.reduce(0) { $0 + $1.count } / objects.count
    let memory = BenchmarkMetric.custom(
        "bytes per object", polarity: .prefersSmaller, useScalingFactor: false)
    Benchmark(
        "Memory of a \(size) byte object, Slipway",
        configuration: .init(metrics: [memory], maxIterations: 3)
    ) { benchmark in
        let before = heapInUse()
        let trees = try objects.map { try JSON.parse($0) }
        benchmark.measurement(memory, (heapInUse() - before) / trees.count)
        blackHole(trees)
    }
    Benchmark(
        "Memory of a \(size) byte object, Foundation",
        configuration: .init(metrics: [memory], maxIterations: 3)
    ) { benchmark in
        let before = heapInUse()
        let trees = try objects.map { try JSONSerialization.jsonObject(with: Data($0)) }
        benchmark.measurement(memory, (heapInUse() - before) / trees.count)
        blackHole(trees)
    }
}

/// Bytes the allocator has handed out.
private func heapInUse() -> Int {
    let information = mallinfo2()
    return Int(information.uordblks) + Int(information.hblkhd)
}
