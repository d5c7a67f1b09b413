import KubeClient
import KubeModel
import Manifest

/// Writes what came of gateways and routes into their statuses, apart from traffic so as not to delay it.
struct GatewayStatusReconciler: Reconciler {
    /// The one thing there is to work on.
    enum Key: Hashable, Sendable { case all }

    let client: KubeClient
    let state: TrafficState
    let address: String

    func sources() -> [KeySource<Key>] {
        [
            KeySource { [state] add in
                let changes = state.changes.changes()
                add(.all)
                for await _ in changes { add(.all) }
            }
        ]
    }

    func reconcile(_ key: Key) async throws -> ReconcileResult {
        guard let applied = state.applied else { return .done }
        let changes = applied.plan.gateway.statusChanges(
            address: address, failures: applied.failures, now: client.timeline.date)
        var conflicts = false
        for change in changes {
            do {
                // The plan's view may be old by now: the status goes by what was looked at, which its generation tells.
                let metadata = change.object.metadata
                let fresh = try await client.get(
                    change.resource, metadata.name,
                    namespace: metadata.namespace.isEmpty ? nil : metadata.namespace)
                guard fresh.metadata.uid == metadata.uid, fresh.metadata.generation == metadata.generation
                else {
                    continue
                }
                guard fresh["status"] != change.status else { continue }
                try await client.writeStatus(change.status, of: fresh, change.resource)
            } catch let error as APIError where error.isNotFound {
                continue
            } catch let error as APIError where error.isConflict {
                conflicts = true
            }
        }
        return conflicts ? .requeue(after: .milliseconds(20)) : .done
    }
}
