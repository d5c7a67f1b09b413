import Git
import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

/// Does what the merge queue of one repository asks for, until there is nothing left to do for now.
///
/// The state is written down before anything is done about it, so that whoever comes after a crash finds out what
/// was meant, looks whether it was done, and does it.
struct QueueRunner: Sendable {
    let forge: EmbeddedForge
    let repository: HostedRepository
    let previews: MergePreviews

    init(forge: EmbeddedForge, repository: HostedRepository) {
        self.forge = forge
        self.repository = repository
        previews = MergePreviews(repository.git)
    }

    /// More rounds than a queue can need at once; a guard against going in circles.
    private static let maximumRounds = 10_000

    func run() async throws {
        var state = try await load()
        var written = state
        state.reduce(.frozen(forge.alarms.withLock { $0[repository.key] } ?? repository.alarm))
        state.reduce(.head(try await head()))
        state.reduce(.wanted(try await wanted(state)))
        for _ in 0..<Self.maximumRounds {
            let events = try await round(state, isWritten: state == written)
            written = state
            if events.isEmpty { break }
            for event in events { state.reduce(event) }
        }
        try await tell(state)
    }

    /// Writes the state down and does what it asks for, up to the first thing that changes it.
    private func round(_ state: QueueState, isWritten: Bool) async throws -> [QueueEvent] {
        let actions = state.actions
        if !isWritten, case .build? = actions.first {
            // A candidate is made of objects and a reference that the next process would make anew; so making it need
            // not wait for the disk. Nobody hears of it before both are done.
            async let writing: Void = write(state)
            let events = try await perform(actions[0])
            try await writing
            return events
        }
        if !isWritten { try await write(state) }
        for action in actions {
            let events = try await perform(action)
            if !events.isEmpty { return events }
        }
        return []
    }

    /// Where the branch is; zeros where it does not exist.
    func head() async throws -> String {
        try await repository.git.reference(repository.branch)?.hex ?? ObjectID.zero.hex
    }

    private var queueKey: QueueKey { QueueKey(repository: repository.key, branch: repository.target) }

    private func load() async throws -> QueueState {
        if let known = forge.queues.withLock({ $0[queueKey] }),
            known.uid == repository.object.metadata.uid
        {
            return known.state
        }
        let object = try await forge.client.get(
            .repositories, repository.key.name, namespace: repository.key.requestNamespace)
        let status =
            repository.isDefaultBranch
            ? object["status"] : object["status", "branches"]?[repository.target]
        guard let text = status?["queue"]?.stringValue else {
            return QueueState(head: try await head())
        }
        return try ValueDecoder().decode(QueueState.self, from: try JSON.parse(text))
    }

    /// Writes the state into the object. Only this process does, so that nothing of others is lost.
    private func write(_ state: QueueState) async throws {
        let text = JSON.string(try ValueEncoder().encode(state))
        var status: Value = [
            "queue": .string(text), "head": .string(state.head),
            "lanes": try ValueEncoder().encode(state.lanes),
        ]
        if !repository.isDefaultBranch { status = ["branches": .object([repository.target: status])] }
        try await forge.client.patch(
            .repositories, repository.key.name, namespace: repository.key.requestNamespace,
            .merge(["status": status]), subresource: "status")
        let uid = repository.object.metadata.uid
        forge.queues.withLock { $0[queueKey] = (uid, state) }
    }

    /// The changes that may land, in the order in which they were asked for.
    private func wanted(_ state: QueueState) async throws -> [QueueState.Entry] {
        let pulls = forge.hostedPullRequests(of: repository.key)
            .filter {
                $0.isOpen
                    && MergeEligibility(
                        $0.spec, $0.status, repository: repository.spec, branch: repository.target)
                        == .eligible
            }
            .sorted { Self.order($0) < Self.order($1) }
        var lanes: [QueueState.Change: String] = [:]
        for entry in state.entries { lanes[entry.change] = entry.lane }
        for candidate in state.candidates { lanes[candidate.change] = candidate.lane }
        var entries: [QueueState.Entry] = []
        for pull in pulls {
            let change = QueueState.Change(name: pull.key.name, head: pull.spec.head)
            let lane: String
            if let known = lanes[change] { lane = known } else { lane = try await self.lane(of: pull) }
            entries.append(QueueState.Entry(change: change, lane: lane))
        }
        return entries
    }

    private static func order(_ pull: HostedPullRequest) -> (String, Int) {
        (
            pull.status.mergeRequest?.requestedAt ?? pull.object.metadata.creationTimestamp?.rfc3339 ?? "",
            pull.spec.number
        )
    }

    /// The lane of a change, told from the merge with the present branch.
    private func lane(of pull: HostedPullRequest) async throws -> String {
        guard let base = try await repository.git.reference(repository.branch),
            let head = ObjectID(pull.spec.head)
        else {
            return ""
        }
        // What cannot be merged is found out again when it is built, and then told to its author.
        let preview = try await previews.preview(of: head, into: base)
        guard case .clean = preview.outcome else { return "" }
        return preview.pipelines.scope(of: preview.paths).lane
    }

    private func perform(_ action: QueueAction) async throws -> [QueueEvent] {
        switch action {
        case .build(let candidate): return [try await build(candidate)]
        case .test(let candidate): return try await test(candidate)
        case .rebase(let candidate, let onto): return [try await rebase(candidate, onto: onto)]
        case .land(let candidate): return [try await land(candidate)]
        case .evict(let eviction): return try await evict(eviction)
        case .record(let landing): return try await record(landing)
        case .cancel(let run): return [try await cancel(run)]
        case .discard(let number): return [try await discard(number)]
        }
    }
}

/// Names a merge queue: each branch that pull requests land on has one of its own.
struct QueueKey: Hashable, Sendable {
    var repository: ObjectKey
    var branch: String
}

extension HostedRepository {
    /// The branches that have something to do for a queue: the default one, those that open pull requests are for, and
    /// those whose queue has begun something.
    func queuedBranches(_ pulls: [HostedPullRequest]) async throws -> [String] {
        var others = Set(object["status", "branches"]?.objectValue?.map(\.key) ?? [])
        for pull in pulls where pull.isOpen { others.insert(pull.spec.target) }
        others.remove(spec.branch)
        var branches = [spec.branch]
        for branch in others.sorted() where try await takesPullRequests(branch) { branches.append(branch) }
        return branches
    }
}
