import Foundation
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

/// `slipway up` as a process, on free ports, without a network of its own for pods.
final class RunningInstallation {
    let process: SlipwayProcess
    private var running: Process?
    private var starts = 0

    /// - Parameter settings: further lines of the configuration.
    init(_ settings: String = "prometheus: false\n") throws {
        process = try SlipwayProcess()
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let ports = ["web", "api", "registry", "traffic", "metrics", "prometheus"].map {
            "  \($0): 127.0.0.1:0\n"
        }
        try process.write(
            "listen:\n\(ports.joined())cluster:\n  hostNetwork: true\n\(settings)", to: "data/config.yaml")
    }

    deinit {
        if let running, running.isRunning {
            Foundation.kill(running.processIdentifier, SIGKILL)
            running.waitUntilExit()
        }
    }

    var data: String { process.directory.appending(path: "data").standardizedFileURL.path }

    /// Starts it and waits until it says that it is ready.
    func start() async throws {
        starts += 1
        let log = process.directory.appending(path: "up-\(starts).log")
        try Data().write(to: log)
        let program = Process()
        program.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent().appending(
            path: "slipway")
        program.arguments = ["up", "--data", "data"]
        program.currentDirectoryURL = process.directory
        program.standardInput = FileHandle.nullDevice
        program.standardOutput = try FileHandle(forWritingTo: log)
        program.standardError = program.standardOutput
        try program.run()
        running = program
        let deadline = ContinuousClock.now + .seconds(180)
        while ContinuousClock.now < deadline {
            let text = try String(contentsOf: log, encoding: .utf8)
            if text.contains("Ready after") { return }
            try #require(program.isRunning, "it has ended: \(text)")
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it was not ready within 180 s: \(try String(contentsOf: log, encoding: .utf8))")
    }

    /// Kills it, as a crash would.
    func kill() throws {
        let running = try #require(running)
        Foundation.kill(running.processIdentifier, SIGKILL)
        running.waitUntilExit()
    }

    /// Sends it a signal.
    func signal(_ number: Int32) throws {
        Foundation.kill(try #require(running).processIdentifier, number)
    }

    /// Waits until it has said something.
    func said(_ text: String) async throws {
        let log = process.directory.appending(path: "up-\(starts).log")
        let deadline = ContinuousClock.now + .seconds(180)
        while ContinuousClock.now < deadline {
            if try String(contentsOf: log, encoding: .utf8).contains(text) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it did not say \(text) within 180 s: \(try String(contentsOf: log, encoding: .utf8))")
    }

    /// The exit code, once it has ended by itself.
    func ended() throws -> Int32 {
        let running = try #require(running)
        running.waitUntilExit()
        return running.terminationStatus
    }

    @discardableResult
    func withClient<Answer: Sendable>(_ body: (KubeClient) async throws -> Answer) async throws -> Answer {
        let configuration = try await ClientConfiguration.load(
            environment: ["KUBECONFIG": "\(data)/kubeconfig"])
        return try await HTTPTransport.withTransport(configuration) { try await body(KubeClient($0)) }
    }

    /// The administrator's token.
    var token: String {
        get throws {
            try String(contentsOfFile: "\(data)/keys/token", encoding: .utf8).filter { !$0.isWhitespace }
        }
    }

    /// The port that was chosen for a part.
    func port(_ name: String) throws -> Int {
        let ports = try JSON.parse(Array(Data(contentsOf: URL(filePath: "\(data)/ports.json"))))
        return Int(try #require(ports[name]?.integerValue))
    }

    /// Where the repository `shop` is cloned from, once that is known.
    func cloneURL(_ client: KubeClient) async throws -> String {
        while true {
            let object = try await client.get(.repositories, "shop", namespace: "slipway")
            if let url = object["status", "cloneURL"]?.stringValue { return url }
            try await client.timeline.sleep(for: .milliseconds(50))
        }
    }
}
