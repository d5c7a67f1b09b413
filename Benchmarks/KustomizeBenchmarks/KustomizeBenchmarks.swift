import Benchmark
import BenchmarkSupport
import Foundation
import Kustomize
import Manifest

/// Renders one overlay in this process, and beside it with kubectl and with the slipway command where
/// `SLIPWAY_BINARY` names it.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.operationTime], units: BenchmarkMetric.plainUnits, warmupIterations: 1,
        maxDuration: .seconds(8), maxIterations: 30)

    for count in [1, 50, 1000] {
        let files = SampleOverlay.files(resources: count)
        let tree = MemoryFileTree(files)
        Benchmark("Render \(count) resources in process, Slipway") { benchmark in
            try benchmark.measureWallTime {
                blackHole(try Kustomization.run(tree: tree, path: "overlay").yaml)
            }
        }
        guard let directory = try? SampleOverlay.write(files) else { continue }
        if let kubectl = Command.path("kubectl") {
            Benchmark("Render \(count) resources in process, kubectl") { benchmark in
                try benchmark.measureWallTime {
                    try Command.run(kubectl, ["kustomize", "\(directory)/overlay"])
                }
            }
            Benchmark("Render \(count) resources as a command, kubectl") { benchmark in
                try benchmark.measureWallTime {
                    try Command.run(kubectl, ["kustomize", "\(directory)/overlay"])
                }
            }
        }
        if let slipway = ProcessInfo.processInfo.environment["SLIPWAY_BINARY"] {
            Benchmark("Render \(count) resources as a command, Slipway") { benchmark in
                try benchmark.measureWallTime {
                    try Command.run(slipway, ["kustomize", "build", "\(directory)/overlay"])
                }
            }
        }
    }
}

/// An overlay over a base of Deployments, with what overlays usually do to them.
enum SampleOverlay {
    static func files(resources count: Int) -> [String: String] {
        var files: [String: String] = [:]
        for number in 0..<count {
            files["base/d\(number).yaml"] = deployment(number)
        }
        let names = (0..<count).map { "- d\($0).yaml\n" }.joined()
        files["base/kustomization.yaml"] = "resources:\n\(names)"
        files["overlay/kustomization.yaml"] = """
            namespace: prod
            namePrefix: p-
            resources: [../base]
            labels: [{pairs: {team: a}, includeSelectors: true}]
            configMapGenerator: [{name: settings, literals: [a=1, b=2]}]
            images: [{name: example.com/app, newTag: v2}]
            patches:
            - target: {kind: Deployment}
              patch: '[{"op": "add", "path": "/spec/template/spec/priorityClassName", "value": "high"}]'
            - target: {labelSelector: tier=front}
              patch: |
                kind: Deployment
                metadata: {name: any}
                spec: {template: {spec: {containers: [{name: app, resources: {limits: {cpu: "1"}}}]}}}
            """
        return files
    }

    private static func deployment(_ number: Int) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: app-\(number)
          labels: {app: app-\(number), tier: \(number % 2 == 0 ? "front" : "back")}
        spec:
          replicas: 2
          selector: {matchLabels: {app: app-\(number)}}
          template:
            metadata: {labels: {app: app-\(number)}}
            spec:
              containers:
              - name: app
                image: example.com/app:v1
                envFrom: [{configMapRef: {name: settings}}]
                ports: [{containerPort: 8080}]
        """
    }

    /// Writes the files into a directory that lives as long as this process.
    static func write(_ files: [String: String]) throws -> String {
        let root = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString)")
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return root.path
    }
}

/// Programs that run to their end, their output read.
enum Command {
    static func path(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        blackHole(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
    }
}
