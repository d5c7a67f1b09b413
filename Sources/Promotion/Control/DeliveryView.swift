import KubeModel

/// What a Delivery's status tells of a state: for the dashboard, the command line and kubectl.
struct DeliveryView {
    let conventions: DeliveryConventions
    let state: LineState
    /// The names of the open pull requests by branch.
    let pullRequests: [String: String]

    var environments: [DeliveryStatus.Environment] {
        conventions.spec.environments.map { environment in
            var view = DeliveryStatus.Environment(name: environment.name, phase: .empty)
            view.application = conventions.application(environment)
            view.namespace = conventions.namespace(environment)
            view.production = environment.isProduction ? true : nil
            let branch = PromotionProposal.branch(service: conventions.service, environment: environment.name)
            view.pullRequest = pullRequests[branch]
            if let place = state.place(environment.name) {
                let known = state.release(place.number)
                view.phase = place.phase
                view.release = known?.name
                view.digest = known?.digest ?? place.value
                view.commit = known?.commit
                view.configCommit = place.configCommit
                view.since = place.since
                view.blocker = place.blocker
            }
            let waiting = state.records.filter {
                $0.spec.environment == environment.name && ($0.phase == .waiting || $0.phase == .landing)
            }
            if !waiting.isEmpty { view.waiting = waiting.map(Self.waiting) }
            return view
        }
    }

    private static func waiting(_ record: LineState.Record) -> DeliveryStatus.Waiting {
        let approvers = (record.status.approvals ?? []).map(\.user)
        return DeliveryStatus.Waiting(
            release: record.spec.release, digest: record.spec.digest, commit: record.spec.commit,
            promotion: record.name, since: record.status.createdAt ?? "", blocker: record.status.blocker,
            approvedBy: approvers.isEmpty ? nil : approvers,
            requiredApprovals: record.status.requiredApprovals.flatMap { $0 > 0 ? $0 : nil })
    }

    /// One line: which commit is where.
    var summary: String {
        environments.map { environment in
            let what =
                environment.commit.map { String($0.prefix(10)) }
                ?? environment.digest.map { String($0.prefix(19)) } ?? "nothing"
            let waiting = environment.waiting?.last?.blocker.map { " (\($0.reason))" } ?? ""
            return "\(environment.name) \(what)\(waiting)"
        }.joined(separator: ", ")
    }
}
