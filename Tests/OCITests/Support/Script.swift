import Foundation
import Testing

@testable import OCI

/// Runs a shell script that must succeed, away from the threads that the servers of the test run on.
func runScript(_ script: String) async throws {
    let (status, text) = try await BlockingQueue(label: "scripts").run { () throws -> (Int32, String) in
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["60", "/bin/bash", "-ec", script]
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
    #expect(status == 0, "\(text)")
}
