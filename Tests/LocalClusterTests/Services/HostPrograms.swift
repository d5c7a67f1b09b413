import Foundation
import TestSupport
import Testing

/// Programs of the machine that tests look at it with.
enum HostPrograms {
    /// What a program prints.
    static func output(_ name: String, _ arguments: [String], environment: [String: String]? = nil)
        async throws -> String
    {
        let process = Process()
        process.executableURL = URL(
            filePath: try #require(Program.path(name), "there is no \(name) on the path"))
        process.arguments = arguments
        if let environment { process.environment = environment }
        let file = FileManager.default.temporaryDirectory.appending(
            path: "slipway-output-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        guard status == 0 else {
            throw TestFailure("\(name) \(arguments.joined(separator: " ")) ended with \(status): \(text)")
        }
        return text
    }
}
