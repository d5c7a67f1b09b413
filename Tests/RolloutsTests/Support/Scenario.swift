import AsyncHTTPClient
import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Rollouts
import Testing

/// A rollout `web` on an API server of its own, played by the controllers as they are: time stands still until a test
/// lets it pass, and pods, jobs and the gateway do only what the test says.
struct Scenario: Sendable {
    let world: RolloutWorld
    let clock: StandingClock
    let nodes: SimulatedNodes

    var client: KubeClient { world.client }
    static let namespace = RolloutWorld.namespace

    /// Plays a story that begins with these manifests.
    static func play(
        _ manifests: String..., startsPods: Bool = true,
        _ body: @escaping @Sendable (Scenario) async throws -> Void
    ) async throws {
        let clock = StandingClock()
        var configuration = APIServer.Configuration.testing
        configuration.clock = clock.serverClock
        try await withServer(configuration) { server in
            let client = KubeClient(InProcessTransport(server))
            let scenario = Scenario(
                world: RolloutWorld(client: client, server: server), clock: clock,
                nodes: SimulatedNodes(client, clock))
            scenario.nodes.startPods(startsPods)
            try await client.install(RolloutControllers.definitions + [GatewayAPI.httpRoutes])
            var settings = RolloutControllers.Settings()
            settings.referenceGrace = .zero
            settings.timeline = clock.timeline
            let controllers = RolloutControllers(
                client, http: HTTPClient.shared, settings: settings, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await controllers.run() }
                for manifest in manifests { try await scenario.world.apply(manifest) }
                try await body(scenario)
                group.cancelAll()
            }
        }
    }

    // MARK: What people do

    func apply(_ yaml: String) async throws { try await world.apply(yaml) }

    /// Merges a change into the rollout; a moment passes, so that versions are told apart by their age.
    func change(_ yaml: String) async throws {
        clock.pass(.seconds(1))
        let patch = try #require(try YAML.parse(yaml).first)
        try await client.patch(Rollout.resource, "web", namespace: Self.namespace, .merge(patch))
    }

    /// Asks for another version of the template, and for what else a change says.
    func update(_ version: Int, _ more: String = "{}") async throws {
        var patch = try #require(try YAML.parse(more).first)
        patch["spec", "template", "metadata", "annotations", "version"] = .string(String(version))
        clock.pass(.seconds(1))
        try await client.patch(Rollout.resource, "web", namespace: Self.namespace, .merge(patch))
    }

    func scale(_ replicas: Int) async throws { try await change("spec: {replicas: \(replicas)}") }

    /// Does what `slipway rollout` does for an order.
    func order(_ order: RolloutOrder) async throws {
        let rollout = try await client.get(Rollout.resource, "web", namespace: Self.namespace)
        for change in try order.changes(of: rollout) {
            try await client.patch(
                Rollout.resource, "web", namespace: Self.namespace, .merge(change.patch),
                subresource: change.subresource)
        }
    }

    /// Asks for an abort where there is nothing to abort, as `kubectl argo rollouts` does.
    func abortAnyway() async throws {
        try await world.patch("web", ["status": ["abort": true]], subresource: "status")
    }

    /// Asks for the template of an earlier revision.
    func undo(to revision: Int) async throws {
        clock.pass(.seconds(1))
        var template = try #require(try await state().replicaSet(revision)?["spec", "template"])
        template["metadata", "labels", ScenarioState.hashLabel] = nil
        try await client.patch(
            Rollout.resource, "web", namespace: Self.namespace,
            .json([["op": "replace", "path": "/spec/template", "value": template]]))
    }

    /// Makes so many more pods of a revision ready.
    func markReady(_ revision: Int, _ count: Int64) async throws {
        let set = try #require(try await state().replicaSet(revision))
        nodes.markReady(set.metadata.name, count)
    }

    /// Lets time pass.
    func pass(_ seconds: Int) { clock.pass(.seconds(seconds)) }

    // MARK: What comes of it

    func state() async throws -> ScenarioState {
        ScenarioState(
            rollout: try await client.get(Rollout.resource, "web", namespace: Self.namespace),
            replicaSets: try await client.listAll(.replicaSets, namespace: Self.namespace),
            services: try await client.listAll(.services, namespace: Self.namespace),
            routes: try await client.listAll(GatewayAPI.httpRoutes.resource, namespace: Self.namespace),
            runs: try await client.listAll(Analysis.runs, namespace: Self.namespace))
    }

    /// Lets nodes, jobs and the gateway do what is due; answers whether there was something.
    private func workNodes(_ state: ScenarioState) async throws -> Bool {
        var isAtWork = false
        for set in state.replicaSets where try await nodes.play(set) { isAtWork = true }
        for route in state.routes where try await nodes.accept(route) { isAtWork = true }
        guard !state.runs.isEmpty else { return isAtWork }
        for job in try await client.listAll(.jobs, namespace: Self.namespace)
        where try await nodes.play(job: job) {
            isAtWork = true
        }
        return isAtWork
    }

    /// Lets everybody work until all is as expected and stays so, without any time passing.
    ///
    /// - Parameter pods: of revisions.
    @discardableResult
    func reach(
        _ phase: String, pods: [Int: Int] = [:], step: Int? = nil, _ what: String = "",
        until holds: @escaping @Sendable (ScenarioState) -> Bool = { _ in true }
    ) async throws -> ScenarioState {
        var last: ScenarioState?
        var quiet = 0
        for _ in 0..<400 {
            let state = try await state()
            let settled = state.settled
            let isAtWork = try await workNodes(state)
            try await awaitMeasurements(state)
            quiet = settled == last && !isAtWork ? quiet + 1 : 0
            last = settled
            let isReached =
                state.phase == phase && pods.allSatisfy { state.pods($0.key) == $0.value }
                && (step == nil || state.step == step) && holds(state)
            if quiet >= (isReached ? 1 : 40) {
                if isReached { return state }
                let wanted = "\(phase) \(pods) \(step.map { "step \($0)" } ?? "") \(what)"
                throw WaitFailure("did not become \(wanted):\n\(state)")
            }
            try await awaitLook()
        }
        throw WaitFailure("does not come to rest:\n\(try await state())")
    }

    /// Waits until the rollout has been looked at once more, at the time that it is now.
    ///
    /// A field that says nothing to it is changed, whose generation it then has seen.
    private func awaitLook() async throws {
        let limit = Value.integer(Int64.random(in: 1_000...1_000_000_000))
        let changed = try await client.patch(
            Rollout.resource, "web", namespace: Self.namespace,
            .merge(["spec": ["analysis": ["successfulRunHistoryLimit": limit]]]))
        let generation = changed.metadata.generation
        try await client.wait(for: "web", of: Rollout.resource, "looked at") {
            $0["status", "observedGeneration"]?.stringValue.flatMap { Int64($0) } ?? 0 >= generation
        }
    }

    // MARK: Analysis

    /// Waits until every measurement that is due now has been taken.
    private func awaitMeasurements(_ state: ScenarioState) async throws {
        for run in state.runs {
            guard try await isDue(run) else { continue }
            // Whoever slept for it may have begun to sleep after time passed.
            let look = Value.string(String(UInt64.random(in: 0 ... .max)))
            do {
                try await client.patch(
                    Analysis.runs, run.metadata.name, namespace: Self.namespace,
                    .merge(["metadata": ["annotations": ["looked": look]]]))
            } catch let error as APIError where error.isNotFound { continue }
            let before = run["status"]
            try await client.wait(for: run.metadata.name, of: Analysis.runs, "measured") {
                $0["status"] != before
            }
        }
    }

    private func isDue(_ run: Value) async throws -> Bool {
        let status = run["status"]
        if status?["completedAt"] != nil { return false }
        if status?["phase"] == nil || run["spec", "terminate"] == true { return true }
        let results = status?["metricResults"]?.arrayValue ?? []
        for metric in run["spec", "metrics"]?.arrayValue ?? [] {
            let result = results.first { $0["name"] == metric["name"] }
            if try await isDue(metric, result ?? .null, run) { return true }
        }
        return false
    }

    private func isDue(_ metric: Value, _ result: Value, _ run: Value) async throws -> Bool {
        if ["Successful", "Failed", "Error", "Inconclusive"].contains(result["phase"]?.stringValue) {
            return false
        }
        func text(_ field: String) -> String? {
            metric[field].map { Self.resolved($0.stringValue ?? JSON.string($0), run) }
        }
        func duration(_ field: String) -> Duration? { text(field).flatMap(GoDuration.parse) }
        func time(_ text: Value?) -> Timestamp? { text?.stringValue.flatMap(Timestamp.init(rfc3339:)) }
        guard let last = result["measurements"]?.arrayValue?.last else {
            guard let start = time(run["status", "startedAt"]) else { return true }
            return start.advanced(by: duration("initialDelay") ?? .zero) <= clock.date
        }
        guard let finished = time(last["finishedAt"]) else {
            guard let job = last["metadata", "job-name"]?.stringValue else { return false }
            return try await isOver(job)
        }
        let count = text("count").flatMap { Int64($0) } ?? (metric["interval"] == nil ? 1 : nil)
        if let count, result["count"]?.integerValue ?? 0 >= count { return false }
        return finished.advanced(by: duration("interval") ?? .seconds(10)) <= clock.date
    }

    private func isOver(_ job: String) async throws -> Bool {
        do {
            let job = try await client.get(.jobs, job, namespace: Self.namespace)
            let image = job["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue
            return job["status", "conditions"] != nil || image == SimulatedNodes.absentImage
        } catch let error as APIError where error.isNotFound { return false }
    }

    /// A text of a metric with the run's arguments.
    private static func resolved(_ text: String, _ run: Value) -> String {
        var text = text
        for argument in run["spec", "args"]?.arrayValue ?? [] {
            guard let name = argument["name"]?.stringValue, let value = argument["value"]?.stringValue
            else { continue }
            text = text.replacing("{{args.\(name)}}", with: value)
        }
        return text
    }

    // MARK: Events

    /// Waits until all these reasons have been told of the rollout, each so often.
    func expectEvents(_ wanted: [String: Int]) async throws {
        let stream = try await client.watch(.events, namespace: Self.namespace, from: .withInitialEvents)
        let told = try await client.timeline.withTimeout(.seconds(180)) { () async throws -> Bool in
            for try await _ in stream {
                let counts = try await eventCounts()
                if wanted.allSatisfy({ counts[$0.key, default: 0] >= $0.value }) { return true }
            }
            return false
        }
        let counts = try await eventCounts()
        #expect(told == true, "\(counts)")
        for (reason, count) in wanted { #expect(counts[reason] == count, "\(reason): \(counts)") }
    }

    private func eventCounts() async throws -> [String: Int] {
        let events = try await client.listAll(.events, namespace: Self.namespace)
            .filter { $0["involvedObject", "kind"] == "Rollout" }
        return events.reduce(into: [:]) { counts, event in
            let count = event["count"]?.integerValue ?? event["series", "count"]?.integerValue ?? 1
            counts[event["reason"]?.stringValue ?? "", default: 0] += Int(count)
        }
    }
}
