import Git
import KubeClient
import KubeModel

/// One repository, however many applications read from it: what its references point at, and its objects.
///
/// The references are asked for once an interval, or when somebody says they have moved; what they point at is fetched
/// once.
actor SourceRepository {
    /// What the references of a repository pointed at when they were last asked for.
    struct References: Sendable, Hashable {
        var names: [String: ObjectID] = [:]
        /// The reference that `HEAD` stands for.
        var head: String?
    }

    /// That a repository does not answer any more, whose references are known from before.
    struct Silence: Sendable {
        /// When it last told its references.
        let since: Timestamp
        /// Why it cannot be asked.
        let reason: any Error
    }

    nonisolated let url: String
    nonisolated let repository: GitRepository
    private let location: RepositoryLocation
    private let timeline: Timeline
    private var references: References?
    /// What a query found that nobody may see yet.
    private var candidate: References?
    private var isMirrored = false
    private var isRefreshing = false
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var failure: (any Error)?
    private var answeredAt: Timestamp?
    /// How often the references were asked for.
    private(set) var queryCount = 0

    init(url: String, location: RepositoryLocation, timeline: Timeline) {
        self.url = url
        self.location = location
        self.timeline = timeline
        switch location {
        case .local(let repository): self.repository = repository
        case .remote(_, let mirror, let program): repository = GitRepository(path: mirror, program: program)
        }
    }

    /// The commit that a revision stands for: a branch, a tag, a commit's id or the beginning of one, or `HEAD`.
    ///
    /// - Parameter previews: whether references count that were found and are not installed yet.
    /// - Throws: ``GitOpsError`` with code `unknownRepository` or `unknownRevision`.
    func resolve(_ revision: String, previews: Bool = false) async throws -> ObjectID {
        if references == nil {
            try await find()
            install()
        }
        guard let references = previews ? candidate ?? references : references else {
            throw GitOpsError(.unknownRepository, "\(url) cannot be read", cause: failure)
        }
        // A whole id is that commit, whatever branches are called.
        let isWhole = ObjectID(revision) != nil
        if !isWhole, let name = Self.referenceName(revision, in: references),
            let target = references.names[name]
        {
            if let commit = try await repository.resolve("\(target)^{commit}") { return commit.id }
        }
        let isHex = revision.count >= 7 && revision.allSatisfy(\.isHexDigit)
        if isHex, let commit = try? await repository.resolve("\(revision.lowercased())^{commit}") {
            return commit.id
        }
        if revision.contains(where: { "*^~<>=, ".contains($0) }) {
            throw GitOpsError(
                .unsupported, "\"\(revision)\" is a range of versions, which is not supported yet; name a tag"
            )
        }
        throw GitOpsError(
            .unknownRevision, "\(url) has no branch, tag or commit \"\(revision)\"; check targetRevision")
    }

    private static func referenceName(_ revision: String, in references: References) -> String? {
        if revision == "HEAD" { return references.head ?? "HEAD" }
        if revision.hasPrefix("refs/") { return references.names[revision] == nil ? nil : revision }
        let candidates = ["refs/heads/\(revision)", "refs/tags/\(revision)", revision]
        return candidates.first { references.names[$0] != nil }
    }

    /// Asks for the references, unless somebody is doing so already, whose answer then counts. What is found counts from
    /// ``install()`` on, so that whoever has to know of it beforehand can be told.
    ///
    /// - Returns: whether any has moved.
    /// - Throws: ``GitOpsError`` with code `unknownRepository`.
    @discardableResult
    func find() async throws -> Bool {
        if isRefreshing {
            await withCheckedContinuation { waiters.append($0) }
        } else {
            isRefreshing = true
            do {
                candidate = try await query()
                failure = nil
                answeredAt = timeline.date
            } catch {
                failure = error
            }
            isRefreshing = false
            for waiter in waiters { waiter.resume() }
            waiters = []
        }
        if let failure {
            try Task.checkCancellation()
            throw GitOpsError(
                .unknownRepository, "\(url) cannot be read; check repoURL and its credentials", cause: failure
            )
        }
        return candidate != nil && candidate != references
    }

    /// Since when and why the repository has not answered; nil where it did at the last asking, or never has.
    var silence: Silence? {
        guard let failure, let answeredAt else { return nil }
        return Silence(since: answeredAt, reason: failure)
    }

    /// Makes the references count that were found last.
    func install() {
        references = candidate ?? references
        candidate = nil
    }

    private func query() async throws -> References {
        queryCount += 1
        switch location {
        case .local:
            var references = References()
            for reference in try await repository.references() {
                references.names[reference.name] = reference.target
            }
            references.head = try await repository.symbolicReference()
            return references
        case .remote(let remote, let mirror, let program):
            var references = References()
            for reference in try await program.references(of: remote) where !reference.name.hasSuffix("^{}") {
                references.names[reference.name] = reference.target
            }
            if let head = references.names["HEAD"] {
                references.head =
                    references.names.first { $0.value == head && $0.key == "refs/heads/main" }?.key
                    ?? references.names.filter { $0.value == head && $0.key.hasPrefix("refs/heads/") }
                    .map(\.key).min()
            }
            try await fetch(references, remote, mirror: mirror, program)
            return references
        }
    }

    private func fetch(
        _ new: References, _ remote: Remote, mirror: String, _ program: GitProgram
    ) async throws {
        if isMirrored, new == candidate ?? references { return }
        if !isMirrored, !repository.exists {
            _ = try await GitRepository.create(at: mirror, program: program)
        }
        isMirrored = true
        var options = FetchOptions()
        options.prunes = true
        try await repository.fetch(
            ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"], from: remote, options: options)
    }
}
