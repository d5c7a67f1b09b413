import Git
import KubeClient
public import KubeModel
import Logging
import Manifest

/// What a source renders to at a commit.
public struct Rendering: Sendable {
    /// The newest commit of the source's revision.
    public let commit: String
    /// The newest commit known to have changed something the render reads; what `status.sync.revision` shows.
    public let revision: String
    /// What the source renders to, in its order.
    public let objects: [RenderedObject]
    /// Grows with every render of the source, so that what is derived from one can be kept.
    public let generation: Int
}

/// Renders sources, each only when a commit touches what its last render read.
///
/// Applications that share repository, revision, path and overrides share the render. What a render reads is traced,
/// absent files and listed directories included, so nobody maintains lists of paths.
public actor RenderService {
    /// What a render depends on besides the files.
    struct SourceID: Sendable, Hashable {
        let repository: String
        let source: ApplicationSource

        init(_ source: ApplicationSource) {
            repository = RepositoryURL.normalized(source.repoURL)
            self.source = source
        }
    }

    private struct PinnedID: Hashable {
        let source: SourceID
        let commit: ObjectID
    }

    private struct Entry {
        var commit: ObjectID
        var revision: ObjectID
        var trace: FileTrace
        var objects: Result<[RenderedObject], GitOpsError>
        var generation: Int
    }

    /// How often, and why, sources were rendered.
    public struct Counters: Sendable, Hashable {
        /// How often a source was rendered.
        public var renders = 0
        /// Renders that were spared because a commit did not touch what they read.
        public var reuses = 0
    }

    /// Says where a repository is; nil for one that may not be read.
    typealias Locator = @Sendable (_ url: String) -> RepositoryLocation?

    private let locate: Locator
    private let renderer: SourceRenderer
    private let timeline: Timeline
    private let cache = GitObjectCache()
    /// Renders at revisions that are not their sources' newest.
    private var pinned: [PinnedID: Entry] = [:]
    private var repositories: [String: SourceRepository] = [:]
    private var entries: [SourceID: Entry] = [:]
    private var changes: [[ObjectID]: [PathChange]] = [:]
    /// What was done since the service began.
    public private(set) var counters = Counters()

    init(renderer: SourceRenderer, timeline: Timeline, locate: @escaping Locator) {
        self.renderer = renderer
        self.timeline = timeline
        self.locate = locate
    }

    /// The repositories that applications read from.
    var repositoryURLs: [String] { Array(repositories.keys) }

    /// The repository at an address.
    ///
    /// - Throws: ``GitOpsError`` with code `unknownRepository` where nothing says how to reach it.
    func repository(_ url: String) throws(GitOpsError) -> SourceRepository {
        let normalized = RepositoryURL.normalized(url)
        if let known = repositories[normalized] { return known }
        guard let location = locate(url) else {
            throw GitOpsError(
                .unknownRepository, "\(normalized) is no repository Slipway may read; check repoURL")
        }
        let repository = SourceRepository(url: normalized, location: location, timeline: timeline)
        repositories[normalized] = repository
        return repository
    }

    /// The objects of a source at its revision's newest known commit.
    ///
    /// - Parameter revision: a revision to render instead of the source's own, as for a rollback.
    /// - Throws: ``GitOpsError``.
    public func render(_ source: ApplicationSource, revision: String? = nil) async throws -> Rendering {
        let repository = try repository(source.repoURL)
        let commit = try await repository.resolve(revision ?? source.targetRevision)
        let id = SourceID(source)
        if revision == nil, let entry = entries[id] {
            if entry.commit == commit { return try rendering(entry) }
            if try await !isTouched(entry.trace, from: entry.commit, to: commit, in: repository.repository) {
                counters.reuses += 1
                entries[id]?.commit = commit
                return try rendering(entries[id] ?? entry)
            }
        }
        let pinnedID = PinnedID(source: id, commit: commit)
        if revision != nil, let entry = pinned[pinnedID] { return try rendering(entry) }
        let generation = (entries[id]?.generation ?? 0) + 1
        var entry = try await fresh(source, at: commit, in: repository.repository)
        if revision == nil {
            entry.generation = generation
            entries[id] = entry
        } else {
            // Not kept, and not to be taken for one that is.
            entry.generation = -1
            if pinned.count >= 64 { pinned = [:] }
            pinned[pinnedID] = entry
        }
        return try rendering(entry)
    }

    /// Takes a revision that was synced before for the source's, where no commit since has touched what is read.
    ///
    /// So a restart, after which nobody knows which commit was the last to matter, changes no application's status.
    func settle(_ source: ApplicationSource, on revision: String) async throws {
        let id = SourceID(source)
        guard let entry = entries[id], entry.revision == entry.commit, entry.revision.hex != revision,
            let known = ObjectID(revision)
        else { return }
        let repository = try repository(source.repoURL).repository
        guard (try? await repository.isAncestor(known, of: entry.commit)) == true else { return }
        if try await !isTouched(entry.trace, from: known, to: entry.commit, in: repository) {
            entries[id]?.revision = known
        }
    }

    /// Forgets what a source rendered to.
    func forget(_ source: ApplicationSource) { entries[SourceID(source)] = nil }

    /// Keeps only what the given sources render to.
    func retain(_ sources: [ApplicationSource]) {
        let ids = Set(sources.map(SourceID.init))
        entries = entries.filter { ids.contains($0.key) }
        let used = Set(ids.map(\.repository))
        repositories = repositories.filter { used.contains($0.key) }
    }

    /// Asks a repository where its references are.
    ///
    /// - Parameter announce: is told the sources whose render may now differ, with the commits they are to go to, before
    ///   anybody can see the new references.
    /// - Returns: what was announced.
    func refresh(
        _ url: String, sources: [ApplicationSource],
        announce: @Sendable ([ApplicationSource: String]) async -> Void
    ) async throws -> [ApplicationSource: String] {
        let repository = try repository(url)
        guard try await repository.find() else { return [:] }
        var commits: [String: ObjectID] = [:]
        for revision in Set(sources.map(\.targetRevision)) {
            commits[revision] = try? await repository.resolve(revision, previews: true)
        }
        var touched: [ApplicationSource: String] = [:]
        var untouched: [(SourceID, from: ObjectID, to: ObjectID)] = []
        for source in sources {
            let id = SourceID(source)
            let commit = commits[source.targetRevision]
            guard let entry = entries[id], case .success = entry.objects, let commit else {
                touched[source] = commit?.hex ?? ""
                continue
            }
            if entry.commit == commit { continue }
            if try await isTouched(entry.trace, from: entry.commit, to: commit, in: repository.repository) {
                touched[source] = commit.hex
            } else {
                untouched.append((id, entry.commit, commit))
            }
        }
        if !touched.isEmpty { await announce(touched) }
        await repository.install()
        for (id, old, new) in untouched where entries[id]?.commit == old {
            counters.reuses += 1
            entries[id]?.commit = new
        }
        return touched
    }

    /// Since when and why a repository has not answered; nil where it did at the last asking, or never has.
    func silence(of url: String) async -> SourceRepository.Silence? {
        await repositories[RepositoryURL.normalized(url)]?.silence
    }

    /// The files that a source's render reads and that differ between two commits.
    func changedInputs(of source: ApplicationSource, from old: String, to new: String) async throws
        -> [String]
    {
        let repository = try repository(source.repoURL).repository
        let left = try await repository.commit(old).id
        let right = try await repository.commit(new).id
        let trace = entries[SourceID(source)]?.trace ?? FileTrace()
        return try await repository.changes(from: left, to: right)
            .filter { trace.isTouched(by: $0.path, contentsOnly: $0.status == .modified) }.map(\.path)
    }

    private func rendering(_ entry: Entry) throws -> Rendering {
        Rendering(
            commit: entry.commit.hex, revision: entry.revision.hex, objects: try entry.objects.get(),
            generation: entry.generation)
    }

    /// Renders outside of the actor, so that several sources render at once.
    private func fresh(
        _ source: ApplicationSource, at commit: ObjectID, in repository: GitRepository
    ) async throws -> Entry {
        counters.renders += 1
        let outcome = try await Self.outcome(
            of: source, at: commit, CommitLoader(repository: repository, cache: cache), renderer)
        return Entry(
            commit: commit, revision: commit, trace: outcome.trace, objects: outcome.objects, generation: 1)
    }

    private struct Outcome: Sendable {
        let trace: FileTrace
        let objects: Result<[RenderedObject], GitOpsError>
    }

    @concurrent
    private static func outcome(
        of source: ApplicationSource, at commit: ObjectID, _ loader: CommitLoader, _ renderer: SourceRenderer
    ) async throws -> Outcome {
        do {
            return try await loader.render(commit, from: source.path) { tree in
                let recorder = RecordingFileTree(tree)
                let objects: Result<[RenderedObject], GitOpsError>
                do {
                    objects = .success(try renderer.render(source, from: recorder))
                } catch let error as GitOpsError {
                    objects = .failure(error)
                }
                return Outcome(trace: recorder.trace, objects: objects)
            }
        } catch let error as GitError {
            throw GitOpsError(.unreadableSource, "\(source.repoURL) cannot be read", cause: error)
        }
    }

    private func isTouched(
        _ trace: FileTrace, from old: ObjectID, to new: ObjectID, in repository: GitRepository
    ) async throws -> Bool {
        let pair = [old, new]
        let differences: [PathChange]
        if let known = changes[pair] {
            differences = known
        } else {
            // A commit that is gone, as after a rewritten history, says nothing about what changed.
            guard let found = try? await repository.changes(from: old, to: new) else { return true }
            differences = found
            if changes.count > 64 { changes = [:] }
            changes[pair] = found
        }
        return differences.contains { change in
            trace.isTouched(by: change.path, contentsOnly: change.status == .modified)
        }
    }
}
