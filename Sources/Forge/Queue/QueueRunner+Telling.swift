import KubeClient
import KubeModel

extension QueueRunner {
    /// Writes on every open pull request where it is, and why it waits.
    func tell(_ state: QueueState) async throws {
        let waits = Dictionary(
            zip(state.entries, state.hindrances()).map { ($0.change, $1) },
            uniquingKeysWith: { first, _ in first })
        for pull in forge.hostedPullRequests(of: repository.key) {
            if pull.status.phase == .merged { continue }
            // What is for another branch is told by that one's queue; what is for none, here.
            if pull.spec.target != repository.target {
                guard repository.isDefaultBranch, try await !repository.takesPullRequests(pull.spec.target)
                else {
                    continue
                }
            }
            let view = view(of: pull, state, waits)
            let reviews = pull.status.reviews.map { Self.dismissed($0, pull.spec, repository.spec) }
            let page = forge.page(of: pull, in: repository.key)
            func isTold(_ status: PullRequestStatus) -> Bool {
                status.phase == view.phase && status.reason == view.reason && status.message == view.message
                    && status.lane == view.lane && status.candidate == view.candidate
                    && status.runs == view.runs
                    && status.reviews == reviews && status.url == page
            }
            if isTold(pull.status) { continue }
            let rules = repository.spec
            do {
                try await forge.changeStatus(of: pull.key) { present, status in
                    // What has changed meanwhile is told when it is looked at again.
                    guard status.phase != .merged, present.spec == pull.spec,
                        status.evictedHead == pull.status.evictedHead
                    else { return }
                    status.phase = view.phase
                    status.reason = view.reason
                    status.message = view.message
                    status.lane = view.lane
                    status.candidate = view.candidate
                    status.runs = view.runs
                    status.reviews = status.reviews.map { Self.dismissed($0, present.spec, rules) }
                    status.url = page
                }
            } catch let error as ForgeError where error.code == .notFound {
                continue
            }
        }
    }

    private func view(
        of pull: HostedPullRequest, _ state: QueueState, _ waits: [QueueState.Change: QueueState.Hindrance?]
    ) -> PullRequestStatus {
        var view = PullRequestStatus()
        let change = QueueState.Change(name: pull.key.name, head: pull.spec.head)
        if pull.spec.state == .closed {
            (view.phase, view.reason) = (.closed, "Closed")
            view.message = pull.spec.closedReason ?? "closed without being merged"
            return view
        }
        if let candidate = state.candidates.first(where: { $0.change == change }) {
            view.lane = candidate.lane
            view.candidate = candidate.commit
            view.runs = candidate.runs.isEmpty ? nil : candidate.runs.map(\.name)
            switch candidate.phase {
            case .building, .testing:
                let open = candidate.runs.filter { $0.outcome == nil }.map(\.name)
                (view.phase, view.reason) = (.testing, "Testing")
                view.message = open.isEmpty ? "is being built" : "waits for \(open.joined(separator: ", "))"
            case .rebasing, .landing:
                (view.phase, view.reason) = (.merging, "Merging")
                view.message =
                    state.freeze.map { "nothing is merged for now: \($0)" } ?? "passed; the branch is moving"
            }
            return view
        }
        if let entry = state.entries.first(where: { $0.change == change }) {
            let hindrance = waits[change] ?? nil
            view.lane = entry.lane
            (view.phase, view.reason) = (.queued, hindrance?.reason ?? "Queued")
            view.message = hindrance?.message ?? "is next"
            return view
        }
        view.phase = .open
        if state.landings.contains(where: { $0.change == change }) { view.phase = .merging }
        switch MergeEligibility(
            pull.spec, pull.status, repository: repository.spec, branch: repository.target)
        {
        case .eligible: (view.reason, view.message) = ("Queued", "enters the merge queue")
        case .waiting(let reason, let message): (view.reason, view.message) = (reason, message)
        }
        return view
    }

    /// The reviews, with approvals of other commits marked as past.
    static func dismissed(
        _ reviews: [PullRequestStatus.Review], _ spec: PullRequestSpec, _ repository: RepositorySpec
    ) -> [PullRequestStatus.Review] {
        guard repository.keepsStaleApprovals != true else { return reviews }
        return reviews.map { review in
            var review = review
            if review.state == .approved, review.commit != spec.head { review.state = .dismissed }
            return review
        }
    }
}
