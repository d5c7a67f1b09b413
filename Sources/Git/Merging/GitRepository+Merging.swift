/// What merging two commits would make.
public enum MergeOutcome: Sendable, Hashable {
    /// The tree of the merge, which is stored.
    case clean(ObjectID)
    /// The files that cannot be merged, in git's order, and git's words about them.
    case conflicts([String], messages: String)
}

extension GitRepository {
    /// Merges two commits without a work tree (`git merge-tree --write-tree`).
    ///
    /// The same two commits make the same tree each time.
    /// - Throws: ``GitError`` with code `notFound`; `conflict` where the histories are unrelated.
    public func merge(_ ours: ObjectID, _ theirs: ObjectID) async throws -> MergeOutcome {
        var invocation = invocation(["merge-tree", "--write-tree", "-z", "--name-only", ours.hex, theirs.hex])
        invocation.answers = [0, 1]
        let output: GitOutput
        do {
            output = try await program.run(invocation)
        } catch let error as GitError where error.message.contains("unrelated histories") {
            throw GitError(
                .conflict, "\(ours.short) and \(theirs.short) have no common history; rebase the branch",
                cause: error)
        }
        return try MergeOutcome(output)
    }
}

extension MergeOutcome {
    /// Reads `<tree>\0`, then after a conflict the names, an empty record, and messages in records of
    /// `<count>\0<paths…>\0<type>\0<text>\0`.
    init(_ output: GitOutput) throws(GitError) {
        let records = output.bytes.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let tree = records.first.flatMap({ ObjectID($0) }) else {
            throw GitError(.malformed, "git merge-tree wrote no tree")
        }
        if output.code == 0 {
            self = .clean(tree)
            return
        }
        let rest = records.dropFirst()
        let end = rest.firstIndex(of: "") ?? rest.endIndex
        var messages: [String] = []
        var place = end + 1
        while place < records.count, let count = Int(records[place]), place + count + 2 < records.count {
            let text = records[place + count + 2].trimmed
            if text.hasPrefix("CONFLICT") { messages.append(text) }
            place += count + 3
        }
        self = .conflicts(Array(rest[..<end]), messages: messages.joined(separator: "\n"))
    }
}
