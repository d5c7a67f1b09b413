import KubeClient
import KubeModel
import Logging
import Manifest

/// Brings one service's releases through its environments.
struct LineReconciler: Reconciler {
    let reader: FactsReader
    let writer: PromotionWriter
    let performer: LinePerformer
    let applications: ApplicationMaker
    let memory: PromotionMemory
    let caches: PromotionCaches
    let retryInterval: Duration
    let timeline: Timeline
    let logger: Logger

    /// How often everything is looked at again within one call, because something came of what was done.
    private static let rounds = 12

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let delivery = caches.deliveries[key]?.value, !delivery.metadata.isDeleting else {
            memory.forget(key.name)
            try await performer.closePullRequests(of: key.name, but: [])
            return .done
        }
        let spec: DeliverySpec
        do {
            spec = try ValueDecoder().decode(DeliverySpec.self, from: delivery["spec"] ?? .emptyObject)
        } catch {
            return try await refuse(key.name, "\(error)")
        }
        // One without environments stands for a file that could not be read, whose condition says why.
        if spec.environments.isEmpty { return .done }
        let faults = DeliveryRules.faults(of: spec, service: key.name)
        guard faults.isEmpty else {
            let lines = faults.map { "\(YAMLPath(steps: $0.path)): \($0.message)" }
            return try await refuse(key.name, lines.joined(separator: "\n"))
        }
        let conventions = DeliveryConventions(service: key.name, spec)
        memory.enter(conventions)
        return try await work(conventions, delivery)
    }

    private func refuse(_ service: String, _ message: String) async throws -> ReconcileResult {
        let now = timeline.date
        try await writer.change(service) { object in
            var conditions = object.conditions
            conditions.set(
                Condition(type: "Valid", status: .isFalse, reason: "SpecInvalid", message: message),
                generation: object.metadata.generation, now: now)
            object.conditions = conditions
        }
        return .done
    }

    private func work(_ conventions: DeliveryConventions, _ delivery: Value) async throws -> ReconcileResult {
        var state = try await writer.read(delivery)
        // What has come meanwhile of promotions that were being written. Were it lost here, git would tell.
        let ends = performer.desk.events(of: conventions.service)
        if !ends.isEmpty {
            for end in ends { _ = state.handle(end) }
            try await writer.write(state, of: delivery, conventions)
        }
        for _ in 0..<Self.rounds {
            var facts = try await reader.read(conventions, state)
            try await applications.make(conventions, &facts)
            let before = state
            let actions = state.handle(.looked(facts))
            // Written down before anything is done about it.
            if state != before || writer.isBehind(state) {
                try await writer.write(state, of: delivery, conventions)
            }
            var isChanged = state != before
            for action in actions {
                guard
                    let event = try await performer.perform(action, conventions, state, delivery: delivery)
                else { continue }
                _ = state.handle(event)
                isChanged = true
                try await writer.write(state, of: delivery, conventions)
            }
            guard isChanged else {
                try await performer.closePullRequests(
                    of: conventions.service,
                    but: conventions.spec.environments.filter(\.showsPullRequests).map(\.name))
                let pauseEnds = try await performer.pause.settle(conventions, state, facts)
                return result(actions, state, pauseEnds, now: timeline.date)
            }
        }
        // Something keeps changing; others have their turn first.
        return .requeue(after: .milliseconds(200))
    }

    /// Reasons that no event ends: what could not be found out is asked for again.
    private static let asked: Set<String> = [
        "SignatureRefused", "SignatureUnknown", "AuthorsUnknown", "SmokeTestFailed",
    ]

    private func result(
        _ actions: [LineAction], _ state: LineState, _ pauseEnds: Timestamp?, now: Timestamp
    ) -> ReconcileResult {
        var moments = pauseEnds.map { [$0] } ?? []
        for action in actions {
            if case .wake(let moment) = action { moments.append(moment) }
        }
        var delays = moments.map { max($0.duration(since: now), .milliseconds(20)) }
        let reasons =
            state.records.compactMap(\.status.blocker?.reason) + state.places.compactMap(\.blocker?.reason)
        if !Self.asked.isDisjoint(with: reasons) { delays.append(retryInterval) }
        return delays.min().map { .requeue(after: $0) } ?? .done
    }
}
