import Git
import KubeModel
import Manifest

/// What people have said: Approval objects, and the reviews of promotions' pull requests.
struct OpinionReader {
    let caches: PromotionCaches
    let memory: PromotionMemory
    let branch: any ConfigBranch
    let settings: PromotionSettings

    func read(_ conventions: DeliveryConventions) async throws -> [LineFacts.Opinion] {
        approvals(conventions.service) + (try await reviews(conventions.service))
    }

    private func approvals(_ service: String) -> [LineFacts.Opinion] {
        caches.approvals(of: service).compactMap { object in
            guard
                let spec = try? ValueDecoder().decode(
                    ApprovalSpec.self, from: object["spec"] ?? .emptyObject),
                let user = spec.user, !user.isEmpty, let at = object.metadata.creationTimestamp
            else { return nil }
            return LineFacts.Opinion(
                environment: spec.environment, digest: spec.digest, user: user,
                isApproval: spec.decision == .approve, comment: spec.comment, at: at,
                source: object.metadata.name)
        }
    }

    private func entry(_ id: ObjectID) async throws -> PromotionEntry? {
        try await memory.entry(id.hex) {
            guard try await branch.repository.resolve("\(id)^{commit}") != nil else { return nil }
            return .some(PromotionEntry(try await branch.repository.commit(id)))
        }
    }

    /// A review is about the digest that the commit it looked at would have brought, however often the branch has been
    /// made anew since.
    private func reviews(_ service: String) async throws -> [LineFacts.Opinion] {
        var opinions: [LineFacts.Opinion] = []
        for object in caches.pullRequests(of: settings.repository) {
            guard let source = object["spec", "source", "branch"]?.stringValue,
                PromotionProposal.service(of: source) == service
            else { continue }
            let status = try? ValueDecoder().decode(
                PullRequestStatus.self, from: object["status"] ?? .emptyObject)
            for review in status?.reviews ?? [] {
                guard review.state == .approved || review.state == .changesRequested,
                    let at = Timestamp(rfc3339: review.submittedAt)?.wholeSeconds,
                    let id = ObjectID(review.commit),
                    let entry = try await entry(id), entry.service == service
                else { continue }
                opinions.append(
                    LineFacts.Opinion(
                        environment: entry.environment, digest: entry.digest, user: review.author,
                        isApproval: review.state == .approved, comment: review.body, at: at,
                        source: object.metadata.name, isReview: true))
            }
        }
        return opinions
    }
}
