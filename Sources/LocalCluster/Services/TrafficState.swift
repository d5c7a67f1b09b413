import KubeClient
import Synchronization

/// What traffic goes by at the moment, for those who wait for a pod to be out of it.
final class TrafficState: Sendable {
    /// The plan that is in force, and what came of it.
    struct Applied: Sendable {
        var plan: TrafficPlan
        /// Ports of gateways that cannot be listened on.
        var failures: [Int: String]
    }

    private struct State {
        var applied: Applied?
        /// What the router ever sent requests to, by pod, until the pod is drained.
        var routed: [String: Set<RoutingTable.Endpoint>] = [:]
        var told: Set<TrafficPlan.Note> = []
    }

    private let state = Mutex(State())
    let changes = Announcement()

    var applied: Applied? { state.withLock { $0.applied } }

    /// - Parameter present: the uids of all pods there are; nobody asks for others any more.
    func apply(_ applied: Applied, present: Set<String>) {
        state.withLock { state in
            state.applied = applied
            state.routed = state.routed.filter { present.contains($0.key) }
            for (pod, endpoints) in applied.plan.routed {
                state.routed[pod, default: []].formUnion(endpoints)
            }
        }
        changes.post()
    }

    /// Whether no new connection or request goes to a pod.
    func isOut(_ pod: String) -> Bool {
        state.withLock { $0.applied.map { !$0.plan.pods.contains(pod) } ?? true }
    }

    /// Where requests to a pod may still be under way.
    func routed(_ pod: String) -> Set<RoutingTable.Endpoint> { state.withLock { $0.routed[pod] ?? [] } }

    func forget(_ pod: String) { _ = state.withLock { $0.routed.removeValue(forKey: pod) } }

    /// The notes that were not among those of the time before.
    func news(among notes: [TrafficPlan.Note]) -> [TrafficPlan.Note] {
        state.withLock { state in
            let news = notes.filter { !state.told.contains($0) }
            state.told = Set(notes)
            return news
        }
    }
}
