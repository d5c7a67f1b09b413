public import Git

/// What lies between two releases in the source repository.
public struct SourceChange: Sendable, Hashable {
    /// By what names those who wrote it are known: names, mail addresses and what stands before their `@`, in lower case.
    public var authors: Set<String>
    /// The commits, 40 hexadecimal digits each.
    public var commits: Set<String>

    /// A change of known authors and commits.
    public init(authors: Set<String>, commits: Set<String>) {
        self.authors = authors
        self.commits = commits
    }
}

/// The history of the services' own repositories.
public protocol SourceHistory: Sendable {
    /// The commits that a release has and another has not, and who wrote them.
    ///
    /// - Parameters:
    ///   - repository: the name of the Repository object.
    ///   - from: the commit of the release that is there; nil for the whole history.
    /// - Throws: where that cannot be told; then nobody's approval counts.
    func change(in repository: String, from: String?, to: String) async throws -> SourceChange

    /// Whether a commit is the other or came before it; nil where that cannot be told.
    func isAncestor(_ commit: String, of other: String, in repository: String) async -> Bool?
}

/// Histories of bare repositories on this machine.
public struct GitSourceHistory: SourceHistory {
    private let limit: Int
    private let locate: @Sendable (String) -> GitRepository?

    /// - Parameters:
    ///   - limit: the most commits that a change may have.
    ///   - locate: finds the repository by the name of its object.
    public init(limit: Int = 100_000, _ locate: @escaping @Sendable (String) -> GitRepository?) {
        self.limit = limit
        self.locate = locate
    }

    /// As ``SourceHistory/change(in:from:to:)``; `Co-authored-by` trailers count as authors.
    ///
    /// - Throws: ``PromotionError`` with code `invalid` for a change that is too large: were a part of it left out, its
    ///   authors could approve what they wrote.
    public func change(in repository: String, from: String?, to: String) async throws -> SourceChange {
        guard let git = locate(repository) else {
            throw PromotionError(.notFound, "the repository \(repository) is not on this machine")
        }
        guard let tip = ObjectID(to) else {
            throw PromotionError(.invalid, "\"\(to)\" is no full name of a commit")
        }
        var excluded: [ObjectID] = []
        if let base = from.flatMap({ ObjectID($0) }), try await git.resolve("\(base)^{commit}") != nil {
            excluded.append(base)
        }
        var change = SourceChange(authors: [], commits: [])
        let commits = try await git.commits(of: tip, excluding: excluded, limit: limit + 1)
        guard commits.count <= limit else {
            let base = excluded.isEmpty ? "the beginning" : "\((from ?? "").prefix(10))"
            throw PromotionError(
                .invalid,
                "there are more than \(limit) commits from \(base) to \(to.prefix(10)) of \(repository), more than are "
                    + "looked through for their authors; set an earlier release by hand, in a pull request of the "
                    + "config repository, so that less is between")
        }
        for id in commits {
            let commit = try await git.commit(id)
            change.commits.insert(id.hex)
            change.authors.formUnion(Self.names(commit.author.name, commit.author.email))
            for trailer in commit.trailers where trailer.name.lowercased() == "co-authored-by" {
                let parts = trailer.value.split(separator: "<", maxSplits: 1)
                let mail = parts.count > 1 ? parts[1].prefix { $0 != ">" } : ""
                change.authors.formUnion(Self.names(String(parts.first ?? ""), String(mail)))
            }
        }
        return change
    }

    /// As ``SourceHistory/isAncestor(_:of:in:)``.
    public func isAncestor(_ commit: String, of other: String, in repository: String) async -> Bool? {
        guard let git = locate(repository), let first = ObjectID(commit), let second = ObjectID(other) else {
            return nil
        }
        return try? await git.isAncestor(first, of: second)
    }

    private static func names(_ name: String, _ mail: String) -> Set<String> {
        let name = name.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        let mail = mail.lowercased()
        let local = String(mail.prefix { $0 != "@" })
        return Set([name, mail, local].filter { !$0.isEmpty })
    }
}
