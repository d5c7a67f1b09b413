import Foundation
import LocalCluster
import TestSupport
import Testing

/// The demonstration as a process that is told to end.
@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct DemoEndTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `a demonstration that is told to end ends all that it has started`(signal: Int32) async throws {
        let process = try SlipwayProcess()
        // Short, as there are sockets in it.
        var template = Array("/tmp/slip-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let examples = URL(filePath: #filePath).appending(path: "../../../Examples").standardizedFileURL.path
        let log = process.directory.appending(path: "demo.log")
        try Data().write(to: log)
        let demo = Process()
        demo.executableURL = URL(filePath: try #require(Program.built("slipway")))
        demo.arguments = ["demo", "--examples", examples, "--directory", directory]
        demo.currentDirectoryURL = process.directory
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
        #expect(text.contains("slipway up is ready"), "\(text)")
        let up = ClusterProcess.running(directory: "\(directory)/data")
        #expect(up != nil)
        kill(demo.processIdentifier, signal)
        for await _ in ends {}
        text = try String(contentsOf: log, encoding: .utf8)
        #expect(
            demo.terminationReason == .exit && demo.terminationStatus == 2,
            "\(demo.terminationStatus): \(text)")
        #expect(text.contains("the demonstration was ended before its last step"), "\(text)")
        #expect(ClusterProcess.running(directory: "\(directory)/data") == nil)
        if let up { #expect(kill(up.processID, 0) != 0 && errno == ESRCH) }
    }
}
