import Git
import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

extension QueueRunner {
    /// Moves the branch to a candidate, or finds out that it is there already, or cannot be.
    ///
    /// The record is in the repository before the branch moves. The move is one step of git's, which happens where
    /// the branch is still at the candidate's base and the hook finds the record good, or not at all.
    func land(_ candidate: QueueState.Candidate) async throws -> QueueEvent {
        let git = repository.git
        guard let commit = candidate.commit.flatMap({ ObjectID($0) }), let base = ObjectID(candidate.base)
        else {
            return .outdated(candidate.number)
        }
        let present = try await git.reference(repository.branch)
        if let present, try await git.isAncestor(commit, of: present) { return .landed(candidate.number) }
        guard present ?? .zero == base else {
            return .overtaken(candidate.number, head: (present ?? .zero).hex)
        }
        guard let record = try await makeRecord(candidate, commit: commit) else {
            return .outdated(candidate.number)
        }
        let blob = try await git.writeBlob(try forge.attestor.sign(record))
        try await git.update([.set(MergeRecord.reference(commit.hex), blob)], reason: "record")
        do {
            try await forge.attestor.checkLanding(
                from: present, to: commit, of: repository.recordedBranch, in: git,
                repository: repository.name, gates: repository.gates)
        } catch let error as ForgeError where error.code == .unattested {
            return .unbuildable(candidate.number, reason: "Unattested", message: "\(error)")
        }
        do {
            let move: ReferenceUpdate =
                present.map { .move(repository.branch, from: $0, to: commit) }
                ?? .create(repository.branch, commit)
            try await git.update(
                [move], reason: "merge \(candidate.change.name)", hooks: forge.configuration.hooks)
        } catch let error as GitError where error.code == .refMoved {
            let now = try await head()
            // Where it has not moved, somebody holds git's lock on it for a moment: later, then.
            if now == candidate.base { throw error }
            return .head(now)
        }
        forge.logger.info(
            "merged",
            metadata: [
                "repository": "\(repository.key)", "pullRequest": "\(candidate.change.name)",
                "commit": "\(commit)",
            ])
        forge.audits.request(repository.key)
        forge.webhooks.note(
            .push, repository.key,
            ["ref": .string(repository.branch), "before": .string(base.hex), "after": .string(commit.hex)])
        return .landed(candidate.number)
    }

    /// Nil where a verdict is no longer there, so that it has to be won again.
    private func makeRecord(_ candidate: QueueState.Candidate, commit: ObjectID) async throws -> MergeRecord?
    {
        var verdicts: [String] = []
        for run in candidate.runs {
            do {
                let object = try await forge.client.get(
                    .pipelineRuns, run.name, namespace: repository.key.requestNamespace)
                verdicts.append(try verdict(of: object, run, candidate))
            } catch let error as APIError where error.isNotFound {
                return nil
            } catch is ForgeError {
                return nil
            }
        }
        let tested = candidate.testedCommit.map {
            MergeRecord.Tested(commit: $0, base: candidate.testedBase ?? ObjectID.zero.hex)
        }
        return MergeRecord(
            repository: repository.name, branch: repository.recordedBranch, commit: commit.hex,
            tree: try await repository.git.commit(commit).tree.hex,
            base: candidate.base, changes: [.init(name: candidate.change.name, head: candidate.change.head)],
            gates: repository.gates.rawValue, verdicts: verdicts, tested: tested, recordedAt: forge.now)
    }

    /// Notes on the pull request that it has landed. Done when the cache shows it, so that it is not queued again.
    func record(_ landing: QueueState.Landing) async throws -> [QueueEvent] {
        let key = ObjectKey(namespace: repository.key.namespace, name: landing.change.name)
        guard let seen = forge.pullRequests[key]?.value.flatMap({ try? HostedPullRequest($0) }) else {
            return [.recorded(landing.change)]
        }
        if seen.status.mergeCommit == landing.commit { return [.recorded(landing.change)] }
        let (now, branch) = (forge.now, repository.target)
        // The cache can be behind what is written already; then nothing is told again.
        let isNew = Mutex(false)
        do {
            let pull = try await forge.changeStatus(of: key) { pull, status in
                isNew.withLock { $0 = status.mergeCommit != landing.commit }
                guard status.mergeCommit != landing.commit else { return }
                status.mergeCommit = landing.commit
                status.mergedHead = landing.change.head
                status.mergedAt = now
                guard pull.spec.head == landing.change.head else {
                    // Pushed while it was landing: what is new still has to.
                    status.message =
                        "\(landing.change.head.prefix(10)) landed as \(landing.commit.prefix(10))"
                    return
                }
                status.phase = .merged
                status.reason = "Merged"
                status.message = "merged into \(branch) as \(landing.commit.prefix(10))"
            }
            guard isNew.withLock({ $0 }) else { return [] }
            forge.webhooks.note(.pullRequest, repository.key, EmbeddedForge.told(pull.spec, "merged"))
            forge.recorder.note(
                .normal, "Merged", "merged as \(landing.commit)", regarding: .init(pull.object))
        } catch let error as ForgeError where error.code == .notFound {
            return [.recorded(landing.change)]
        }
        return []
    }

    /// Notes on a pull request why it was turned away.
    func evict(_ eviction: QueueState.Eviction) async throws -> [QueueEvent] {
        let key = ObjectKey(namespace: repository.key.namespace, name: eviction.change.name)
        let seen = forge.pullRequests[key]?.value.flatMap { try? HostedPullRequest($0) }
        guard let seen, seen.spec.head == eviction.change.head, seen.isOpen else {
            return [.evicted(eviction.change)]
        }
        if seen.status.evictedHead == eviction.change.head { return [.evicted(eviction.change)] }
        let isNew = Mutex(false)
        do {
            let pull = try await forge.changeStatus(of: key) { _, status in
                isNew.withLock { $0 = status.evictedHead != eviction.change.head }
                guard status.evictedHead != eviction.change.head else { return }
                status.evictedHead = eviction.change.head
                status.mergeRequest = nil
                status.phase = .open
                status.reason = eviction.reason
                status.message = eviction.message
            }
            guard isNew.withLock({ $0 }) else { return [] }
            forge.recorder.note(.warning, eviction.reason, eviction.message, regarding: .init(pull.object))
        } catch let error as ForgeError where error.code == .notFound {
            return [.evicted(eviction.change)]
        }
        return []
    }

    func discard(_ number: Int) async throws -> QueueEvent {
        let name = reference(number)
        if let commit = try await repository.git.reference(name) {
            try await repository.git.update([.delete(name, commit)], reason: "candidate gone")
        }
        return .discarded(number)
    }
}
