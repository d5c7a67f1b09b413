import KubeClient
import KubeModel
import Logging
import Manifest

/// Brings rollouts in line with what they ask for: reads a snapshot, plans, performs the plan.
struct RolloutReconciler: Reconciler {
    let client: KubeClient
    let caches: RolloutCaches
    let recorder: EventRecorder
    let fetcher: Fetcher
    let timeline: Timeline

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let rollout = caches.rollouts[key]?.value, !rollout.metadata.isDeleting else { return .done }
        let router = router(for: rollout)
        let snapshot: RolloutSnapshot
        do {
            snapshot = try SnapshotReader(caches: caches).snapshot(
                of: rollout, now: timeline.date, router: router)
        } catch {
            recorder.note(.warning, "TrafficRoutingError", error.message, regarding: .init(rollout))
            throw error
        }
        var plan = RolloutPlanner.plan(snapshot)
        let performer = PlanPerformer(client: client, caches: caches, rollout: rollout, router: router)
        do {
            for action in plan.actions { try await performer.perform(action, &plan.status) }
        } catch let error as RolloutsError {
            // What is missing may come; until then people have to see why nothing moves.
            recorder.note(.warning, "ReconciliationError", error.message, regarding: .init(rollout))
            throw error
        }
        if plan.status.forecast.isEmpty, plan.status.currentStepIndex == 0, !plan.status.isFullyPromoted,
            !plan.status.stableHash.isEmpty
        {
            plan.status.forecast = await JudgeForecast(client: client, fetcher: fetcher, timeline: timeline)
                .sentences(for: rollout, snapshot.specification, stableHash: plan.status.stableHash)
        }
        try await write(plan.status, of: rollout, snapshot)
        for event in plan.events {
            recorder.note(
                event.isWarning ? .warning : .normal, event.reason, event.message, regarding: .init(rollout))
        }
        // Time stamps are whole seconds; a moment later they are surely past.
        return plan.wakeAfter.map { .requeue(after: $0 + .milliseconds(5)) } ?? .done
    }

    private func router(for rollout: Value) -> GatewayRouter? {
        guard let canary = RolloutSpecification(rollout).canary, let traffic = canary.traffic,
            let canaryService = canary.canaryService, let stableService = canary.stableService
        else { return nil }
        let routes = traffic.httpRoutes.map { name in
            (name, caches.routes[ObjectKey(namespace: rollout.metadata.namespace, name: name)]?.value)
        }
        return GatewayRouter(
            client: client, routes: routes, canaryService: canaryService, stableService: stableService,
            maximumWeight: traffic.maximumWeight)
    }

    /// Writes the status where it differs from the one the plan was made from; a change in between is a conflict, and
    /// the plan is made anew.
    private func write(_ status: RolloutStatus, of rollout: Value, _ snapshot: RolloutSnapshot) async throws {
        let written = status.write(into: rollout["status"])
        guard written != rollout["status"] else { return }
        var object = rollout
        object["status"] = written
        try await client.update(
            Rollout.resource, object, namespace: rollout.metadata.namespace, subresource: "status")
    }
}
