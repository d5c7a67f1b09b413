import FoundationEssentials
import Git
import KubeClient
import KubeModel
import Manifest
import Synchronization

/// Keeps a repository on disk for each Repository object, and its merge queue going.
struct RepositoryReconciler: Reconciler {
    let forge: EmbeddedForge

    /// How often a queue that waits is looked at without anything having happened.
    private static let interval = Duration.seconds(30)

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let object = forge.repositories[key]?.value else {
            forge.queues.withLock { queues in queues = queues.filter { $0.key.repository != key } }
            return .done
        }
        let repository: HostedRepository
        do {
            repository = try forge.hosted(key, object)
        } catch {
            throw TerminalError("repository \(key) cannot be served", cause: error)
        }
        try await prepare(repository)
        try await announce(repository)
        for branch in try await repository.queuedBranches(forge.hostedPullRequests(of: key)) {
            try await QueueRunner(forge: forge, repository: repository.on(branch)).run()
        }
        return forge.hasIdleQueues(key) ? .done : .requeue(after: Self.interval)
    }

    /// Makes the repository, with settings that also count for whoever uses git on this machine directly.
    private func prepare(_ repository: HostedRepository) async throws {
        let git = repository.git
        let key = "\(repository.key) \(repository.object.metadata.uid) \(repository.spec.branch)"
        if forge.prepared.withLock({ $0.contains(key) }), git.exists { return }
        let folder = "\(forge.configuration.repositories)/\(repository.key.namespace)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try await GitRepository.create(
            at: git.path, defaultBranch: repository.spec.branch, program: forge.program)
        for (name, value) in [
            ("core.hooksPath", forge.configuration.hooks), ("receive.denyNonFastForwards", "false"),
            ("receive.denyDeletes", "false"), ("receive.advertisePushOptions", "true"),
            ("receive.fsckObjects", "true"), ("transfer.hideRefs", "refs/slipway"), ("gc.auto", "0"),
            ("core.logAllRefUpdates", "true"),
        ] {
            try await git.configure(name, value)
        }
        forge.prepared.withLock { _ = $0.insert(key) }
    }

    /// Tells where the repository is reached.
    private func announce(_ repository: HostedRepository) async throws {
        let base = forge.baseURL
        let clone = "\(base)/\(repository.key).git"
        guard !base.isEmpty,
            repository.object["status", "cloneURL"]?.stringValue != clone
                || !repository.object.conditions.isTrue("Ready")
        else { return }
        try await forge.changeRepository(repository.key) { object, now in
            object["status", "cloneURL"] = .string(clone)
            object["status", "apiURL"] = .string(base)
            var conditions = object.conditions
            conditions.set(
                Condition(type: "Ready", status: .isTrue, reason: "Serving", message: "served at \(clone)"),
                generation: object.metadata.generation, now: now)
            object.conditions = conditions
        }
    }
}

extension EmbeddedForge {
    /// Whether no queue of a repository has anything to do or to wait for.
    func hasIdleQueues(_ key: ObjectKey) -> Bool {
        queues.withLock { queues in
            queues.allSatisfy { name, queue in
                name.repository != key || queue.state.entries.isEmpty && queue.state.actions.isEmpty
            }
        }
    }

    /// Changes the status of a repository on its present state.
    func changeRepository(_ key: ObjectKey, _ body: @Sendable (inout Value, Timestamp) -> Void) async throws {
        for attempt in 1...12 {
            var object = try await client.get(.repositories, key.name, namespace: key.requestNamespace)
            let before = object
            body(&object, timeline.date)
            guard object != before else { return }
            do {
                try await client.update(
                    .repositories, object, namespace: key.requestNamespace, subresource: "status")
                return
            } catch let error as APIError where error.isConflict && attempt < 12 {
                continue
            }
        }
    }
}
