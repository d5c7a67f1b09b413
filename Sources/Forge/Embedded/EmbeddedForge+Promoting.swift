public import Git
public import KubeClient
import KubeModel
import Logging
import Manifest

extension EmbeddedForge {
    /// Where a repository lies, for whoever reads and prepares commits on this machine.
    ///
    /// - Throws: ``ForgeError`` with code `notFound` while there is no such repository.
    public func repository(_ key: ObjectKey) throws -> GitRepository { try hosted(key).git }

    /// Moves the branch of a config repository to the end of a series of promotions, if it is still at its base.
    ///
    /// Promotions have no pull request that a merge could be checked against: each commit gets a record of its own that
    /// names the Promotion object, signed as the merge queue's are, so that the hook and the auditor accept it.
    ///
    /// - Parameters:
    ///   - series: commits that are stored.
    ///   - promotions: the names of the Promotion objects, one a commit.
    /// - Throws: ``ForgeError`` with code `conflict` where the branch has moved, `unsupported` for repositories whose
    ///   commits need verdicts; `GitError`.
    public func land(_ series: CommitSeries, promotions: [String], in key: ObjectKey) async throws {
        let repository = try hosted(key)
        guard repository.gates == .none else {
            throw ForgeError(
                .unsupported,
                "promotions cannot be written to \(key), whose commits need a passed pipeline; set gates: None"
            )
        }
        guard promotions.count == series.commits.count, !promotions.isEmpty else {
            throw ForgeError(.invalid, "each promotion in \(key) must be one commit")
        }
        let git = repository.git
        var updates: [ReferenceUpdate] = []
        var blobs: [GitObject] = []
        var base = series.base
        for (commit, promotion) in zip(series.commits, promotions) {
            let record = MergeRecord(
                repository: repository.name, commit: commit.id.hex, tree: commit.tree.hex, base: base.hex,
                changes: [.init(name: MergeRecord.promotionPrefix + promotion, head: commit.id.hex)],
                gates: RepositorySpec.Gates.none.rawValue, verdicts: [], tested: nil, recordedAt: now)
            let blob = GitObject(.blob, try attestor.sign(record))
            blobs.append(blob)
            updates.append(.set(MergeRecord.reference(commit.id.hex), blob.id))
            base = commit.id
        }
        try await git.write(blobs)
        try await git.update(updates, reason: "records")
        do {
            try await git.update(
                [.move(repository.branch, from: series.base, to: series.tip)],
                reason: "promote \(promotions.count == 1 ? promotions[0] : "\(promotions.count) services")",
                hooks: configuration.hooks)
        } catch let error as GitError where error.code == .refMoved {
            throw ForgeError(.conflict, "\(repository.branch) of \(key) has moved", cause: error)
        }
        logger.info(
            "promoted",
            metadata: [
                "repository": "\(key)", "promotions": "\(promotions.count)", "commit": "\(series.tip)",
            ])
        audits.request(key)
        webhooks.note(
            .push, key,
            [
                "ref": .string(repository.branch), "before": .string(series.base.hex),
                "after": .string(series.tip.hex),
            ])
        // Who deploys from the branch hears of it by this.
        let status: Value = ["head": .string(series.tip.hex)]
        try await client.patch(
            .repositories, key.name, namespace: key.requestNamespace, .merge(["status": status]),
            subresource: "status")
    }
}
