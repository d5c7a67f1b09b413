public import KubeModel

/// Whether a pull request may enter the merge queue, and what it lacks.
public enum MergeEligibility: Sendable, Hashable {
    case eligible
    /// It may not, for a reason in one word and in a sentence.
    case waiting(reason: String, message: String)

    /// - Parameter branch: the branch that the queue merges into; nil for the repository's default branch.
    public init(
        _ spec: PullRequestSpec, _ status: PullRequestStatus, repository: RepositorySpec,
        branch: String? = nil
    ) {
        let branch = branch ?? repository.branch
        let approvals = Self.approvals(spec, status, repository)
        let needed = repository.requiredApprovals ?? 0
        if spec.target != branch {
            self = .waiting(
                reason: "TargetUnknown",
                message:
                    "\(spec.target) is no protected branch of this repository; its pull requests are for \(branch)"
            )
        } else if spec.draft == true {
            self = .waiting(
                reason: "Draft",
                message: spec.draftReason ?? "is a draft; push with -o ready when it is meant to land")
        } else if let critic = Self.critic(status) {
            self = .waiting(reason: "ChangesRequested", message: "\(critic) asks for changes")
        } else if status.evictedHead == spec.head {
            // The merge queue's own words stand.
            self = .waiting(reason: status.reason ?? "Evicted", message: status.message ?? "was turned away")
        } else if approvals.count < needed {
            let have = approvals.isEmpty ? "" : ", has those of \(approvals.sorted().joined(separator: ", "))"
            self = .waiting(
                reason: "NeedsApproval",
                message: "needs \(needed) approval\(needed == 1 ? "" : "s") of others than its author\(have)")
        } else if spec.autoMerge ?? repository.autoMerge ?? false || status.mergeRequest?.head == spec.head {
            self = .eligible
        } else {
            self = .waiting(
                reason: "NotRequested",
                message: "may be merged; ask for it with: slipway pr merge \(spec.repository)-\(spec.number)")
        }
    }

    /// Who has approved what the pull request stands at, the author and the last pusher left out.
    static func approvals(
        _ spec: PullRequestSpec, _ status: PullRequestStatus, _ repository: RepositorySpec
    ) -> Set<String> {
        let keepsStale = repository.keepsStaleApprovals ?? false
        let approving = latest(status).filter { review in
            review.state == .approved && (keepsStale || review.commit == spec.head)
        }
        return Set(approving.map(\.author)).subtracting([spec.author, spec.pusher ?? spec.author])
    }

    private static func critic(_ status: PullRequestStatus) -> String? {
        latest(status).first { $0.state == .changesRequested }?.author
    }

    /// The last opinion of each reviewer; comments are none.
    private static func latest(_ status: PullRequestStatus) -> [PullRequestStatus.Review] {
        var latest: [String: PullRequestStatus.Review] = [:]
        for review in status.reviews ?? [] where review.state != .commented { latest[review.author] = review }
        return latest.values.sorted { $0.author < $1.author }
    }
}
