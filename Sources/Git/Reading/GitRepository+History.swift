/// What happened to a path between two commits.
public struct PathChange: Sendable, Hashable {
    /// The kind of a change.
    public enum Status: String, Sendable, Hashable {
        case added = "A"
        case modified = "M"
        case deleted = "D"
        /// A file became a link, or a link a file.
        case typeChanged = "T"
    }

    /// Whether it came, went or changed.
    public var status: Status
    /// From the root of the tree, with slashes.
    public var path: String
    /// The object before; nil for what was added.
    public var old: ObjectID?
    /// The object after; nil for what was deleted.
    public var new: ObjectID?
    /// The mode after; nil for what was deleted.
    public var mode: FileMode?
}

extension GitRepository {
    /// The files that differ between two commits or trees, without looking for renames.
    ///
    /// - Parameter old: nil to compare with the empty tree.
    /// - Throws: ``GitError`` with code `notFound`, `tooLarge`.
    public func changes(from old: ObjectID?, to new: ObjectID, limit: Int = 1_000_000) async throws
        -> [PathChange]
    {
        var invocation = invocation([
            "diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", "--no-commit-id",
            "\((old ?? .emptyTree).hex)^{tree}", "\(new.hex)^{tree}",
        ])
        if old == nil { invocation.arguments[invocation.arguments.count - 2] = ObjectID.emptyTree.hex }
        let records = try await list(invocation, limit: limit, "differ").split(separator: 0)
        var changes: [PathChange] = []
        var place = 0
        while place + 1 < records.count {
            let words = String(decoding: records[place].dropFirst(), as: UTF8.self).split(separator: " ")
            let path = String(decoding: records[place + 1], as: UTF8.self)
            place += 2
            guard words.count == 5, let status = PathChange.Status(rawValue: String(words[4].prefix(1)))
            else {
                throw GitError(.malformed, "git diff-tree wrote a line that cannot be read")
            }
            guard changes.count < limit else { throw tooMany(limit, "differ") }
            let before = ObjectID(words[2]).flatMap { $0.isZero ? nil : $0 }
            let after = ObjectID(words[3]).flatMap { $0.isZero ? nil : $0 }
            changes.append(
                PathChange(
                    status: status, path: path, old: before, new: after,
                    mode: after == nil ? nil : FileMode(octal: words[1])))
        }
        return changes
    }

    /// The commits that are reachable from one and not from others, newest first.
    ///
    /// - Parameters:
    ///   - firstParent: whether only the first parent of a merge is followed.
    ///   - limit: the most commits that are told.
    /// - Throws: ``GitError`` with code `notFound`.
    public func commits(
        of tip: ObjectID, excluding: [ObjectID] = [], firstParent: Bool = false, limit: Int = 10_000
    ) async throws -> [ObjectID] {
        var arguments = ["rev-list", "--max-count=\(limit)"]
        if firstParent { arguments.append("--first-parent") }
        arguments += [tip.hex] + excluding.map { "^\($0)" } + ["--"]
        return try await run(arguments).text.split(separator: "\n").compactMap { ObjectID($0) }
    }

    /// The commits of a branch that changed a file, newest first, merges followed to where the change came from.
    ///
    /// - Throws: ``GitError`` with code `notFound`.
    public func commits(changing path: String, of tip: ObjectID, limit: Int = 100) async throws -> [ObjectID]
    {
        var invocation = invocation(["rev-list", "--max-count=\(limit)", tip.hex, "--", path])
        invocation.environment["GIT_LITERAL_PATHSPECS"] = "1"
        return try await program.run(invocation).text.split(separator: "\n").compactMap { ObjectID($0) }
    }

    /// Whether a commit is the other, or is reachable from it.
    ///
    /// - Throws: ``GitError`` with code `notFound`.
    public func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) async throws -> Bool {
        if ancestor == commit { return true }
        var invocation = invocation(["merge-base", "--is-ancestor", ancestor.hex, commit.hex])
        invocation.answers = [0, 1]
        return try await program.run(invocation).code == 0
    }

    /// The best common ancestor of two commits; nil where their histories are unrelated.
    ///
    /// - Throws: ``GitError`` with code `notFound`.
    public func mergeBase(_ one: ObjectID, _ other: ObjectID) async throws -> ObjectID? {
        var invocation = invocation(["merge-base", one.hex, other.hex])
        invocation.answers = [0, 1]
        return ObjectID(try await program.run(invocation).text.trimmed)
    }
}
