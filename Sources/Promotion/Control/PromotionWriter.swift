import KubeClient
import KubeModel
import Manifest

/// Writes states down: into the Delivery's status, and as Promotion objects.
struct PromotionWriter {
    let client: KubeClient
    let settings: PromotionSettings
    let caches: PromotionCaches
    let memory: PromotionMemory

    private static let attempts = 10

    /// The state that was last written down for a delivery.
    func read(_ delivery: Value) async throws -> LineState {
        let service = delivery.metadata.name
        if let known = memory.state(of: service, uid: delivery.metadata.uid) { return known }
        // From the server, as a cache may not show yet what another process wrote last.
        let fresh = try await client.get(.deliveries, service, namespace: settings.namespace)
        guard let notes = fresh["status", "state"], notes.objectValue != nil,
            let state = try? ValueDecoder().decode(LineState.self, from: notes), state.service == service
        else { return LineState(service: service) }
        return state
    }

    /// Writes a state down, the Delivery first: what it says is done again after a crash.
    func write(_ state: LineState, of delivery: Value, _ conventions: DeliveryConventions) async throws {
        let pulls = openPullRequests
        let view = DeliveryView(conventions: conventions, state: state, pullRequests: pulls)
        let environments = try ValueEncoder().encode(view.environments)
        let notes = try ValueEncoder().encode(state)
        try await change(delivery.metadata.name) { object in
            object["status", "environments"] = environments
            object["status", "summary"] = .string(view.summary)
            object["status", "state"] = notes
        }
        memory.keep(state, uid: delivery.metadata.uid)
        for record in shown(state, pulls) { try await write(record) }
    }

    /// Whether a Promotion is not known to be as it should be: a process that ended may not have come to write it, and
    /// a pull request may have been opened since.
    func isBehind(_ state: LineState) -> Bool {
        shown(state, openPullRequests).contains { memory.written($0.name) != $0.status }
    }

    /// The promotions as their objects tell them.
    private func shown(_ state: LineState, _ pulls: [String: String]) -> [LineState.Record] {
        state.records.map { record in
            guard record.phase == .waiting, record.status.requiredApprovals ?? 0 > 0 else {
                return record
            }
            var record = record
            record.status.pullRequest =
                pulls[
                    PromotionProposal.branch(service: state.service, environment: record.spec.environment)]
            return record
        }
    }

    /// Changes the status of a Delivery on its present state; nothing is written where nothing changes.
    func change(_ service: String, _ body: (inout Value) -> Void) async throws {
        for attempt in 1... {
            let before = try await client.get(.deliveries, service, namespace: settings.namespace)
            var object = before
            body(&object)
            guard object != before else { return }
            do {
                try await client.update(
                    .deliveries, object, namespace: settings.namespace, subresource: "status")
                return
            } catch let error as APIError where error.isConflict && attempt < Self.attempts {
                continue
            }
        }
    }

    private var openPullRequests: [String: String] {
        var open: [String: String] = [:]
        for object in caches.pullRequests(of: settings.repository) {
            guard let branch = object["spec", "source", "branch"]?.stringValue,
                PromotionProposal.service(of: branch) != nil, object["spec", "state"]?.stringValue == "Open",
                object["status", "phase"]?.stringValue != "Merged",
                object["status", "phase"]?.stringValue != "Closed"
            else { continue }
            open[branch] = object.metadata.name
        }
        return open
    }

    private func write(_ record: LineState.Record) async throws {
        guard memory.written(record.name) != record.status else { return }
        for attempt in 1... {
            do {
                var object = try await present(record)
                let status = try ValueEncoder().encode(record.status)
                if object["status"] != status {
                    object["status"] = status
                    try await client.update(
                        .promotions, object, namespace: settings.namespace, subresource: "status")
                }
                memory.note(written: record.status, record.name)
                return
            } catch let error as APIError where error.isConflict && attempt < Self.attempts {
                continue
            }
        }
    }

    private func present(_ record: LineState.Record) async throws -> Value {
        do {
            return try await client.get(.promotions, record.name, namespace: settings.namespace)
        } catch let error as APIError where error.isNotFound {
            let object: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Promotion",
                "metadata": [
                    "name": .string(record.name), "namespace": .string(settings.namespace),
                    "labels": [
                        "slipway.dev/service": .string(record.spec.service),
                        "slipway.dev/environment": .string(record.spec.environment),
                    ],
                ],
                "spec": try ValueEncoder().encode(record.spec),
            ]
            return try await client.create(.promotions, object, namespace: settings.namespace)
        }
    }
}
