import KubeModel

/// What people have said about a promotion, counted by the rules: the last word of each counts, and nobody's about a
/// change of their own.
struct ApprovalTally {
    /// Who lets it go, in the order in which they said so.
    private(set) var approvers: [PromotionStatus.Approver] = []
    /// What it waits for; nil where it has what it needs.
    private(set) var blocker: PromotionBlocker?

    init(
        _ record: LineState.Record, _ environment: DeliverySpec.Environment, _ place: LineState.Place,
        _ facts: LineFacts
    ) {
        let since = place.approvalsFrom.flatMap(Timestamp.init(rfc3339:))
        let opinions = facts.opinions.filter { opinion in
            opinion.environment == environment.name && opinion.digest == record.spec.digest
                && (since.map { opinion.at > $0 } ?? true)
        }
        var last: [String: LineFacts.Opinion] = [:]
        for opinion in opinions.sorted(by: { $0.order < $1.order }) {
            last[opinion.user] = opinion
        }
        let words = last.values.sorted { $0.order < $1.order }
        if let rejection = words.last(where: { !$0.isApproval }) {
            let comment = rejection.comment.map { ": \($0)" } ?? ""
            blocker = PromotionBlocker(
                reason: "Rejected", message: "\(rejection.user) rejected it\(comment)")
            return
        }
        let needed = environment.requiredApprovals
        guard needed > 0 else { return }
        let authors: Set<String>
        switch facts.authors[environment.name]?[record.spec.release] {
        case .known(let names): authors = names
        case .unknown(let reason):
            blocker = PromotionBlocker(
                reason: "AuthorsUnknown", message: "approvals cannot be counted: \(reason)")
            return
        case nil:
            blocker = PromotionBlocker(
                reason: "AuthorsUnknown", message: "who wrote the change is being looked up")
            return
        }
        let own = words.filter { Self.isAuthor($0.user, authors) }
        approvers = words.filter { !Self.isAuthor($0.user, authors) }
            .map { .init(user: $0.user, at: $0.at.rfc3339, source: $0.source) }
        guard approvers.count < needed else { return }
        var message =
            "needs \(needed == 1 ? "an approval" : "\(needed) approvals") of somebody who did not write it"
        if !approvers.isEmpty { message += "; has \(approvers.map(\.user).joined(separator: ", "))" }
        if !own.isEmpty {
            let names = own.map(\.user).joined(separator: ", ")
            message += "; \(names) wrote it, so that this approval does not count"
        }
        blocker = PromotionBlocker(reason: "AwaitingApproval", message: message)
    }

    /// Whether a user is one of those who wrote a change, by any of the names that commits and pull requests know.
    static func isAuthor(_ user: String, _ authors: Set<String>) -> Bool {
        let name = user.lowercased()
        if authors.contains(name) { return true }
        guard let at = name.firstIndex(of: "@") else { return false }
        return authors.contains(String(name[..<at]))
    }
}
