import Git
import KubeClient
import KubeModel
import Manifest
import Synchronization

extension EmbeddedForge {
    /// The most commits that one pull request may bring.
    static let maximumCommits = 1000
    /// The most files of which a pull request is recognised.
    private static let maximumPaths = 20_000

    /// What a push to `refs/for/…` has led to.
    struct Opened: Sendable {
        var outcome: HookReply.Outcome
        var messages: [String]
    }

    /// Opens a pull request for a pushed commit, or brings the one that is meant up to it.
    ///
    /// - Throws: ``ForgeError``.
    func receive(
        _ update: HookUpdate, _ options: PushOptions, by user: ForgeUser, in repository: HostedRepository
    ) async throws -> Opened {
        guard let head = ObjectID(update.new), !head.isZero else {
            throw ForgeError(.invalid, "\(update.reference) cannot be deleted")
        }
        let (target, suffix) = try await target(of: update.reference, in: repository)
        var options = options
        if options.topic == nil { options.topic = suffix }
        let chosen = options
        return try await locks.withLock(repository.key) {
            try await self.open(
                head, target: target, chosen, by: user, from: update.reference, in: repository)
        }
    }

    /// The branch that `refs/for/<branch>[/<topic>]` means, and the topic.
    private func target(of reference: String, in repository: HostedRepository) async throws -> (
        String, String?
    ) {
        let parts = reference.dropFirst("refs/for/".count).split(
            separator: "/", omittingEmptySubsequences: false)
        // The longest name of a branch counts; what follows is the topic.
        for count in stride(from: parts.count, to: 0, by: -1) {
            let name = parts.prefix(count).joined(separator: "/")
            guard try await repository.takesPullRequests(name) else { continue }
            return (name, count == parts.count ? nil : parts.dropFirst(count).joined(separator: "/"))
        }
        let branch = repository.spec.branch
        let name = parts.joined(separator: "/")
        if ReferenceName.isValid("refs/heads/\(name)"),
            try await repository.git.reference("refs/heads/\(name)") != nil
        {
            throw ForgeError(
                .unsupported,
                "\(name) of \(repository.key) is not protected, so pull requests are not for it: push to it "
                    + "directly, or add it to protectedBranches")
        }
        throw ForgeError(
            .unsupported,
            "\(repository.key) has no branch \(name); pull requests are for \(branch), as in refs/for/\(branch), and "
                + "for protected branches that exist")
    }

    private func open(
        _ head: ObjectID, target: String, _ options: PushOptions, by user: ForgeUser, from reference: String,
        in repository: HostedRepository
    ) async throws -> Opened {
        let push = try await describe(head, target: target, options, by: user, in: repository)
        let existing = try await freshPullRequests(of: repository)
        let candidates = try await candidates(existing, for: push, head: head, in: repository)
        guard let number = try PullRequestMatch.number(of: push, among: candidates),
            let pull = existing.first(where: { $0.spec.number == number })
        else { return try await create(head, push, options, by: user, from: reference, in: repository) }
        return try await move(pull, to: head, push, options, by: user, from: reference, in: repository)
    }

    private func describe(
        _ head: ObjectID, target: String, _ options: PushOptions, by user: ForgeUser,
        in repository: HostedRepository
    ) async throws -> PullRequestMatch.Push {
        let git = repository.git
        do {
            try await git.checkSize(of: head)
        } catch let error as GitError where error.code == .tooLarge {
            throw ForgeError(
                .invalid, "\(head.short) unfolds to more files than can be looked at; leave some out",
                cause: error)
        }
        let base = try await git.reference("refs/heads/\(target)")
        let ids = try await git.commits(
            of: head, excluding: base.map { [$0] } ?? [], limit: Self.maximumCommits + 1)
        guard !ids.isEmpty else {
            throw ForgeError(.invalid, "\(target) holds \(head.short) already; there is nothing to merge")
        }
        // The first pull request of a branch may bring a whole history.
        guard base == nil || ids.count <= Self.maximumCommits else {
            throw ForgeError(
                .invalid,
                "the push has more than \(Self.maximumCommits) commits that are not on \(target); "
                    + "push fewer at once")
        }
        if let base, try await git.mergeBase(base, head) == nil {
            throw ForgeError(.invalid, "\(head.short) has no common history with \(target); rebase it")
        }
        var commits: [Commit] = []
        for id in ids.reversed() { commits.append(try await git.commit(id)) }
        let paths = try await paths(of: head, base: base, in: git)
        return PullRequestMatch.Push(
            pusher: user.name, target: target, number: options.number, topic: options.topic, commits: commits,
            paths: paths)
    }

    private func paths(of head: ObjectID, base: ObjectID?, in git: GitRepository) async throws -> Set<String>
    {
        let fork: ObjectID? = if let base { try await git.mergeBase(base, head) } else { nil }
        do {
            let changes = try await git.changes(from: fork, to: head)
            return Set(changes.prefix(Self.maximumPaths).map(\.path))
        } catch let error as GitError where error.code == .tooLarge {
            throw ForgeError(
                .invalid, "\(head.short) changes more files than can be looked at; push fewer at once",
                cause: error)
        }
    }

    /// The pull requests as the server has them, as a cache may not yet show the one that was just opened.
    func freshPullRequests(of repository: HostedRepository) async throws -> [HostedPullRequest] {
        let objects = try await client.listAll(
            .pullRequests, namespace: repository.key.namespace,
            selection: .init(labels: "\(Self.repositoryLabel)=\(repository.key.name)"))
        return objects.compactMap { try? HostedPullRequest($0) }.sorted { $0.spec.number < $1.spec.number }
    }

    private func candidates(
        _ pulls: [HostedPullRequest], for push: PullRequestMatch.Push, head: ObjectID,
        in repository: HostedRepository
    ) async throws -> [PullRequestMatch.Candidate] {
        let inside = Set(push.commits.map(\.id.hex))
        let base = try await repository.git.reference("refs/heads/\(push.target)")
        var candidates: [PullRequestMatch.Candidate] = []
        for pull in pulls {
            let source = pull.spec.source ?? .init()
            var paths: Set<String> = []
            // Only looked at where nothing but the files can tell.
            if pull.isOpen, source.origin == push.origin, let id = ObjectID(pull.spec.head) {
                paths = try await self.paths(of: id, base: base, in: repository.git)
            }
            candidates.append(
                PullRequestMatch.Candidate(
                    number: pull.spec.number, author: pull.spec.author, target: pull.spec.target,
                    isOpen: pull.isOpen, source: source, title: pull.spec.title,
                    isAncestor: inside.contains(pull.spec.head), paths: paths))
        }
        return candidates
    }

    /// The next number of a repository. Numbers are never used twice, also where an object is gone.
    func nextNumber(in repository: HostedRepository) async throws -> Int {
        if let last = numbers.withLock({ $0[repository.key] }) { return last + 1 }
        let references = try await repository.git.references("refs/pull/")
        let used = references.compactMap {
            $0.name.split(separator: "/").dropFirst(2).first.flatMap { Int($0) }
        }
        let objects = try await freshPullRequests(of: repository).map(\.spec.number)
        return (used + objects).reduce(0, max) + 1
    }

    private func create(
        _ head: ObjectID, _ push: PullRequestMatch.Push, _ options: PushOptions, by user: ForgeUser,
        from reference: String, in repository: HostedRepository
    ) async throws -> Opened {
        let number = try await nextNumber(in: repository)
        // The title is the one commit's, or that of the newest of several.
        let commit = push.commits.last
        let spec = PullRequestSpec(
            repository: repository.key.name, number: number,
            title: options.title ?? commit.map(\.title).flatMap { $0.isEmpty ? nil : $0 } ?? "Untitled",
            body: options.body ?? (commit?.body).map { PushOptions.cut($0, PushOptions.maximumBody) },
            author: user.name, pusher: user.name, target: push.target,
            head: head.hex,
            source: .init(
                topic: push.topic, changeIDs: push.changeIDs.isEmpty ? nil : push.changeIDs,
                origin: push.origin),
            draft: options.isDraft, autoMerge: options.autoMerge,
            reviewers: options.reviewers.isEmpty ? nil : options.reviewers)
        let pull = try await create(spec, in: repository)
        return opened(
            pull, "opened", from: reference, old: .zero, head: head, isForced: false, in: repository)
    }

    /// Keeps the commit, then makes the object: one that exists always has its commit.
    func create(_ spec: PullRequestSpec, in repository: HostedRepository) async throws -> HostedPullRequest {
        guard let head = ObjectID(spec.head) else {
            throw ForgeError(.invalid, "\(spec.head) is no full name of a commit")
        }
        try await repository.git.update(
            [.set("refs/pull/\(spec.number)/head", head)], reason: "pull request opened")
        numbers.withLock { $0[repository.key] = spec.number }
        let object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "PullRequest",
            "metadata": [
                "name": .string("\(repository.key.name)-\(spec.number)"),
                "namespace": .string(repository.key.namespace),
                "labels": [Self.repositoryLabel: .string(repository.key.name)],
            ],
            "spec": try ValueEncoder().encode(spec),
        ]
        let stored = try await client.create(.pullRequests, object, namespace: repository.key.namespace)
        webhooks.note(.pullRequest, repository.key, Self.told(spec, "opened"))
        recorder.note(
            .normal, "Opened", "opened by \(spec.author) at \(head.short)", regarding: .init(stored))
        return try HostedPullRequest(stored)
    }

    private func move(
        _ pull: HostedPullRequest, to head: ObjectID, _ push: PullRequestMatch.Push, _ options: PushOptions,
        by user: ForgeUser, from reference: String, in repository: HostedRepository
    ) async throws -> Opened {
        let old = ObjectID(pull.spec.head) ?? .zero
        // The title follows the commit as long as it is the commit's.
        let subject = old.isZero ? "" : try await repository.git.commit(old).title
        let newSubject = push.commits.last?.title ?? ""
        try await repository.git.update([.set(pull.reference, head)], reason: "pull request pushed")
        let changed = try await changeSpec(of: pull.key) { present, spec in
            guard present.isOpen else {
                throw ForgeError(.conflict, "\(present.key.name) has just been merged or closed")
            }
            spec.move(to: head.hex, by: user.name)
            if spec.title == subject, !newSubject.isEmpty { spec.title = newSubject }
            if let title = options.title { spec.title = title }
            if let body = options.body { spec.body = body }
            if let isDraft = options.isDraft { spec.draft = isDraft }
            if let autoMerge = options.autoMerge { spec.autoMerge = autoMerge }
            let others = options.reviewers.filter { !(spec.reviewers ?? []).contains($0) }
            if !others.isEmpty { spec.reviewers = Array(((spec.reviewers ?? []) + others).suffix(100)) }
            var source = spec.source ?? .init()
            source.origin = push.origin
            let ids =
                (source.changeIDs ?? []) + push.changeIDs.filter { !(source.changeIDs ?? []).contains($0) }
            source.changeIDs = ids.isEmpty ? nil : Array(ids.suffix(Self.maximumCommits))
            spec.source = source
        }
        if old != head { webhooks.note(.pullRequest, repository.key, Self.told(changed.spec, "updated")) }
        let isForced = old.isZero ? false : try await !repository.git.isAncestor(old, of: head)
        let word = old == head ? "is up to date" : "updated"
        return opened(
            changed, word, from: reference, old: old, head: head, isForced: isForced, in: repository)
    }

    private func opened(
        _ pull: HostedPullRequest, _ word: String, from reference: String, old: ObjectID, head: ObjectID,
        isForced: Bool, in repository: HostedRepository
    ) -> Opened {
        Opened(
            outcome: HookReply.Outcome(
                reference: reference, refusal: nil,
                actual: HookUpdate(old: old.hex, new: head.hex, reference: pull.reference), isForced: isForced
            ),
            messages: [
                "Pull request \(repository.key)#\(pull.spec.number) \(word): \(pull.spec.title)",
                "  \(page(of: pull, in: repository.key))",
            ])
    }

    /// A pull request as webhooks tell it.
    static func told(_ spec: PullRequestSpec, _ action: String) -> Value {
        [
            "action": .string(action), "number": .integer(Int64(spec.number)), "title": .string(spec.title),
            "author": .string(spec.author), "target": .string(spec.target), "head": .string(spec.head),
        ]
    }

    /// Where people see a pull request.
    func page(of pull: HostedPullRequest, in repository: ObjectKey) -> String {
        "\(baseURL)/\(repository)/pulls/\(pull.spec.number)"
    }
}

extension Commit {
    /// The subject, as far as a title goes.
    fileprivate var title: String { PushOptions.cut(subject, PushOptions.maximumTitle) }
}
