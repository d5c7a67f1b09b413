import Foundation
import Testing

/// sigstore-python, which shares no code with this program.
enum SigstorePython {
    /// Where `Scripts/setup` has put it, nil where it could not.
    static let path: String? = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
        let path = "\(cache)/slipway/sigstore-4.5.1/bin/sigstore"
        if FileManager.default.isExecutableFile(atPath: path) { return path }
        print(
            "skipped: sigstore-python is missing; Scripts/setup installs it where the package index answers")
        return nil
    }()

    /// Runs the program to its end.
    static func run(_ arguments: [String], in directory: String) async throws -> (code: Int32, output: String)
    {
        let executable = try #require(path)
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                let process = Process()
                let log = URL(filePath: "\(directory)/output-\(UUID().uuidString)")
                _ = FileManager.default.createFile(atPath: log.path, contents: nil)
                do {
                    process.executableURL = URL(filePath: executable)
                    process.arguments = arguments
                    process.currentDirectoryURL = URL(filePath: directory)
                    let handle = try FileHandle(forWritingTo: log)
                    process.standardOutput = handle
                    process.standardError = handle
                    try process.run()
                    process.waitUntilExit()
                    let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
                    continuation.resume(returning: (process.terminationStatus, text))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
