import Foundation
import TestSupport
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
        let outcome = try await Program.run(try #require(path), arguments, in: directory)
        return (outcome.code, outcome.output + outcome.error)
    }
}
