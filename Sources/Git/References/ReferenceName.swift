/// The rules of reference names (git-check-ref-format).
public enum ReferenceName {
    /// Checks a full name, such as `refs/heads/main`.
    ///
    /// - Throws: ``GitError`` with code `invalidName`.
    @discardableResult
    public static func checked(_ name: String) throws(GitError) -> String {
        guard isValid(name) else {
            throw GitError(
                .invalidName, "\"\(name)\" is no name of a reference; it must look like refs/heads/main")
        }
        return name
    }

    /// The full name of a branch.
    ///
    /// - Throws: ``GitError`` with code `invalidName`.
    public static func branch(_ name: String) throws(GitError) -> String {
        guard !name.hasPrefix("-"), isValid("refs/heads/\(name)") else {
            throw GitError(.invalidName, "\"\(name)\" is no name of a branch")
        }
        return "refs/heads/\(name)"
    }

    /// Whether a full name below `refs/` keeps the rules.
    public static func isValid(_ name: String) -> Bool {
        guard name.hasPrefix("refs/"), name.utf8.count <= 512, !name.hasSuffix("."), !name.contains(".."),
            !name.contains("@{")
        else { return false }
        for byte in name.utf8 where byte <= 0x20 || byte == 0x7f || forbidden.contains(byte) { return false }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count >= 2
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
    }

    private static let forbidden = Set("~^:?*[\\".utf8)
}
