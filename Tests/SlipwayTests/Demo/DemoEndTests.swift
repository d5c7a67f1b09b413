import Foundation
import LocalCluster
import TestSupport
import Testing

/// The demonstration as a process that is told to end.
@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct DemoEndTests {
    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a demonstration that is told to end ends all that it has started`(signal: Int32) async throws {
        try await withDemonstration { demo in
            kill(demo.process.processIdentifier, signal)
            try await demo.end()
            let text = try demo.text()
            #expect(
                demo.process.terminationReason == .exit && demo.process.terminationStatus == 2,
                "\(demo.process.terminationStatus): \(text)")
            #expect(text.contains("the demonstration was ended before its last step"), "\(text)")
            #expect(ClusterProcess.running(directory: demo.data) == nil)
            #expect(kill(demo.up.processID, 0) != 0 && errno == ESRCH)
        }
    }

    @Test func `a demonstration that is killed takes what it has started with it`() async throws {
        try await withDemonstration { demo in
            kill(demo.process.processIdentifier, SIGKILL)
            try await demo.end()
            let deadline = ContinuousClock.now + .seconds(180)
            var log = ""
            repeat {
                try await Task.sleep(for: .milliseconds(20))
                log = try String(contentsOfFile: "\(demo.directory)/up.log", encoding: .utf8)
            } while !(log.contains("has ended") && ClusterProcess.running(directory: demo.data) == nil)
                && ContinuousClock.now < deadline
            #expect(ClusterProcess.running(directory: demo.data) == nil)
            // It was told to end and was not cut off.
            #expect(log.contains("has ended"), "\(log)")
        }
    }

    @Test func `a directory that others may read keeps the tokens to itself`() async throws {
        try await withDemonstration { demo in
            let files = FileManager.default
            let deadline = ContinuousClock.now + .seconds(180)
            while !files.fileExists(atPath: "\(demo.directory)/orders/.git/config"),
                ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(20))
            }
            kill(demo.process.processIdentifier, SIGTERM)
            try await demo.end()
            for name in try files.contentsOfDirectory(atPath: demo.directory) where name != "up.log" {
                let attributes = try files.attributesOfItem(atPath: "\(demo.directory)/\(name)")
                let mode = try #require(attributes[.posixPermissions] as? Int)
                #expect(mode & 0o077 == 0, "\(name) has the mode \(String(mode, radix: 8))")
            }
        }
    }

    /// A demonstration whose `slipway up` runs.
    private struct Running {
        let process: Process
        let directory: String
        let log: URL
        let up: ClusterProcess
        let ends: AsyncStream<Never>

        var data: String { "\(directory)/data" }

        func text() throws -> String { try String(contentsOf: log, encoding: .utf8) }

        /// Waits for its end.
        func end() async throws { for await _ in ends {} }
    }

    private func withDemonstration(_ body: (Running) async throws -> Void) async throws {
        let place = try SlipwayProcess()
        // Short, as there are sockets in it.
        var template = Array("/tmp/slip-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory)
        let examples = URL(filePath: #filePath).appending(path: "../../../../Examples").standardizedFileURL
            .path
        let log = place.directory.appending(path: "demo.log")
        try Data().write(to: log)
        let demo = Process()
        demo.executableURL = URL(filePath: try #require(Program.built("slipway")))
        demo.arguments = ["demo", "--examples", examples, "--directory", directory]
        demo.currentDirectoryURL = place.directory
        demo.standardInput = FileHandle.nullDevice
        demo.standardOutput = try FileHandle(forWritingTo: log)
        demo.standardError = demo.standardOutput
        let (ends, end) = AsyncStream<Never>.makeStream()
        demo.terminationHandler = { _ in end.finish() }
        try demo.run()
        let deadline = ContinuousClock.now + .seconds(180)
        var text = ""
        while ContinuousClock.now < deadline, demo.isRunning, !text.contains("slipway up is ready") {
            try await Task.sleep(for: .milliseconds(20))
            text = try String(contentsOf: log, encoding: .utf8)
        }
        defer { if demo.isRunning { demo.terminate() } }
        try #require(text.contains("slipway up is ready"), "\(text)")
        let up = try #require(ClusterProcess.running(directory: "\(directory)/data"))
        try await body(Running(process: demo, directory: directory, log: log, up: up, ends: ends))
    }
}
