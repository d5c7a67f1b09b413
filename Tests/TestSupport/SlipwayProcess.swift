public import Foundation
import Testing

/// The real program, run in a directory of its own.
public final class SlipwayProcess {
    /// What a run has led to.
    public struct Outcome: Sendable {
        /// The exit code.
        public var code: Int32
        /// What it wrote to standard output.
        public var output: String
        /// What it wrote to standard error.
        public var error: String
    }

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
    public func run(_ arguments: String..., input: String = "") throws -> Outcome {
        try run(arguments, input: input)
    }

    /// Runs the program built beside the tests to its end.
    public func run(_ arguments: [String], input: String = "") throws -> Outcome {
        let streams = directory.appending(path: ".streams")
        try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
        func stream(_ name: String, _ text: String) throws -> URL {
            let file = streams.appending(path: name)
            try Data(text.utf8).write(to: file)
            return file
        }
        let (input, output, error) = try (stream("in", input), stream("out", ""), stream("err", ""))

        let process = Process()
        let products = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        process.executableURL = products.appending(path: "slipway")
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: try read(".streams/out"), error: try read(".streams/err")
        )
    }
}
