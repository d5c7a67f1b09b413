public import Forge
public import Git
public import KubeClient
public import Promotion

/// The protected branch of a config repository on the embedded forge: the lane's commits land with signed records.
public struct ForgeConfigBranch: ConfigBranch {
    private let forge: EmbeddedForge
    private let key: ObjectKey
    public let repository: GitRepository
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

    public var name: String { key.description }

    public func head() async throws -> ObjectID? {
        guard repository.exists else { return nil }
        return try await repository.reference(reference)
    }

    public func land(_ series: CommitSeries, promotions: [String]) async throws {
        do {
            try await forge.land(series, promotions: promotions, in: key)
        } catch let error as ForgeError where error.code == .conflict {
            throw PromotionError(.moved, error.message)
        }
    }
}
