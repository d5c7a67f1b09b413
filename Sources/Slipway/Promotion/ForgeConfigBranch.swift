public import Forge
public import Git
public import KubeClient
public import Promotion

/// The protected branch of a config repository on the embedded forge: the lane's commits land with signed records.
public struct ForgeConfigBranch: ConfigBranch {
    private let forge: EmbeddedForge
    private let key: ObjectKey
    /// The bare repository of the forge.
    public let repository: GitRepository
    /// The full name of the protected branch.
    public let reference: String

    /// - Parameters:
    ///   - key: the Repository object.
    ///   - repositories: the folder of the forge's bare repositories, `<namespace>/<name>.git` each.
    public init(
        _ forge: EmbeddedForge, _ key: ObjectKey, repositories: String, program: GitProgram,
        branch: String = "main"
    ) throws(GitError) {
        self.forge = forge
        self.key = key
        repository = GitRepository(path: "\(repositories)/\(key.namespace)/\(key.name).git", program: program)
        reference = try ReferenceName.branch(branch)
    }

    /// `namespace/name` of the Repository object.
    public var name: String { key.description }

    /// The protected branch's newest commit.
    public func head() async throws -> ObjectID? {
        guard repository.exists else { return nil }
        return try await repository.reference(reference)
    }

    /// Has the forge move the branch, with a signed record for each commit.
    public func land(_ series: CommitSeries, promotions: [String]) async throws {
        do {
            try await forge.land(series, promotions: promotions, in: key)
        } catch let error as ForgeError where error.code == .conflict {
            throw PromotionError(.moved, error.message)
        }
    }
}
