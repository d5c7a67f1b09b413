import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// A rollout of real pods on a cluster that it shares with others, and what people do with it.
struct Story: Sendable {
    let client: KubeClient
    /// Of the rollout; the names of what belongs to it begin with it.
    let name: String
    /// The URL of the cluster's gateway.
    let gateway: String

    static let hashLabel = "rollouts-pod-template-hash"
    static let revisionAnnotation = "rollout.argoproj.io/revision"

    // MARK: What people do

    func apply(_ yaml: String) async throws {
        let mapper = RESTMapper(client)
        for document in try YAML.parse(yaml) where !document.isNull {
            let kind = GroupVersionKind(apiVersion: document.apiVersion, kind: document.kind)
            let mapping = try await mapper.mapping(for: kind)
            try await client.apply(
                mapping.resource, document, namespace: "default", fieldManager: "test", force: true)
        }
    }

    func patch(_ yaml: String) async throws {
        let change = try #require(try YAML.parse(yaml).first)
        try await client.patch(Rollout.resource, name, namespace: "default", .merge(change))
    }

    /// Asks for another version of the server.
    func update(_ version: Int) async throws {
        try await patch(
            "spec: {template: {metadata: {annotations: {version: \"\(version)\"}, labels: {rev: v\(version)}}}}"
        )
    }

    func order(_ order: RolloutOrder) async throws {
        let rollout = try await client.get(Rollout.resource, name, namespace: "default")
        for change in try order.changes(of: rollout) {
            try await client.patch(
                Rollout.resource, name, namespace: "default", .merge(change.patch),
                subresource: change.subresource)
        }
    }

    // MARK: What comes of it

    /// Waits until the rollout is in a phase, and all else that a story says of it.
    @discardableResult
    func wait(
        _ phase: String, step: Int? = nil, pods: [Int: Int] = [:],
        until holds: @escaping @Sendable (Value) -> Bool = { _ in true }
    ) async throws -> Value {
        let rollout = try await client.wait(
            for: name, of: Rollout.resource, "\(phase) \(step.map { "at step \($0)" } ?? "") \(pods)",
            within: .seconds(300)
        ) { rollout in
            let status = rollout["status"] ?? .null
            return status["observedGeneration"]?.stringValue == String(rollout.metadata.generation)
                && status["phase"]?.stringValue == phase
                && (step == nil || status["currentStepIndex"]?.integerValue == step.map { Int64($0) })
                && holds(status)
        }
        for (revision, count) in pods { try await wait(for: revision, pods: count) }
        return rollout["status"] ?? .null
    }

    /// Waits until a revision has so many real pods, not counting those that are on their way out.
    private func wait(for revision: Int, pods count: Int) async throws {
        let set = try #require(try await replicaSet(revision), "\(name) has no revision \(revision)")
        let hash = set.metadata.labels[Self.hashLabel] ?? ""
        try await client.wait(
            for: set.metadata.name, of: .replicaSets, "of \(count) pods", within: .seconds(300)
        ) { $0["status", "replicas"]?.integerValue ?? 0 == Int64(count) }
        let pods = try await client.listAll(
            .pods, namespace: "default", selection: Selection(labels: "\(Self.hashLabel)=\(hash)"))
        let present = pods.count { !$0.metadata.isDeleting && $0["status", "phase"] != "Failed" }
        #expect(present == count, "\(name): pods of revision \(revision)")
    }

    func replicaSet(_ revision: Int) async throws -> Value? {
        try await client.listAll(.replicaSets, namespace: "default").first {
            $0.metadata.controller?.name == name
                && $0.metadata.annotations[Self.revisionAnnotation] == String(revision)
        }
    }

    /// The revision that a service leads to.
    func revision(behind service: String) async throws -> Int? {
        let service = try await client.get(.services, "\(name)-\(service)", namespace: "default")
        guard let hash = service["spec", "selector", Self.hashLabel]?.stringValue else { return nil }
        let set = try await client.get(.replicaSets, "\(name)-\(hash)", namespace: "default")
        return set.metadata.annotations[Self.revisionAnnotation].flatMap { Int($0) }
    }

    /// Waits until the rollout's runs of a purpose are so many and of these phases.
    func wait(runs purpose: String, _ phases: [String]) async throws {
        let sees: @Sendable () async throws -> [Value] = {
            try await client.listAll(Analysis.runs, namespace: "default").filter {
                $0.metadata.controller?.name == name && $0.metadata.labels["rollout-type"] == purpose
            }
        }
        for run in try await sees() {
            try await client.wait(
                for: run.metadata.name, of: Analysis.runs, "one of \(phases)", within: .seconds(300)
            ) { phases.contains($0["status", "phase"]?.stringValue ?? "") }
        }
        let found = try await sees().map { $0["status", "phase"]?.stringValue ?? "" }
        #expect(found.sorted() == phases.sorted(), "\(name): runs of purpose \(purpose)")
    }

    /// The weights of the route's backends, in their order.
    func weights() async throws -> [Int64] {
        let route = try await client.get(GatewayAPI.httpRoutes.resource, name, namespace: "default")
        return (route["spec", "rules"]?[0]?["backendRefs"]?.arrayValue ?? []).map {
            $0["weight"]?.integerValue ?? 1
        }
    }
}
