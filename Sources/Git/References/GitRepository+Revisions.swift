extension GitRepository {
    /// The commit that people mean by a revision: an id, a branch, a tag, or what git takes besides, as `main~2`.
    ///
    /// git looks for a tag of the name first, so that whoever may push tags decides what `main` is compared with. Here a
    /// branch comes first, then one of a remote. Full references, ids and git's own names, as `HEAD`, stand for themselves,
    /// whatever branches are called.
    ///
    /// - Throws: ``GitError`` with code `notFound` or `malformed`.
    public func commit(revision: String) async throws -> Commit {
        guard Self.mayBeShort(revision) else { return try await commit(revision) }
        for folder in ["refs/heads", "refs/remotes"] {
            let name = "\(folder)/\(revision)^{commit}"
            if let object = try await object(name, limit: 16 << 20) { return try Commit(object) }
        }
        return try await commit(revision)
    }

    /// Whether a revision begins with something that could be the short name of a branch.
    private static func mayBeShort(_ revision: String) -> Bool {
        let name = revision.prefix { !"~^@:{".contains($0) }
        let isOfGit = name.allSatisfy { $0 == "_" || ("A"..."Z").contains($0) } && name.hasSuffix("HEAD")
        return !name.isEmpty && !name.hasPrefix("refs/") && ObjectID(name) == nil && !isOfGit
    }
}
