public import Foundation
import Testing

/// The real program, run in a directory of its own.
public final class SlipwayProcess {
    /// Where the program runs.
    public let directory: URL

    /// Makes an empty directory for the program.
    public init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Writes a file into the directory.
    public func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: directory.appending(path: name))
    }

    /// Reads a file of the directory.
    public func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: directory.appending(path: name)), as: UTF8.self)
    }

    /// Runs the program built beside the tests to its end.
    public func run(_ arguments: String..., input: String = "") async throws -> Program.Outcome {
        try await run(arguments, input: input)
    }

    /// Runs the program built beside the tests to its end.
    public func run(_ arguments: [String], input: String = "") async throws -> Program.Outcome {
        let program = try #require(Program.built("slipway"))
        return try await Program.run(program, arguments, in: directory.path, input: input)
    }
}
