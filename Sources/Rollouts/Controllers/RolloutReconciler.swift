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
    let referenceGrace: Duration

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let rollout = caches.rollouts[key]?.value else {
            // Its services outlive it, and have to find the pods of whatever comes after it.
            for service in caches.services(managedBy: key.name, in: key.namespace) {
                try await PlanPerformer.release(service, in: key.namespace, client)
            }
            return .done
        }
        guard !rollout.metadata.isDeleting else { return .done }
        let router = router(for: rollout)
        let snapshot = SnapshotReader(caches: caches, referenceGrace: referenceGrace).snapshot(
            of: rollout, now: timeline.date, router: router)
        var plan = RolloutPlanner.plan(snapshot)
        var performer = PlanPerformer(client: client, caches: caches, rollout: rollout, router: router)
        let fault = try await perform(&plan, by: &performer, on: rollout)
        if isBeginning(plan.status, snapshot.status) {
            plan.status.forecast = await JudgeForecast(client: client, fetcher: fetcher, timeline: timeline)
                .sentences(for: rollout, snapshot.specification, plan.status)
        }
        try await write(plan.status, of: performer.rollout, before: rollout["status"])
        for event in plan.events where !event.isOfAction { note(event, on: rollout) }
        if let fault { throw fault }
        // Time stamps are whole seconds; a moment later they are surely past.
        return plan.wakeAfter.map { .requeue(after: $0 + .milliseconds(5)) } ?? .done
    }

    /// Performs a plan's actions, and answers why an analysis could not begin, nil where all did.
    ///
    /// Such an analysis holds back what waits for it and nothing else: pods are scaled and traffic is taken back
    /// whatever its template lacks.
    private func perform(
        _ plan: inout RolloutPlan, by performer: inout PlanPerformer, on rollout: Value
    ) async throws -> (any Error)? {
        var fault: (any Error)?
        do {
            for action in plan.actions {
                do {
                    try await performer.perform(action, &plan.status)
                } catch  where action.isStartOfRun {
                    try Task.checkCancellation()
                    fault = fault ?? error
                }
            }
        } catch let error as RolloutsError {
            tell(error, on: rollout)
            throw error
        }
        if let fault = fault as? RolloutsError { tell(fault, on: rollout) }
        for event in plan.events where event.isOfAction { note(event, on: rollout) }
        return fault
    }

    /// What is missing may come; until then people have to see why nothing moves.
    private func tell(_ error: RolloutsError, on rollout: Value) {
        recorder.note(.warning, "ReconciliationError", error.message, regarding: .init(rollout))
    }

    private func note(_ event: RolloutPlan.Event, on rollout: Value) {
        recorder.note(
            event.isWarning ? .warning : .normal, event.reason, event.message, regarding: .init(rollout))
    }

    /// Whether the pass begins an update: the one time that a forecast is made, before anything moves.
    private func isBeginning(_ next: RolloutStatus, _ before: RolloutStatus) -> Bool {
        guard next.currentStepIndex == 0, !next.isFullyPromoted, !next.stableHash.isEmpty else {
            return false
        }
        return next.currentHash != before.currentHash || next.currentStepHash != before.currentStepHash
    }

    private func router(for rollout: Value) -> GatewayRouter? {
        guard let canary = RolloutSpecification(rollout).canary, let traffic = canary.traffic,
            let canaryService = canary.canaryService, let stableService = canary.stableService
        else { return nil }
        let routes = traffic.httpRoutes.map { name in
            (name, caches.routes[ObjectKey(namespace: rollout.metadata.namespace, name: name)]?.value)
        }
        let named = Set(RolloutCaches.services(of: rollout))
        let former = caches.services(managedBy: rollout.metadata.name, in: rollout.metadata.namespace)
            .filter { !named.contains($0) }
        return GatewayRouter(
            client: client, routes: routes, canaryService: canaryService, stableService: stableService,
            baselineService: canary.baselineService, formerServices: former,
            maximumWeight: traffic.maximumWeight)
    }

    /// Writes the status where it differs from the one the plan was made from; a change in between is a conflict, and
    /// the plan is made anew.
    private func write(_ status: RolloutStatus, of rollout: Value, before: Value?) async throws {
        let written = status.write(into: before)
        guard written != before else { return }
        var object = rollout
        object["status"] = written
        try await client.update(
            Rollout.resource, object, namespace: rollout.metadata.namespace, subresource: "status")
    }
}
