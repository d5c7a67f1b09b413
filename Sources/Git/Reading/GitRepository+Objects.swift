import Subprocess

extension GitRepository {
    /// The largest object that is read where the caller names no limit.
    public static let defaultLimit = 64 << 20

    /// Reads any object.
    ///
    /// - Parameter name: whatever git takes for an object, such as an id, `refs/heads/main` or `main:README.md`.
    /// - Returns: nil where there is no such object.
    /// - Throws: ``GitError`` with code `tooLarge`, `invalidName`.
    public func object(_ name: String, limit: Int = defaultLimit) async throws -> GitObject? {
        guard case .object(let object) = try await answer("contents \(name)", limit: limit) else {
            return nil
        }
        return object
    }

    /// Which object a name stands for, and how large it is.
    ///
    /// - Returns: nil where there is none.
    public func resolve(_ name: String) async throws -> (id: ObjectID, kind: GitObject.Kind, size: Int)? {
        guard case .info(let id, let kind, let size) = try await answer("info \(name)", limit: 0) else {
            return nil
        }
        return (id, kind, size)
    }

    /// Reads a commit, following tags.
    ///
    /// - Parameter name: an id, or a full reference such as `refs/heads/main`.
    /// - Throws: ``GitError`` with code `notFound` or `malformed`.
    public func commit(_ name: String) async throws -> Commit {
        guard let object = try await object("\(name)^{commit}", limit: 16 << 20) else {
            throw GitError(.notFound, "\(path) has no commit \"\(name)\"; fetch it, or choose another")
        }
        return try Commit(object)
    }

    /// Reads a commit.
    ///
    /// - Throws: ``GitError`` with code `notFound` or `malformed`.
    public func commit(_ id: ObjectID) async throws -> Commit { try await commit(id.hex) }

    /// Asks a kept reader or, where none can answer, a process of its own.
    func answer(_ command: String, limit: Int) async throws -> ObjectAnswer {
        guard !command.utf8.contains(where: { $0 == 0x0a || $0 == 0 }) else {
            throw GitError(.invalidName, "a name of an object must be one line")
        }
        try Task.checkCancellation()
        // A kept process can have ended since its last answer; then a new one is started.
        for _ in 0..<2 {
            do {
                return try await program.readers.ask(command, limit: limit, path: path)
            } catch is ObjectReaders.Ended {
                try Task.checkCancellation()
            }
        }
        guard exists else { throw GitError(.notFound, "there is no git repository at \(path)") }
        let invocation = invocation(["cat-file", "--batch-command"])
        do {
            let result = try await Subprocess.run(
                try program.configuration(of: invocation), input: .inputWriter, output: .sequence,
                error: .discarded
            ) { execution in
                var conversation = ObjectConversation(
                    writer: execution.standardInputWriter,
                    output: execution.standardOutput.makeAsyncIterator())
                return try await conversation.ask(command, limit: limit)
            }
            return result.closureResult
        } catch is ObjectReaders.Ended {
            try Task.checkCancellation()
            throw GitError(.failed, "git cat-file on \(path) ended without an answer; run git fsck")
        }
    }
}
