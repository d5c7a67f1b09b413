import Git

/// Which references a push may touch, as far as names and kinds of changes decide it.
enum PushRules {
    /// What a reference is, on the server.
    struct Present {
        var isProtected: Bool
        /// Whether it stands for another reference.
        var isSymbolic: Bool
        var exists: Bool
    }

    /// Why a push may not make a change; nil where it may.
    static func refusal(_ update: HookUpdate, _ present: Present, branch: String) -> String? {
        let name = update.reference
        let isDeletion = ObjectID(update.new)?.isZero ?? true
        if name.hasPrefix("refs/for/") {
            return isDeletion
                ? "\(name) cannot be deleted; close the pull request instead: slipway pr close" : nil
        }
        guard ReferenceName.isValid(name) else { return "\(name) is no name that can be pushed" }
        if !isDeletion, isMisleading(name) {
            return "\(name) is taken for another reference, or for a commit, by git; choose another name"
        }
        if present.isSymbolic { return "\(name) stands for another reference and cannot be pushed" }
        if present.isProtected {
            return isDeletion
                ? "\(name) is protected and cannot be deleted"
                : "\(name) is protected; open a pull request with: git push origin HEAD:refs/for/\(branch)"
        }
        if name.hasPrefix("refs/heads/") { return nil }
        if name.hasPrefix("refs/tags/") {
            return present.exists ? "\(name) exists, and tags do not change; choose another name" : nil
        }
        return "\(name) is reserved; push to refs/heads/…, refs/tags/… or refs/for/\(branch)"
    }

    /// Whether a branch or tag has a name that git gives another meaning.
    ///
    /// Where there is no `refs/slipway/x`, git reads `refs/tags/refs/slipway/x` in its place (gitrevisions), so that
    /// whoever may push a tag could speak for the forge.
    static func isMisleading(_ reference: String) -> Bool {
        let parts = reference.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == "heads" || parts[1] == "tags" || parts[1] == "remotes" else {
            // `refs/refs/heads/main`, and names below folders that nobody pushes to.
            return parts.count == 3 && parts[1] == "refs"
        }
        let name = parts[2]
        return name == "HEAD" || name.utf8.starts(with: "refs/".utf8) || ObjectID(name) != nil
    }
}
