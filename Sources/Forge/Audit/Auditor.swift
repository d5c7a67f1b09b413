import Git
import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

/// Compares the history of every protected default branch with the signed records, whoever has written to the disk.
///
/// It looks at each repository when its branch has moved and at a fixed interval. What it finds stops the merge queue
/// and is told on the Repository object, as an event, and in the log.
struct Auditor: Sendable {
    let forge: EmbeddedForge

    /// The most commits that are looked at since the last time.
    private static let limit = 100_000

    func run() async throws {
        try await forge.repositories.waitUntilReady()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await key in forge.audits.requests { await audit(key) } }
            group.addTask {
                while !Task.isCancelled {
                    for object in forge.repositories.objects { await audit(object.key) }
                    try await forge.timeline.sleep(for: forge.configuration.auditInterval)
                }
            }
            try await group.waitForAll()
        }
    }

    private func audit(_ key: ObjectKey) async {
        await forge.audits.locks.withLock(key) { await look(at: key) }
    }

    private func look(at key: ObjectKey) async {
        do {
            let repository = try forge.hosted(key)
            guard repository.git.exists else { return }
            try await tell(try await fault(of: repository), repository)
        } catch is CancellationError {
            return
        } catch {
            forge.logger.error("the audit failed", metadata: ["repository": "\(key)", "error": "\(error)"])
        }
    }

    /// What an audit leads to.
    private enum Finding {
        /// Every commit has its record; the branch is at this one, or does not exist.
        case attested(String?)
        case fault(reason: String, message: String)
    }

    private func fault(of repository: HostedRepository) async throws -> Finding {
        let git = repository.git
        if let other = try await git.symbolicReference(repository.branch) {
            return .fault(reason: "SymbolicBranch", message: "\(repository.branch) stands for \(other)")
        }
        let known = repository.object["status", "audit", "commit"]?.stringValue.flatMap { ObjectID($0) }
        guard let head = try await git.reference(repository.branch) else {
            guard let known else { return .attested(nil) }
            return .fault(reason: "BranchGone", message: "\(repository.branch) is gone; it was at \(known)")
        }
        if let known {
            guard try await git.resolve("\(known)^{commit}") != nil, try await git.isAncestor(known, of: head)
            else {
                return .fault(
                    reason: "HistoryRewritten",
                    message: "\(repository.branch) is at \(head), which does not continue \(known)")
            }
        }
        var next: ObjectID? = head
        var count = 0
        while let id = next, id != known, count < Self.limit {
            count += 1
            let commit = try await git.commit(id)
            do {
                let record = try await forge.attestor.check(commit, in: git, repository: repository.name)
                next = record.base == ObjectID.zero.hex ? nil : commit.parents.first
                if next == nil, known != nil {
                    return .fault(
                        reason: "HistoryRewritten", message: "\(repository.branch) begins anew at \(id)")
                }
            } catch let error as ForgeError where error.code == .unattested {
                let advice = known.map { "; the last commit that is attested is \($0)" } ?? ""
                return .fault(reason: "UnattestedCommit", message: "\(error.message)\(advice)")
            }
        }
        return .attested(head.hex)
    }

    private func tell(_ finding: Finding, _ repository: HostedRepository) async throws {
        let key = repository.key
        switch finding {
        case .attested(let commit):
            let wasAlarmed = forge.alarms.withLock { $0.removeValue(forKey: key) } != nil
            let isTold =
                repository.object.conditions.isTrue("Attested")
                && repository.object["status", "audit", "commit"]?.stringValue == commit
            if isTold, !wasAlarmed { return }
            try await forge.changeRepository(key) { object, now in
                if let commit {
                    object["status", "audit"] = [
                        "commit": .string(commit), "checkedAt": .string(now.rfc3339),
                    ]
                }
                Self.set(&object, .isTrue, "EveryCommitSigned", "every commit has its signed record", now)
            }
        case .fault(let reason, let message):
            let isNew = forge.alarms.withLock { alarms in
                defer { alarms[key] = message }
                return alarms[key] != message
            }
            guard isNew else { return }
            forge.logger.critical(
                "the history of a protected branch is not attested",
                metadata: ["repository": "\(key)", "reason": "\(reason)", "finding": "\(message)"])
            forge.recorder.note(.warning, reason, message, regarding: .init(repository.object))
            try await forge.changeRepository(key) { object, now in
                Self.set(&object, .isFalse, reason, message, now)
            }
        }
    }

    private static func set(
        _ object: inout Value, _ status: Condition.Status, _ reason: String, _ message: String,
        _ now: Timestamp
    ) {
        var conditions = object.conditions
        conditions.set(
            Condition(type: "Attested", status: status, reason: reason, message: message),
            generation: object.metadata.generation, now: now)
        object.conditions = conditions
    }
}
