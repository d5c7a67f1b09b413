import KubeClient
import KubeModel
import Logging
import Manifest

/// Keeps GitOps from undoing what a rollback turns in the cluster until git says the same: otherwise it would give users
/// the bad version back, as git still has that.
struct HealingPause {
    let client: KubeClient
    let caches: PromotionCaches
    let namespace: String
    let logger: Logger

    /// How long healing waits at most for one try to write the rollback to git; another try asks anew. A process that
    /// ends meanwhile leaves nothing behind that lasts.
    private static let limit = Duration.seconds(600)

    /// Has healing wait. To be called before anything is turned; where it cannot be asked for, users come first.
    func begin(_ application: String) async {
        let until = client.timeline.date.advanced(by: Self.limit)
        do {
            try await set(until.rfc3339, application)
        } catch {
            logger.warning(
                "GitOps could not be told to leave what a rollback turns",
                metadata: ["application": "\(application)", "error": "\(error)"])
        }
    }

    /// Lets healing go on where the cluster has what git has, where the rollback did not come to git, or where the time is
    /// over.
    ///
    /// - Returns: when the first that still waits waits no more; nil where none does.
    func settle(_ conventions: DeliveryConventions, _ state: LineState, _ facts: LineFacts) async throws
        -> Timestamp?
    {
        var ends: [Timestamp] = []
        for environment in conventions.spec.environments {
            let name = conventions.application(environment)
            guard let object = caches.applications[.init(namespace: namespace, name: name)]?.value,
                let until = Application(object).healingWaitsUntil
            else { continue }
            if facts.now < until, isNeeded(environment.name, state, facts) {
                ends.append(until)
            } else {
                try await set(nil, name)
            }
        }
        return ends.min()
    }

    private func isNeeded(_ environment: String, _ state: LineState, _ facts: LineFacts) -> Bool {
        let last = state.records.last { $0.spec.environment == environment && $0.spec.kind == .rollback }
        guard let last else { return false }
        if last.phase == .landing { return true }
        // It came to nothing, so that git has the last word.
        if last.status.configCommit == nil, last.phase.isFinal { return false }
        if case .behind = facts.environments[environment]?.deployment { return true }
        return false
    }

    private func set(_ until: String?, _ application: String) async throws {
        let value: Value = until.map { .string($0) } ?? .null
        let patch: Value = ["metadata": ["annotations": [Application.healingWaitsAnnotation: value]]]
        do {
            try await client.patch(Application.resource, application, namespace: namespace, .merge(patch))
        } catch let error as APIError where error.isNotFound {
            // Nobody heals.
        }
    }
}
