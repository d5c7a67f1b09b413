import FoundationEssentials

/// A bare repository on this machine.
///
///     let repository = GitRepository(path: "/srv/git/shop.git", program: git)
///     let head = try await repository.commit("refs/heads/main")
///     let text = try await repository.blob("README.md", at: head.id)
///
/// Nothing here needs a work tree. Objects are written before the references that name them, and references
/// change only where they still have the value that the change counts on.
public struct GitRepository: Sendable {
    /// The absolute path of the repository's directory.
    public let path: String
    /// What the repository is read and written with.
    public let program: GitProgram

    /// A repository that is expected at a path.
    public init(path: String, program: GitProgram) {
        self.path = path
        self.program = program
    }

    /// Makes an empty bare repository, or leaves alone the one that is there.
    ///
    /// - Parameter defaultBranch: the branch that `HEAD` names.
    /// - Throws: ``GitError``.
    public static func create(
        at path: String, defaultBranch: String = "main", program: GitProgram
    ) async throws -> GitRepository {
        _ = try ReferenceName.branch(defaultBranch)
        let repository = GitRepository(path: path, program: program)
        if FileManager.default.fileExists(atPath: "\(path)/HEAD") { return repository }
        var invocation = GitInvocation([
            "init", "--quiet", "--bare", "--template=", "--object-format=sha1",
            "--initial-branch=\(defaultBranch)",
            "--", path,
        ])
        invocation.environment["GIT_DEFAULT_HASH"] = "sha1"
        try await program.run(invocation)
        return repository
    }

    /// Writes a setting into the repository's configuration, for whoever runs git on it directly.
    ///
    /// - Throws: ``GitError``.
    public func configure(_ name: String, _ value: String) async throws {
        try await run(["config", "--replace-all", name, value])
    }

    /// Whether a repository is there.
    public var exists: Bool {
        FileManager.default.fileExists(atPath: "\(path)/HEAD")
            && FileManager.default.fileExists(atPath: "\(path)/objects")
    }

    func invocation(_ arguments: [String]) -> GitInvocation { GitInvocation(arguments, on: path) }

    /// Runs a command on the repository.
    @discardableResult
    func run(_ arguments: [String], input: [UInt8] = []) async throws -> GitOutput {
        try await program.run(invocation(arguments), input: input)
    }
}
