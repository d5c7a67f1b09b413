import KubeClient
import KubeModel

/// Works on a key again soon where somebody else was faster to write: that is no failure but what versions are for.
struct ConflictRetry<Work: Reconciler>: Reconciler {
    private let work: Work

    init(_ work: Work) { self.work = work }

    func reconcile(_ key: Work.Key) async throws -> ReconcileResult {
        do {
            return try await work.reconcile(key)
        } catch let error as APIError where error.isConflict {
            // By then the cache has most likely heard of it; if not, this comes again.
            return .requeue(after: .milliseconds(10))
        }
    }
}
