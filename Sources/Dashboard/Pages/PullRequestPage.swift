import Git
import KubeClient
import KubeModel
import Manifest

/// One pull request: what it changes, what people say, where it is in the queue, and how its gates do.
struct PullRequestPage: Page {
    let namespace: String
    let name: String
    /// The one it is for, whose reviewers may be others than those of the next.
    let repository: String

    var title: String { name }
    var section: Section { .pulls }
    var trail: [Link] { [Link("Pull requests", "/pulls")] }
    var collections: [ObjectCollection] {
        [
            ObjectCollection(.pullRequests, in: namespace), ObjectCollection(.pipelineRuns, in: namespace),
            ObjectCollection(.repositories, in: namespace),
        ]
    }

    func subject(of ability: Viewer.Ability) -> Viewer.Subject? {
        switch ability {
        case .comment, .review, .merge: Viewer.Subject(namespace: namespace, name: repository)
        default: nil
        }
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        guard let pull = context.objects.object(.pullRequests, name) else {
            throw DashboardError(.notFound, "there is no pull request \(name)")
        }
        let reviews = pull.list("status", "reviews").map {
            "\($0.word("author")): \(Tone.words($0.word("state")))"
        }
        var regions = [
            Region(
                name: "pull", template: "pull", fields: fields(pull, context),
                spoken: [PullRequestsPage.spoken(pull)] + reviews)
        ]
        for run in PullRequestRuns(context.objects).of(pull).prefix(2) {
            let gates = GatesView(run)
            regions.append(
                Region(
                    name: "run-\(run.metadata.name)", template: "gates", fields: await gates.fields(context),
                    spoken: gates.spoken))
        }
        let mayRead = try await Permission.readRepository(repository, in: namespace).isHeld(
            by: context.client)
        let change =
            mayRead
            ? await difference(pull, context)
            : ["title": "Changes", "fault": "Your role does not let you read the repository \(repository)."]
        regions.append(Region(name: "change", template: "diff", fields: change))
        return regions
    }

    private func fields(_ pull: Value, _ context: PageContext) -> Fields {
        let repository = context.objects.object(.repositories, pull.word("spec", "repository"))
        let isOpen = PullRequestsPage.isOpen(pull)
        let viewer = context.viewer.user
        let isOwn = viewer == pull.word("spec", "author") || viewer == pull.word("spec", "pusher")
        var fields = PullRequestsPage.row(pull, context)
        let more: Fields = [
            "title": .text(pull.word("spec", "title")), "message": .text(pull.word("status", "message")),
            "author": .text(pull.word("spec", "author")),
            "body": .text(pull.word("spec", "body")), "target": .text(pull.word("spec", "target")),
            "pusher": .text(
                pull.word("spec", "pusher") == pull.word("spec", "author") ? "" : pull.word("spec", "pusher")),
            "lane": .text(pull.word("status", "lane")),
            "mergeCommit": .text(pull.word("status", "mergeCommit")),
            "mergeShort": .text(Short.commit(pull.word("status", "mergeCommit"))),
            "reason": .text(Tone.words(pull.word("status", "reason"))),
            "requested": .text(pull.word("status", "mergeRequest", "by")),
            "reviews": .list(pull.list("status", "reviews").map { review($0, pull, context) }),
            "needed": .number(repository?["spec", "requiredApprovals"]?.integerValue ?? 0),
            "isOpen": .flag(isOpen), "isOwn": .flag(isOwn),
            "canReview": .flag(isOpen && !isOwn), "back": .text("/pulls/\(name)"),
            "fetch": .text("git fetch origin refs/pull/\(pull["spec", "number"]?.integerValue ?? 0)/head"),
        ]
        fields = fields.merging(more)
        return fields
    }

    private func review(_ review: Value, _ pull: Value, _ context: PageContext) -> Fields {
        [
            "author": .text(review.word("author")), "state": Tone.badge(phase: review.word("state")),
            "body": .text(review.word("body")), "short": .text(Short.commit(review.word("commit"))),
            "isStale": .flag(review.word("commit") != pull.word("spec", "head")),
            "submitted": .group(Moments.fields(review["submittedAt"]?.stringValue, now: context.now)),
        ]
    }

    // MARK: What it changes

    private static let maximumBytes = 256 << 10

    /// The difference to the branch, where the repository is on this machine.
    private func difference(_ pull: Value, _ context: PageContext) async -> Fields {
        let head = pull.word("spec", "head")
        guard ObjectID(head) != nil, let range = Self.range(pull, head) else { return [:] }
        guard let git = await context.settings.repository(pull.word("spec", "repository")) else {
            let number = pull["spec", "number"]?.integerValue ?? 0
            return [
                "title": "Changes",
                "fault": .text(
                    "The repository is not on this machine. Look at the change in a clone: "
                        + "git fetch origin refs/pull/\(number)/head, then git diff origin/"
                        + "\(pull.word("spec", "target"))...FETCH_HEAD"),
            ]
        }
        do {
            let bytes = try await Self.difference(range, of: git)
            return DiffView.fields(title: "Changes", files: FileDifference.read(bytes))
        } catch {
            return ["title": "Changes", "fault": .text("The difference cannot be shown: \(error)")]
        }
    }

    /// The difference in git's form, renames found.
    static func difference(_ range: String, of git: GitRepository) async throws -> [UInt8] {
        var invocation = GitInvocation([
            "--git-dir", git.path, "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/",
            "--dst-prefix=b/", "-M", range, "--",
        ])
        // A repository's own attributes could have its text taken for binary, and so not be shown.
        invocation.settings = [("attr.tree", ObjectID.emptyTree.hex), ("core.quotePath", "false")]
        invocation.timeout = .seconds(10)
        invocation.outputLimit = maximumBytes
        return try await git.program.run(invocation).bytes
    }

    /// What is compared: the head with where it left the branch, or what was merged with what the branch was before.
    ///
    /// The branch by its full name: whoever may push tags could have `main` mean something else.
    private static func range(_ pull: Value, _ head: String) -> String? {
        let merged = pull.word("status", "mergeCommit")
        if ObjectID(merged) != nil { return "\(merged)^..\(merged)" }
        guard let branch = try? ReferenceName.branch(pull.word("spec", "target")) else { return nil }
        return "\(branch)...\(head)"
    }
}
