import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Logging
import Manifest
import TestSupport
import Testing

/// The client against the embedded API server.
@Suite struct ServerTests {
    private static func configMap(_ name: String, _ value: String = "1") -> Value {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": "default"], "data": ["value": .string(value)],
        ]
    }

    /// One conversation, whatever carries it.
    private static func converse(_ client: KubeClient) async throws {
        let created = try await client.create(.configMaps, configMap("a"), namespace: "default")
        #expect(created.metadata.uid.isEmpty == false)
        await #expect(throws: APIError.self) {
            try await client.create(.configMaps, configMap("a"), namespace: "default")
        }
        var changed = try await client.get(.configMaps, "a", namespace: "default")
        changed["data", "value"] = "2"
        try await client.update(.configMaps, changed, namespace: "default")
        let conflict = await #expect(throws: APIError.self) {
            try await client.update(.configMaps, changed, namespace: "default")
        }
        #expect(conflict?.isConflict == true)
        var apply = configMap("a", "3")
        let owned = await #expect(throws: APIError.self) {
            try await client.apply(.configMaps, apply, namespace: "default", fieldManager: "me")
        }
        #expect(owned?.isConflict == true)
        try await client.apply(.configMaps, apply, namespace: "default", fieldManager: "me", force: true)
        apply["metadata", "name"] = "b"
        var dryRun = WriteOptions()
        dryRun.isDryRun = true
        try await client.apply(
            .configMaps, apply, namespace: "default", fieldManager: "me", options: dryRun)
        let missing = await #expect(throws: APIError.self) {
            try await client.get(.configMaps, "b", namespace: "default")
        }
        #expect(missing?.isNotFound == true)
        let patched = try await client.patch(
            .configMaps, "a", namespace: "default", .merge(["data": ["more": "yes"]]))
        #expect(patched["data"] == ["value": "3", "more": "yes"])
        let metadata = try await client.list(.configMaps, namespace: "default", form: .metadata)
        #expect(metadata.items.allSatisfy { $0["data"] == nil && $0.kind == "PartialObjectMetadata" })
        try await client.delete(.configMaps, "a", namespace: "default")
        #expect(
            try await client.listAll(.configMaps, namespace: "default").contains { $0.metadata.name == "a" }
                == false)
    }

    @Test func `all verbs work in the same process`() async throws {
        try await withServer { server in
            try await Self.converse(KubeClient(InProcessTransport(server)))
        }
    }

    @Test func `all verbs and watches work over a socket`() async throws {
        try await withServer { server in
            let ports = AsyncStream<Int>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                let listener = HTTPListener(server, logger: .silent) { ports.continuation.yield($0) }
                group.addTask { try await listener.run() }
                var opened = ports.stream.makeAsyncIterator()
                let port = try #require(await opened.next())
                var configuration = ClientConfiguration(
                    server: ServerAddress(isSecure: false, host: "127.0.0.1", port: port))
                configuration.credential = .token(adminToken)
                try await HTTPTransport.withTransport(configuration) { transport in
                    let client = KubeClient(transport)
                    try await Self.converse(client)
                    let version = try await client.list(.configMaps, namespace: "default").resourceVersion
                    try await client.create(.configMaps, Self.configMap("seen"), namespace: "default")
                    let events = try await client.watch(
                        .configMaps, namespace: "default", from: .after(version))
                    for try await event in events {
                        guard case .added(let object) = event else { continue }
                        #expect(object.metadata.name == "seen")
                        break
                    }
                }
                group.cancelAll()
                try? await group.waitForAll()
            }
        }
    }

    @Test(arguments: [false, true])
    func `a cache follows random writes over lost connections to what a list shows`(
        streams: Bool
    ) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var configuration = APIServer.Configuration.testing
        configuration.history = HistoryLimits(events: 40)
        try await withServer(configuration) { server in
            let client = KubeClient(InProcessTransport(server))
            var shaky = KubeClient(UnreliableTransport(InProcessTransport(server), seed: seed, rate: 15))
            shaky.settings.retry.backoff = Backoff(base: .microseconds(100), maximum: .milliseconds(1))
            var options = WatchCache.Options()
            options.pageSize = 10
            options.streamsLists = streams
            options.backoff = Backoff(base: .microseconds(100), maximum: .milliseconds(2))
            let cache = WatchCache(
                shaky, .configMaps, namespace: "default", mode: .raw, indexes: [.label("parity")],
                options: options, logger: .silent)
            let mirror = Recorder<[String: String]>([:])
            try await withThrowingTaskGroup(of: Void.self) { group in
                let events = cache.subscribe()
                group.addTask { await cache.run() }
                group.addTask {
                    for await event in events {
                        mirror.withLock { mirror in
                            if case .deleted(let object) = event {
                                mirror[object.key.name] = nil
                            } else {
                                mirror[event.key.name] = event.object.resourceVersion
                            }
                        }
                    }
                }
                var random = SeededGenerator(seed: seed)
                for step in 0..<1_000 {
                    var object = Self.configMap("c\(Int.random(in: 0..<60, using: &random))", "\(step)")
                    object.metadata.labels["parity"] = step.isMultiple(of: 2) ? "even" : "odd"
                    if Int.random(in: 0..<3, using: &random) == 0 {
                        _ = try? await client.delete(
                            .configMaps, object.metadata.name, namespace: "default")
                    } else {
                        try await client.apply(
                            .configMaps, object, namespace: "default", fieldManager: "test", force: true)
                    }
                }
                let final = try await client.listAll(.configMaps, namespace: "default")
                let wanted = Dictionary(
                    uniqueKeysWithValues: final.map { ($0.metadata.name, $0.metadata.resourceVersion) })
                let patience = ContinuousClock.now.advanced(by: .seconds(60))
                while mirror.value != wanted, ContinuousClock.now < patience {
                    try await Task.sleep(for: .milliseconds(1))
                }
                #expect(mirror.value == wanted, "seed \(seed)")
                for object in final {
                    #expect(cache[ObjectKey(object)]?.value == object, "seed \(seed)")
                }
                let even = final.filter { $0.metadata.labels["parity"] == "even" }
                #expect(
                    Set(cache.objects(index: "label:parity", value: "even").map(\.key))
                        == Set(even.map { ObjectKey($0) }), "seed \(seed)")
                group.cancelAll()
            }
        }
    }

    @Test func `of two candidates one leads and the other takes over`() async throws {
        try await withServer { server in
            let clock = ManualClock()
            let client = KubeClient(InProcessTransport(server), timeline: clock.timeline)
            let leaders = Recorder<[String]>([])
            func candidate(_ name: String) -> Task<Void, any Error> {
                Task {
                    try await LeaderElector(
                        client, lease: "main", namespace: "default", identity: name, logger: .silent
                    ).run {
                        leaders.withLock { $0.append(name) }
                        try await clock.sleep(until: .init(offset: .seconds(1_000_000)), tolerance: nil)
                    }
                }
            }
            let first = candidate("a")
            while leaders.value != ["a"] { await Task.yield() }
            let second = candidate("b")
            await clock.waitForSleepers(3)
            first.cancel()
            _ = await first.result
            while leaders.value != ["a", "b"] {
                // A period at a time, and then time to act on it.
                clock.advance(by: .seconds(3))
                for _ in 0..<10_000 where leaders.value != ["a", "b"] { await Task.yield() }
            }
            let lease = try await KubeClient(InProcessTransport(server)).get(
                .leases, "main", namespace: "default")
            #expect(LeaseRecord(lease: lease).holder == "b")
            #expect(LeaseRecord(lease: lease).transitions == 1)
            second.cancel()
            _ = await second.result
        }
    }

    @Test func `kinds of a definition are found as soon as it is there`() async throws {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            let mapper = RESTMapper(client, recheckInterval: .zero)
            let kind = GroupVersionKind(group: "example.com", version: "v1", kind: "Widget")
            await #expect(throws: KubeClientError.self) { try await mapper.mapping(for: kind) }
            try await client.create(
                .customResourceDefinitions,
                [
                    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                    "metadata": ["name": "widgets.example.com"],
                    "spec": [
                        "group": "example.com", "scope": "Namespaced",
                        "names": ["plural": "widgets", "singular": "widget", "kind": "Widget"],
                        "versions": [
                            [
                                "name": "v1", "served": true, "storage": true,
                                "schema": ["openAPIV3Schema": ["type": "object"]],
                            ]
                        ],
                    ],
                ], namespace: nil)
            var mapping: RESTMapping?
            while mapping == nil { mapping = try? await mapper.mapping(for: kind) }
            #expect(mapping?.resource.resource == "widgets")
            #expect(mapping?.isNamespaced == true)
            #expect(
                try await mapper.mapping(for: GroupKind(group: "apps", kind: "Deployment")).resource
                    == .deployments)
        }
    }

    @Test func `events are stored as they are written`() async throws {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            let recorder = EventRecorder(client, component: "test", instance: "1", logger: .silent)
            let subject = EventNote.Reference(
                kind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"),
                key: ObjectKey(namespace: "default", name: "a"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await recorder.run() }
                for _ in 0..<3 { recorder.note(.warning, "Tried", "and failed", regarding: subject) }
                var events: [Value] = []
                while events.first?["count"] != 3 {
                    events = try await client.listAll(.events, namespace: "default")
                }
                #expect(events.count == 1)
                #expect(events.first?["involvedObject", "name"] == "a")
                group.cancelAll()
            }
        }
    }
}
