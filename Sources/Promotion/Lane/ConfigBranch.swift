public import Git

/// The branch of the config repository that a lane writes.
///
/// Everything is read and made in a bare repository of this machine; only the last step, the move of the branch, differs
/// from forge to forge.
public protocol ConfigBranch: Sendable {
    /// `namespace/name` of the repository, for messages.
    var name: String { get }
    /// The branch's full name, `refs/heads/main`.
    var reference: String { get }
    /// The repository that holds the branch's objects.
    var repository: GitRepository { get }

    /// The branch's newest commit; nil where there is no branch yet.
    func head() async throws -> ObjectID?

    /// Moves the branch to the end of a series whose objects are stored, if it still is at the series' base.
    ///
    /// - Parameter promotions: the names of the Promotion objects, one a commit.
    /// - Throws: ``PromotionError`` with code `moved` where the branch is somewhere else by now.
    func land(_ series: CommitSeries, promotions: [String]) async throws
}

/// The branch of a bare repository that nobody protects.
public struct GitConfigBranch: ConfigBranch {
    /// As ``ConfigBranch/name``.
    public let name: String
    /// As ``ConfigBranch/reference``.
    public let reference: String
    /// As ``ConfigBranch/repository``.
    public let repository: GitRepository

    /// The branch of a repository of this machine.
    public init(_ repository: GitRepository, name: String, branch: String = "main") throws(GitError) {
        self.repository = repository
        self.name = name
        reference = try ReferenceName.branch(branch)
    }

    /// As ``ConfigBranch/head()``.
    public func head() async throws -> ObjectID? {
        guard repository.exists else { return nil }
        return try await repository.reference(reference)
    }

    /// As ``ConfigBranch/land(_:promotions:)``.
    public func land(_ series: CommitSeries, promotions: [String]) async throws {
        do {
            try await repository.update(
                [.move(reference, from: series.base, to: series.tip)],
                reason: "promote \(promotions.count == 1 ? promotions[0] : "\(promotions.count) services")")
        } catch let error as GitError where error.code == .refMoved {
            throw PromotionError(.moved, "\(reference) of \(name) has moved")
        }
    }
}
