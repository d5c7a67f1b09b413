public import KubeClient
public import KubeModel
import Manifest

extension EmbeddedForge {
    /// Says what somebody thinks of what a pull request stands at.
    ///
    /// - Parameters:
    ///   - state: `approved`, `changesRequested` or `commented`.
    ///   - head: the commit that was looked at; nil for the present one.
    /// - Throws: ``ForgeError`` with code `forbidden` for the author and whoever pushed its last commit, `conflict` where
    ///   the pull request stands at another commit by now, `notFound`.
    public func review(
        _ key: ObjectKey, _ state: PullRequestStatus.Review.State, head: String? = nil, body: String? = nil,
        by user: ForgeUser
    ) async throws {
        let now = now
        let pull = try await changeStatus(of: key) { pull, status in
            try Self.requireOpen(pull)
            if let head, head != pull.spec.head {
                throw ForgeError(
                    .conflict,
                    "\(key.name) stands at \(pull.spec.head.prefix(10)) by now, not \(head.prefix(10)); "
                        + "look at it again")
            }
            guard state == .approved || state == .changesRequested || state == .commented else {
                throw ForgeError(.invalid, "a review approves, requests changes or comments")
            }
            if state != .commented {
                guard user.name != pull.spec.author else {
                    throw ForgeError(
                        .forbidden, "\(user.name) opened \(key.name) and cannot review it; ask somebody else")
                }
                guard user.name != pull.spec.pusher else {
                    throw ForgeError(
                        .forbidden,
                        "\(user.name) pushed the last commit of \(key.name) and cannot review it; "
                            + "ask somebody else")
                }
            }
            guard body?.utf8.count ?? 0 <= 16_384 else {
                throw ForgeError(.invalid, "the text of a review has at most 16 KiB")
            }
            var reviews = status.reviews ?? []
            reviews.append(
                .init(author: user.name, state: state, commit: pull.spec.head, body: body, submittedAt: now))
            status.reviews = ReviewHistory.kept(reviews)
        }
        let repository = ObjectKey(namespace: key.namespace, name: pull.spec.repository)
        var told = Self.told(pull.spec, state.rawValue)
        told["reviewer"] = .string(user.name)
        webhooks.note(.review, repository, told)
        recorder.note(.normal, "Reviewed", "\(user.name): \(state.rawValue)", regarding: .init(pull.object))
    }

    /// Asks that a pull request be merged as it stands, as soon as it may.
    ///
    /// - Parameter head: the commit that is meant; nil for the present one.
    /// - Returns: what it waits for, for people.
    /// - Throws: ``ForgeError`` with code `conflict`, `notFound`.
    @discardableResult
    public func merge(_ key: ObjectKey, head: String? = nil, by user: ForgeUser) async throws -> String {
        let now = now
        let pull = try await changeStatus(of: key) { pull, status in
            try Self.requireOpen(pull)
            if let head, head != pull.spec.head {
                throw ForgeError(
                    .conflict,
                    "\(key.name) stands at \(pull.spec.head.prefix(10)) by now, not \(head.prefix(10))")
            }
            status.mergeRequest = .init(by: user.name, head: pull.spec.head, requestedAt: now)
            // Asking again is how a change that was turned away comes back without a new commit.
            if status.evictedHead != nil {
                status.evictedHead = nil
                status.reason = "Queued"
                status.message = "enters the merge queue"
            }
        }
        recorder.note(
            .normal, "MergeRequested", "\(user.name) asked for the merge", regarding: .init(pull.object))
        let repository = try hosted(ObjectKey(namespace: key.namespace, name: pull.spec.repository))
        let target = pull.spec.target
        let branch = try await repository.takesPullRequests(target) ? target : nil
        switch MergeEligibility(pull.spec, pull.status, repository: repository.spec, branch: branch) {
        case .eligible: return "\(key.name) enters the merge queue"
        case .waiting(_, let message): return "\(key.name) is merged as soon as it may: \(message)"
        }
    }

    /// Gives a pull request up.
    ///
    /// - Parameter reason: why, for people, in at most 1,024 characters; nil for nothing to be said.
    /// - Throws: ``ForgeError`` with code `conflict` where it is merged already, `notFound`.
    public func close(_ key: ObjectKey, by user: ForgeUser, because reason: String? = nil) async throws {
        let pull = try await changeSpec(of: key) { pull, spec in
            guard pull.status.phase != .merged else {
                throw ForgeError(.conflict, "\(key.name) is merged; revert it with a new pull request")
            }
            // The first one that closed it knew why.
            if spec.state == .open { spec.closedReason = reason.map { String($0.prefix(1024)) } }
            spec.state = .closed
        }
        webhooks.note(
            .pullRequest, ObjectKey(namespace: key.namespace, name: pull.spec.repository),
            Self.told(pull.spec, "closed"))
        recorder.note(
            .normal, "Closed", "\(user.name) closed it\(reason.map { ": \($0)" } ?? "")",
            regarding: .init(pull.object))
    }

    private static func requireOpen(_ pull: HostedPullRequest) throws(ForgeError) {
        guard pull.isOpen else {
            let word = pull.status.phase == .merged ? "merged" : "closed"
            throw ForgeError(.conflict, "\(pull.key.name) is \(word)")
        }
    }
}
