import Foundation
import Testing

/// Generated manifests in many layouts, read by us, by PyYAML on libyaml, and a sample of them by kubectl.
@Suite struct YAMLOracleTests {
    static let hasKubectl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/kubectl") }

    @Test(
        .enabled(if: PyYAML.isInstalled, "python3 with PyYAML on libyaml is not installed; run Scripts/setup")
    )
    func `ten thousand manifests mean the same to PyYAML and kubectl`() async throws {
        let seed = UInt32.random(in: 0...UInt32.max)
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let products = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        let reader = products.appending(path: "FuzzManifest").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", tests.appending(path: "Oracle/yaml_oracle.py").path, "--reader", "\(reader) --serve",
            "--documents", "10000", "--seed", "\(seed)", "--kubectl", Self.hasKubectl ? "50" : "0",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let ended = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in ended.continuation.finish() }
        try process.run()
        // The report is short; it fits a pipe, so it can be read after the end.
        for await _ in ended.stream {}
        let report = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(process.terminationStatus == 0, "seed \(seed): \(report)")
    }
}
