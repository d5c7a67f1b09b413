import Foundation

/// A stock git client with a home of its own, as a developer would run it.
public struct ClientGit: Sendable {
    /// A run that failed.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        /// A failure in these words.
        public init(description: String) { self.description = description }
    }

    /// Where commands run.
    public let directory: String
    /// Variables besides the fixed ones.
    public var environment: [String: String]

    /// A client that works in a directory, which is made where it is missing.
    public init(_ directory: String, name: String = "Ada", environment: [String: String] = [:]) throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        self.environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory, "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": "\(name.lowercased())@example.org",
            "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": "\(name.lowercased())@example.org",
        ].merging(environment) { $1 }
    }

    /// Runs git and answers its standard output; a failure is thrown with its words.
    @discardableResult
    public func callAsFunction(_ arguments: String...) async throws -> String {
        let outcome = try await run(arguments)
        guard outcome.code == 0 else {
            throw Failure(
                description: "git \(arguments.joined(separator: " ")): \(outcome.error)\(outcome.output)")
        }
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    /// Runs git, whatever comes of it.
    public func attempt(_ arguments: String...) async throws -> Program.Outcome { try await run(arguments) }

    /// Runs git without holding a thread meanwhile.
    public func run(_ arguments: [String]) async throws -> Program.Outcome {
        guard let program = Program.path("git") else { throw Failure(description: "there is no git") }
        return try await Program.run(program, arguments, in: directory, environment: environment)
    }

    /// Writes a file below the directory.
    public func write(_ text: String, to path: String) throws {
        let file = URL(fileURLWithPath: directory).appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Writes a file and commits everything; answers the commit.
    @discardableResult
    public func commit(_ message: String, _ files: [String: String]) async throws -> String {
        for (path, text) in files { try write(text, to: path) }
        try await self("add", "--all")
        try await self("commit", "--quiet", "--allow-empty", "-m", message)
        return try await self("rev-parse", "HEAD")
    }
}
