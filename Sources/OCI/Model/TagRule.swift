/// Which tags an image may have.
public struct TagRule: Sendable, Hashable {
    private enum Kind { case commit, any }
    private let kind: Kind

    /// The full SHA of a commit, 40 lower-case hexadecimal digits, and nothing else. Such a tag never moves.
    ///
    /// Beside it, the tags that clients keep signatures and lists of referrers under are allowed; those move.
    public static let commit = TagRule(kind: .commit)
    /// Any tag, which may move.
    public static let any = TagRule(kind: .any)

    /// Whether a tag, once it exists, must stay what it is.
    public func isImmutable(_ tag: String) -> Bool { kind == .commit && !Self.isReferrerTag(tag) }

    /// Whether a tag is a commit's full SHA.
    public static func isCommit(_ tag: String) -> Bool {
        tag.utf8.count == 40 && tag.utf8.allSatisfy(\.isLowerHexDigit)
    }

    /// Whether a tag is one that signatures, attestations, SBOMs or referrers of a manifest are kept under.
    public static func isReferrerTag(_ tag: String) -> Bool {
        guard tag.hasPrefix("sha256-") else { return false }
        let rest = tag.dropFirst(7)
        let hex = rest.prefix(64)
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(\.isLowerHexDigit) else { return false }
        return ["", ".sig", ".att", ".sbom"].contains(rest.dropFirst(64))
    }

    /// - Throws: ``OCIError`` with code `tagRefused`.
    public func check(_ tag: String) throws(OCIError) {
        guard kind == .commit, !Self.isCommit(tag), !Self.isReferrerTag(tag) else { return }
        let problem =
            switch tag.lowercased() {
            case "latest": "'latest' names whatever was pushed last"
            case "main", "master", "develop", "staging", "production", "stable", "edge":
                "'\(tag)' is a name that moves"
            case _ where tag.utf8.count < 40 && tag.utf8.allSatisfy(\.isLowerHexDigit):
                "'\(tag)' is an abbreviated SHA, which a later commit may share"
            default: "'\(tag)' is no full commit SHA"
            }
        throw OCIError(
            .tagRefused,
            "\(problem); an image is tagged with the full SHA of the commit it was built from, 40 hexadecimal digits "
                + "as `git rev-parse HEAD` prints them")
    }
}
