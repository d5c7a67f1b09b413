import Git
import KubeModel

extension Attestor {
    /// Checks that a branch may move from one commit to another: everything ``check(_:in:repository:)`` does and, as
    /// all objects are at hand now, that the merge changes what it should and nothing else.
    ///
    /// - Parameters:
    ///   - old: where the branch is; nil where it does not exist.
    ///   - branch: the name of the branch; nil for the default one.
    /// - Throws: ``ForgeError`` with code `unattested`.
    func checkLanding(
        from old: ObjectID?, to new: ObjectID, of branch: String? = nil, in git: GitRepository,
        repository: String, gates: RepositorySpec.Gates
    ) async throws {
        let commit = try await git.commit(new)
        let record = try await check(commit, in: git, repository: repository)
        guard record.branch == branch else {
            throw ForgeError(
                .unattested,
                "\(new.short) was made for \(record.branch ?? "the default branch"), "
                    + "not for \(branch ?? "the default branch")")
        }
        let base = old ?? .zero
        if record.base != base.hex, record.isPromotion, let old {
            return try await checkPromotions(
                from: old, to: commit, in: git, repository: repository, gates: gates)
        }
        guard record.base == base.hex else {
            throw ForgeError(
                .unattested, "\(new.short) was made for base \(record.base), but the branch is at \(base)")
        }
        guard gates == .none || record.gates == RepositorySpec.Gates.required.rawValue else {
            throw ForgeError(.unattested, "\(new.short) has no verdicts, which this repository asks for")
        }
        if let old { try await checkMerge(record, of: commit, onto: old, in: git) }
        if let tested = record.tested {
            try await checkRebase(record, tested: tested, in: git)
        } else if record.gates == RepositorySpec.Gates.required.rawValue {
            try await checkServices(record, commit: new, base: old, in: git)
        }
    }

    /// The tree must be the merge of base and pull request, to the bit.
    private func checkMerge(
        _ record: MergeRecord, of commit: Commit, onto old: ObjectID, in git: GitRepository
    ) async throws {
        guard let head = record.changes.first.flatMap({ ObjectID($0.head) }), record.changes.count == 1 else {
            throw ForgeError(.unattested, "the record of \(commit.id.short) must name one pull request")
        }
        guard try await git.merge(old, head) == .clean(commit.tree) else {
            throw ForgeError(
                .unattested,
                "the tree of \(commit.id.short) is not the merge of \(old.short) and \(head.short)")
        }
    }

    /// The most promotions that one move of a branch may bring.
    private static let promotionLimit = 1000

    /// Every commit between must be a promotion with its own record, in one line from the old to the new.
    private func checkPromotions(
        from old: ObjectID, to tip: Commit, in git: GitRepository, repository: String,
        gates: RepositorySpec.Gates
    ) async throws {
        guard gates == .none else {
            throw ForgeError(
                .unattested, "\(tip.id.short) has no verdicts, which this repository asks for")
        }
        var commit = tip
        for _ in 0..<Self.promotionLimit {
            let record = try await check(commit, in: git, repository: repository)
            guard record.isPromotion, commit.parents.count == 1, let parent = commit.parents.first else {
                throw ForgeError(
                    .unattested, "\(commit.id.short) is no promotion, and not made for \(old.short)")
            }
            if parent == old { return }
            commit = try await git.commit(parent)
        }
        throw ForgeError(.unattested, "\(tip.id.short) does not continue \(old.short)")
    }

    /// Every service that the change concerns must have its verdict.
    private func checkServices(
        _ record: MergeRecord, commit: ObjectID, base: ObjectID?, in git: GitRepository
    ) async throws {
        let files = PipelineFiles(paths: try await git.files(at: commit).map(\.path))
        let changes = try await git.changes(from: base, to: commit)
        let needed = files.scope(of: changes.map(\.path)).services
        let given = try record.verdicts.map { try verdict($0).service ?? "" }
        for service in needed where !given.contains(service) {
            throw ForgeError(
                .unattested,
                "\(commit.short) changes \(service.isEmpty ? "the repository" : service), "
                    + "of which it has no verdict")
        }
    }

    /// What was tested and what lands must differ by other services' merges alone.
    private func checkRebase(_ record: MergeRecord, tested: MergeRecord.Tested, in git: GitRepository)
        async throws
    {
        guard let commit = ObjectID(record.commit), let base = ObjectID(record.base),
            let testedCommit = ObjectID(tested.commit), let testedBase = ObjectID(tested.base)
        else { throw ForgeError(.unattested, "the record of \(record.commit) names no commits") }
        let rebase = Rebase(git: git, testedBase: testedBase, testedCommit: testedCommit)
        try await checkServices(record, commit: testedCommit, base: testedBase, in: git)
        let trees = try record.verdicts.map { try verdict($0).tree }
        let testedTree = try await git.commit(testedCommit).tree.hex
        guard trees.allSatisfy({ $0 == testedTree }) else {
            throw ForgeError(
                .unattested, "a verdict for \(record.commit) is about another tree than was tested")
        }
        if let fault = try await rebase.fault(commit: commit, base: base) {
            throw ForgeError(.unattested, "\(commit.short) differs from what was tested: \(fault)")
        }
    }
}

/// Whether a tested change may land on a newer base without being tested again.
struct Rebase: Sendable {
    let git: GitRepository
    let testedBase: ObjectID
    let testedCommit: ObjectID

    /// Why it may not: what changed meanwhile could matter to it, or its own changes became others. Nil where it may.
    func fault(commit: ObjectID, base: ObjectID) async throws -> String? {
        if let fault = try await fault(base: base) { return fault }
        let before = Set(try await git.changes(from: testedBase, to: testedCommit))
        let after = Set(try await git.changes(from: base, to: commit))
        return before == after ? nil : "its changes are not the same on the new base"
    }

    /// As far as it can be said before the commit is made.
    func fault(base: ObjectID) async throws -> String? {
        guard try await git.isAncestor(testedBase, of: base) else {
            return "the branch does not hold the old base"
        }
        let between = try await git.changes(from: testedBase, to: base).map(\.path)
        let own = try await git.changes(from: testedBase, to: testedCommit).map(\.path)
        for tree in [testedBase, testedCommit, base] {
            let files = PipelineFiles(paths: try await git.files(at: tree).map(\.path))
            let lane = files.scope(of: own).lane
            guard files.isUnaffected(lane, by: between) else {
                return "what was merged meanwhile is not another service's alone"
            }
        }
        return nil
    }
}
