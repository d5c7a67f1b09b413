import Foundation
import KubeServer

/// A developer's clone of a repository.
struct DemoWorkTree: Sendable {
    let shell: DemoShell
    let git: String
    let path: String
    /// With the developer's token as password.
    let url: String
    let author: String

    private func run(_ arguments: [String]) async throws -> DemoShell.Outcome {
        let parts = author.split(separator: "<")
        let name = parts[0].trimmingCharacters(in: .whitespaces)
        let mail = parts.count > 1 ? String(parts[1].dropLast()) : "\(name)@example.com"
        return try await shell.run(
            git, ["-C", path] + arguments,
            [
                "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_COMMITTER_NAME": name,
                "GIT_COMMITTER_EMAIL": mail, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": "/dev/null",
                "GIT_CONFIG_NOSYSTEM": "1",
                // Not what this machine's user has told git, such as files to ignore.
                "HOME": path, "XDG_CONFIG_HOME": path,
                "LC_ALL": "C",
            ])
    }

    private func succeed(_ arguments: [String]) async throws -> String {
        let outcome = try await run(arguments)
        guard outcome.code == 0 else {
            throw DemoFailure("git \(arguments.first ?? "") failed: \(outcome.text)")
        }
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Makes an empty repository that knows where it is pushed to.
    func create() async throws {
        // Its configuration holds the token.
        try PrivateFile.makeDirectory(path)
        _ = try await succeed(["init", "--quiet", "--initial-branch=main"])
        _ = try await succeed(["remote", "add", "origin", url])
    }

    func commit(_ message: String) async throws {
        _ = try await succeed(["add", "--all"])
        _ = try await succeed(["commit", "--quiet", "--message", message])
    }

    /// Applies a patch.
    func apply(_ patch: String) async throws { _ = try await succeed(["apply", "--index", patch]) }

    /// Goes on from what main is.
    func update() async throws {
        _ = try await again(["fetch", "--quiet", "origin", "main"])
        _ = try await succeed(["reset", "--quiet", "--hard", "FETCH_HEAD"])
    }

    /// Pushes for main, which opens a pull request that merges itself once it may.
    ///
    /// - Returns: the commit.
    func push() async throws -> String {
        _ = try await again(["push", "--quiet", "origin", "HEAD:refs/for/main", "-o", "auto-merge"])
        return try await succeed(["rev-parse", "HEAD"])
    }

    /// Tries to push without a pull request.
    func pushDirectly() async throws -> DemoShell.Outcome {
        try await run(["push", "origin", "HEAD:refs/heads/main"])
    }

    /// Fetches main and answers its newest commit, with its message.
    func main() async throws -> (commit: String, message: String) {
        _ = try await again(["fetch", "--quiet", "origin", "main"])
        return (
            try await succeed(["rev-parse", "FETCH_HEAD"]),
            try await succeed(["log", "-1", "--format=%B", "FETCH_HEAD"])
        )
    }

    /// The trailers of a promotion's commit, which has to be on main, and about a digest and an environment.
    func trailers(
        of commit: String, digest: String, environment: String
    ) async throws -> [String: [String]] {
        _ = try await again(["fetch", "--quiet", "origin", "main"])
        guard try await run(["merge-base", "--is-ancestor", commit, "FETCH_HEAD"]).code == 0 else {
            throw DemoFailure("the commit \(commit) is not on main of \(path)")
        }
        let text = try await succeed(["log", "-1", "--format=%(trailers:only,unfold)", commit])
        var trailers: [String: [String]] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstRange(of: ": ") else { continue }
            trailers[String(line[..<colon.lowerBound]), default: []].append(String(line[colon.upperBound...]))
        }
        guard trailers["Digest"] == [digest], trailers["Environment"] == [environment] else {
            throw DemoFailure("the commit \(commit) does not bring \(digest) to \(environment): \(text)")
        }
        return trailers
    }

    /// The text of a file at a commit.
    func text(of file: String, at commit: String) async throws -> String {
        try await succeed(["show", "\(commit):\(file)"])
    }

    /// The text of a file on main, as it was fetched last.
    func fetched(_ file: String) async throws -> String { try await succeed(["show", "FETCH_HEAD:\(file)"]) }

    /// Does it once more where the server was away for a moment.
    private func again(_ arguments: [String]) async throws -> String {
        for attempt in 1...100 {
            let outcome = try await run(arguments)
            if outcome.code == 0 { return outcome.output }
            let isAway = [
                "Failed to connect", "Empty reply", "Connection re", "unexpected disconnect",
                "returned error: 5", "hung up", "slipway: the forge failed", "does not answer",
            ]
            .contains { outcome.text.contains($0) }
            guard isAway, attempt < 100 else {
                throw DemoFailure("git \(arguments.first ?? "") failed: \(outcome.text)")
            }
            try await Task.sleep(for: .milliseconds(300))
        }
        return ""
    }
}

extension DemoWorkTree {
    /// Applies a change of the examples and commits it with the first line of its text.
    ///
    /// - Returns: that line.
    func change(_ name: String, in directory: String) async throws -> String {
        let text = try String(contentsOfFile: "\(directory)/\(name).patch", encoding: .utf8)
        let title = String(text.prefix { !$0.isNewline })
        try await apply("\(directory)/\(name).patch")
        try await commit(title)
        return title
    }
}
