public import Git

/// Writes the commit that takes a revision back, and hands it to a forge.
public struct GitRevertRequester: RevertRequester {
    /// Opens a pull request for a commit that stands in the repository, and answers how people find it.
    public typealias Submit = @Sendable (_ commit: ObjectID, RevertRequest) async throws -> String

    private let directory: any RepositoryDirectory
    private let author: @Sendable () -> Signature
    private let submit: Submit

    /// A requester.
    ///
    /// - Parameters:
    ///   - directory: where repositories are; only those of this machine can be written.
    ///   - author: who writes a commit, and when.
    ///   - submit: opens the pull request.
    public init(
        _ directory: any RepositoryDirectory, author: @escaping @Sendable () -> Signature,
        submit: @escaping Submit
    ) {
        self.directory = directory
        self.author = author
        self.submit = submit
    }

    /// Writes the commit on what the branch has become, and submits it.
    ///
    /// - Throws: ``GitOpsError`` with code `unsupported` for a mirror, `unknownRevision`, `refused` where nothing is left to
    ///   revert; `GitError`; what submitting throws.
    public func open(_ request: RevertRequest) async throws -> String {
        guard case .local(let repository)? = directory.location(of: request.repository) else {
            throw GitOpsError(
                .unsupported,
                "\(request.repository) is a mirror here; open the revert of \(request.bad) by hand")
        }
        // What follows `HEAD` follows the branch that it stands for.
        var request = request
        if request.branch == "HEAD", let name = try await repository.symbolicReference() {
            request.branch = String(name.trimmingPrefix("refs/heads/"))
        }
        guard let head = try await repository.reference("refs/heads/\(request.branch)"),
            let good = ObjectID(request.good)
        else {
            throw GitOpsError(
                .unknownRevision, "\(request.repository) has no branch \(request.branch) to revert on")
        }
        var edits: [TreeEdit] = []
        for path in request.paths {
            let wanted = try await repository.entry(path, at: good)
            let present = try await repository.entry(path, at: head)
            guard wanted != present else { continue }
            if let wanted {
                edits.append(.write(path, try await repository.blob(wanted.id), mode: wanted.mode))
            } else {
                edits.append(.remove(path))
            }
        }
        guard !edits.isEmpty else {
            throw GitOpsError(.refused, "nothing of \(request.bad) is left to revert on \(request.branch)")
        }
        let commit = try await repository.commit(
            edits, on: head, author: author(), message: "\(request.title)\n\n\(request.body)\n")
        return try await submit(commit, request)
    }
}
