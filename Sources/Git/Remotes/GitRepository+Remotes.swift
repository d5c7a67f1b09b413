/// How much of a remote's history is fetched.
public struct FetchOptions: Sendable, Hashable {
    /// The commits of each history; nil for all.
    public var depth: Int?
    /// What is left out, as `blob:none`; nil for nothing.
    public var filter: String?
    /// Whether references here that the remote does not have are removed.
    public var prunes = false
    /// How long the transfer may take as a whole.
    public var timeout = Duration.seconds(600)

    /// Everything, within ten minutes.
    public init() {}
}

extension GitRepository {
    /// Fetches references of a remote, such as `+refs/heads/*:refs/heads/*` or `refs/heads/main:refs/up/main`.
    ///
    /// - Throws: ``GitError`` with code `notFound`, `authentication`, `unreachable`, `refused` or `timeout`.
    public func fetch(
        _ refspecs: [String], from remote: Remote, options: FetchOptions = FetchOptions()
    ) async throws {
        var arguments = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"]
        arguments.append("--no-recurse-submodules")
        if let depth = options.depth { arguments.append("--depth=\(max(depth, 1))") }
        if let filter = options.filter { arguments.append("--filter=\(filter)") }
        if options.prunes { arguments.append("--prune") }
        var invocation = invocation(arguments + ["--end-of-options", remote.url] + (try checked(refspecs)))
        invocation.timeout = options.timeout
        try remote.prepare(&invocation)
        try await program.run(invocation)
    }

    /// Pushes references to a remote, such as `refs/heads/main:refs/heads/main`; `:refs/heads/old` deletes.
    ///
    /// - Parameter expected: for each reference of the remote the value that it must have; a moved one is refused.
    /// - Throws: ``GitError`` with code `refused` where the remote, or one of its references, did not accept it.
    public func push(
        _ refspecs: [String], to remote: Remote, expecting expected: [String: ObjectID] = [:],
        options: [String] = [], timeout: Duration = .seconds(600)
    ) async throws {
        var arguments = ["push", "--quiet", "--porcelain", "--no-verify", "--atomic"]
        for (name, id) in expected.sorted(by: { $0.key < $1.key }) {
            arguments.append("--force-with-lease=\(name):\(id.isZero ? "" : id.hex)")
        }
        for option in options { arguments.append("--push-option=\(option)") }
        // With an expected value git forces on its own; a plus would force past the expectation.
        let refspecs = try checked(refspecs).map { refspec in
            let target = refspec.split(separator: ":", omittingEmptySubsequences: false).last.map {
                String($0)
            }
            let isGuarded = refspec.hasPrefix("+") && target.map { expected[$0] != nil } == true
            return isGuarded ? String(refspec.dropFirst()) : refspec
        }
        var invocation = invocation(arguments + ["--end-of-options", remote.url] + refspecs)
        invocation.timeout = timeout
        invocation.answers = [0, 1]
        try remote.prepare(&invocation)
        let output = try await program.run(invocation)
        guard output.code == 0 else { throw Self.refusal(output, by: remote) }
    }

    /// Why a push was refused: `!<tab><from>:<to><tab><reason>` for each reference (git-push, --porcelain).
    private static func refusal(_ output: GitOutput, by remote: Remote) -> GitError {
        let reasons = output.text.split(separator: "\n").filter { $0.hasPrefix("!") }
            .map { $0.dropFirst().trimmed.replacing("\t", with: " ") }
        let words =
            reasons.isEmpty ? GitError.withoutCredentials(output.messages) : reasons.joined(separator: ", ")
        return GitError(
            .refused,
            "\(GitError.withoutCredentials(remote.url)) did not take the push: \(words); "
                + "fetch, and push again")
    }

    private func checked(_ refspecs: [String]) throws(GitError) -> [String] {
        for refspec in refspecs {
            guard !refspec.isEmpty, !refspec.hasPrefix("-"), !refspec.contains(where: { $0.isWhitespace })
            else {
                throw GitError(.invalidName, "\"\(refspec)\" is no refspec; write it as source:destination")
            }
        }
        return refspecs
    }
}

extension GitProgram {
    /// The references that a remote offers, in its order; `HEAD` among them where it has one.
    ///
    /// - Parameter patterns: only references that end in one of these, such as `refs/heads/main`; none for all.
    /// - Throws: ``GitError`` with code `notFound`, `authentication`, `unreachable`, `refused` or `timeout`.
    public func references(of remote: Remote, matching patterns: [String] = []) async throws -> [Reference] {
        var invocation = GitInvocation(["ls-remote", "--quiet", "--end-of-options", remote.url] + patterns)
        try remote.prepare(&invocation)
        let lines = try await run(invocation).text.split(separator: "\n")
        return lines.compactMap { line in
            guard let tab = line.firstIndex(of: "\t"), let id = ObjectID(line[..<tab]) else { return nil }
            return Reference(name: String(line[line.index(after: tab)...]), target: id)
        }
    }
}
