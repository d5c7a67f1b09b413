import AsyncHTTPClient
import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Logging
import Manifest
import Rollouts
import Testing

/// An embedded API server with the rollout controllers, and ReplicaSets whose pods come up by themselves.
struct RolloutWorld: Sendable {
    let client: KubeClient
    let server: APIServer
    static let namespace = "default"

    /// Runs a body in a world of its own.
    ///
    /// - Parameter referenceGrace: none by default, so that what is missing is told at once.
    static func with(
        referenceGrace: Duration = .zero,
        availability: @escaping @Sendable (Value) -> Bool = { _ in true },
        _ body: @escaping @Sendable (RolloutWorld) async throws -> Void
    ) async throws {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            let world = RolloutWorld(client: client, server: server)
            try await client.install(RolloutControllers.definitions + [GatewayAPI.httpRoutes])
            var settings = RolloutControllers.Settings()
            settings.referenceGrace = referenceGrace
            let controllers = RolloutControllers(
                client, http: HTTPClient.shared, settings: settings, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await controllers.run() }
                group.addTask { await world.playReplicaSets(availability) }
                group.addTask { await world.playGateway() }
                try await body(world)
                group.cancelAll()
            }
        }
    }

    // MARK: What a cluster does

    /// Does what the ReplicaSet controller and a node do: pods come and are available where they may be.
    private func playReplicaSets(_ availability: @escaping @Sendable (Value) -> Bool) async {
        let cache = WatchCache(client, .replicaSets, namespace: nil, mode: .full, logger: .silent)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            group.addTask {
                for await event in cache.subscribe() {
                    if case .deleted = event { continue }
                    guard let set = event.object.value else { continue }
                    let wanted = set["spec", "replicas"] ?? 1
                    let available = availability(set) ? wanted : 0
                    let status: Value = [
                        "replicas": wanted, "readyReplicas": available, "availableReplicas": available,
                        "observedGeneration": .integer(set.metadata.generation),
                    ]
                    if set["status", "availableReplicas"] ?? 0 == available,
                        set["status", "replicas"] ?? 0 == wanted,
                        set["status", "observedGeneration"]?.integerValue == set.metadata.generation
                    {
                        continue
                    }
                    _ = try? await client.patch(
                        .replicaSets, set.metadata.name, namespace: set.metadata.namespace,
                        .merge(["status": status]), subresource: "status")
                }
            }
        }
    }

    /// Does what a gateway does: takes up every route as it stands.
    private func playGateway() async {
        let routes = GatewayAPI.httpRoutes.resource
        let cache = WatchCache(client, routes, namespace: nil, mode: .full, logger: .silent)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            group.addTask {
                for await event in cache.subscribe() {
                    if case .deleted = event { continue }
                    guard let route = event.object.value else { continue }
                    let generation = Value.integer(route.metadata.generation)
                    let seen = route["status", "parents"]?[0]?["conditions"]?[0]?["observedGeneration"]
                    if seen == generation { continue }
                    let parent: Value = [
                        "controllerName": "test", "parentRef": ["name": "gateway"],
                        "conditions": [
                            [
                                "type": "Accepted", "status": "True", "reason": "Accepted", "message": "",
                                "observedGeneration": generation,
                                "lastTransitionTime": "2026-01-01T00:00:00Z",
                            ]
                        ],
                    ]
                    _ = try? await client.patch(
                        routes, route.metadata.name, namespace: route.metadata.namespace,
                        .merge(["status": ["parents": [parent]]]), subresource: "status")
                }
            }
        }
    }

    // MARK: What people do

    func apply(_ yaml: String) async throws {
        let mapper = RESTMapper(client)
        for document in try YAML.parse(yaml) where !document.isNull {
            let kind = GroupVersionKind(apiVersion: document.apiVersion, kind: document.kind)
            let mapping = try await mapper.mapping(for: kind)
            try await client.apply(
                mapping.resource, document, namespace: mapping.isNamespaced ? Self.namespace : nil,
                fieldManager: "test", force: true)
        }
    }

    func patch(_ name: String, _ change: Value, subresource: String? = nil) async throws {
        try await client.patch(
            Rollout.resource, name, namespace: Self.namespace, .merge(change), subresource: subresource)
    }

    func setImage(_ name: String, _ image: String) async throws {
        let rollout = try await client.get(Rollout.resource, name, namespace: Self.namespace)
        var containers = rollout["spec", "template", "spec", "containers"]?.arrayValue ?? []
        containers[0]["image"] = .string(image)
        try await patch(name, ["spec": ["template": ["spec": ["containers": .array(containers)]]]])
    }

    /// Waits until a rollout's status is as a test wants it.
    @discardableResult
    func wait(
        _ name: String, _ what: String, until holds: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        try await client.wait(for: name, of: Rollout.resource, namespace: Self.namespace, what) {
            Self.isCurrent($0) && holds($0["status"] ?? .null)
        }
    }

    @discardableResult
    func wait(_ name: String, phase: String) async throws -> Value {
        try await wait(name, phase) { $0["phase"]?.stringValue == phase }
    }

    /// A status is of the object as it stands once its generation has been observed.
    private static func isCurrent(_ object: Value) -> Bool {
        object["status", "observedGeneration"]?.stringValue == String(object.metadata.generation)
    }

    /// Waits until an object is there no more.
    func waitUntilGone(_ resource: GroupVersionResource, _ name: String) async throws {
        let stream = try await client.watch(
            resource, namespace: Self.namespace, selection: Selection(fields: "metadata.name=\(name)"),
            from: .withInitialEvents)
        do {
            // The watch has begun, so that it tells whatever happens from here on.
            _ = try await client.get(resource, name, namespace: Self.namespace)
            for try await event in stream {
                if case .deleted = event { return }
            }
        } catch let error as APIError where error.isNotFound {}
    }

    func replicaSets() async throws -> [Value] {
        try await client.listAll(.replicaSets, namespace: Self.namespace)
    }
}
