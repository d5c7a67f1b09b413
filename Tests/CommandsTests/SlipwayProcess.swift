import Foundation
import Testing

/// The real program, run in a directory of its own.
final class SlipwayProcess {
    struct Outcome {
        var code: Int32
        var output: String
        var error: String
    }

    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Writes a file into the directory.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: directory.appending(path: name))
    }

    /// Reads a file of the directory.
    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: directory.appending(path: name)), as: UTF8.self)
    }

    /// Runs the program built beside the tests to its end.
    func run(_ arguments: String..., input: String = "") throws -> Outcome {
        try run(arguments, input: input)
    }

    /// Runs the program built beside the tests to its end.
    func run(_ arguments: [String], input: String = "") throws -> Outcome {
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
