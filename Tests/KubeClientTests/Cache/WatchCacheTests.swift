import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

@Suite struct WatchCacheTests {
    private static let collection = "/api/v1/configmaps"

    private static func object(_ name: String, _ data: String = "1", labels: Value = .emptyObject) -> Value {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": "ns", "labels": labels],
            "data": ["value": .string(data)],
        ]
    }

    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

    /// Runs the body beside a running cache; time passes only where somebody waits.
    private func withCache(
        _ api: FakeAPI, mode: CacheMode = .full, indexes: [CacheIndex] = [], streams: Bool = false,
        _ body: @escaping @Sendable (WatchCache) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        var settings = KubeClient.Settings()
        settings.requestTimeout = nil
        settings.retry = .never
        let client = KubeClient(
            api, settings: settings, timeline: clock.timeline, jitter: Jitter(SeededGenerator(seed: 7)))
        var options = WatchCache.Options()
        options.streamsLists = streams
        options.pageSize = 3
        options.idleTimeout = .seconds(1_000_000)
        let cache = WatchCache(
            client, .configMaps, namespace: nil, mode: mode, indexes: indexes, options: options,
            logger: .silent)
        try await clock.runFreely {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await cache.run() }
                try await cache.waitUntilReady()
                try await body(cache)
                group.cancelAll()
            }
        }
    }

    /// Takes events until one satisfies the predicate; answers them all.
    private func events(
        _ events: inout CacheEvents.AsyncIterator, until isLast: (CacheEvent) -> Bool
    ) async -> [String] {
        var seen: [String] = []
        while let event = await events.next() {
            switch event {
            case .added(let object): seen.append("+\(object.key.name)")
            case .modified(_, let object): seen.append("~\(object.key.name)")
            case .deleted(let object): seen.append("-\(object.key.name)")
            }
            if isLast(event) { break }
        }
        return seen
    }

    @Test(arguments: [false, true])
    func `a cache holds what there is and follows what happens`(streams: Bool) async throws {
        let api = FakeAPI()
        for number in 0..<8 { api.put(Self.collection, Self.object("c\(number)")) }
        try await withCache(api, streams: streams) { cache in
            #expect(cache.count == 8)
            var events = cache.subscribe().makeAsyncIterator()
            for _ in 0..<8 { _ = await events.next() }
            api.put(Self.collection, Self.object("new"))
            api.put(Self.collection, Self.object("c1", "2"))
            api.delete(Self.collection, "c2")
            let seen = await self.events(&events) { $0.key.name == "c2" }
            #expect(seen.suffix(3) == ["+new", "~c1", "-c2"])
            #expect(cache.count == 8)
            #expect(cache[Self.key("c2")] == nil)
            #expect(cache[Self.key("c1")]?.value?["data", "value"] == "2")
            #expect(cache[Self.key("c1")]?.uid.isEmpty == false)
        }
    }

    @Test func `a lost connection costs no event and no new list`() async throws {
        let api = FakeAPI()
        api.put(Self.collection, Self.object("a"))
        try await withCache(api) { cache in
            var events = cache.subscribe().makeAsyncIterator()
            _ = await self.events(&events) { $0.key.name == "a" }
            for number in 0..<20 {
                api.endWatches(
                    throwing: number.isMultiple(of: 2) ? KubeClientError(.connectionLost, "x") : nil)
                api.put(Self.collection, Self.object("b\(number)"))
                #expect(await self.events(&events) { _ in true } == ["+b\(number)"])
            }
            let lists = api.requests.filter { $0.parameter("watch") == nil }
            #expect(lists.count == 1)
        }
    }

    @Test(arguments: [false, true])
    func `after a relist what has gone meanwhile is told as deleted`(streams: Bool) async throws {
        let api = FakeAPI()
        for name in ["a", "b", "c", "d"] { api.put(Self.collection, Self.object(name)) }
        try await withCache(api, streams: streams) { cache in
            var events = cache.subscribe().makeAsyncIterator()
            for _ in 0..<4 { _ = await events.next() }
            // While the server cannot be reached, one object goes, one changes, one is replaced by a namesake.
            api.intercept { _ in throw KubeClientError(.unreachable, "down") }
            api.endWatches(throwing: KubeClientError(.connectionLost, "x"))
            api.delete(Self.collection, "a")
            api.put(Self.collection, Self.object("b", "2"))
            api.delete(Self.collection, "c")
            api.put(Self.collection, Self.object("c", "new"))
            api.put(Self.collection, Self.object("e"))
            api.compact()
            api.intercept(nil)
            var seen: Set<String> = []
            while seen.count < 5, let event = await events.next() {
                switch event {
                case .added(let object): seen.insert("+\(object.key.name)")
                case .modified(let old, let new):
                    #expect(old.value?["data", "value"] == "1")
                    seen.insert("~\(new.key.name)")
                case .deleted(let object): seen.insert("-\(object.key.name)")
                }
            }
            #expect(seen == ["-a", "~b", "-c", "+c", "+e"])
            #expect(Set(cache.objects.map(\.key.name)) == ["b", "c", "d", "e"])
        }
    }

    @Test func `garbage in a watch leads to a new list`() async throws {
        let api = FakeAPI()
        api.put(Self.collection, Self.object("a"))
        try await withCache(api) { cache in
            var events = cache.subscribe().makeAsyncIterator()
            _ = await events.next()
            for garbage in ["{\"type\":\"ADDED\"\n", "[]\n", "{\"type\":\"WHAT\",\"object\":{}}\n"] {
                let lists = api.requests.count { $0.parameter("watch") == nil }
                while api.watcherCount == 0 { await Task.yield() }
                api.sendRaw(garbage)
                while api.requests.count(where: { $0.parameter("watch") == nil }) == lists {
                    await Task.yield()
                }
            }
            api.put(Self.collection, Self.object("b"))
            #expect(await events.next()?.key.name == "b")
        }
    }

    @Test func `an error event that the version is too old leads to a new list`() async throws {
        let api = FakeAPI()
        api.put(Self.collection, Self.object("a"))
        try await withCache(api) { cache in
            while api.watcherCount == 0 { await Task.yield() }
            var events = cache.subscribe().makeAsyncIterator()
            _ = await events.next()
            let status = JSON.string(APIError.expired("too old resource version").status.value)
            api.sendRaw("{\"type\":\"ERROR\",\"object\":\(status)}\n")
            api.put(Self.collection, Self.object("b"))
            #expect(await events.next()?.key.name == "b")
        }
    }

    @Test func `a silent watch is begun anew from the last bookmark`() async throws {
        let api = FakeAPI()
        api.put(Self.collection, Self.object("a"))
        let clock = ManualClock()
        var settings = KubeClient.Settings()
        settings.requestTimeout = nil
        let client = KubeClient(api, settings: settings, timeline: clock.timeline)
        let cache = WatchCache(client, .configMaps, namespace: nil, mode: .full, logger: .silent)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            while api.watcherCount == 0 { await Task.yield() }
            await clock.waitForSleepers()
            api.put("/api/v1/pods", ["metadata": ["name": "p"]])
            api.sendBookmark()
            while cache.resourceVersion != "3" { await Task.yield() }
            clock.advance(by: .seconds(150))
            while api.requests.last?.parameter("resourceVersion") != "3" {
                await Task.yield()
                clock.advanceToNextSleeper()
            }
            group.cancelAll()
        }
    }

    @Test func `a slow consumer sees the newest state of each object and every end`() async throws {
        let api = FakeAPI()
        api.put(Self.collection, Self.object("a"))
        api.put(Self.collection, Self.object("b"))
        try await withCache(api) { cache in
            let subscription = cache.subscribe()
            var events = subscription.makeAsyncIterator()
            for _ in 0..<2 { _ = await events.next() }
            for number in 0..<100 { api.put(Self.collection, Self.object("a", "\(number)")) }
            api.delete(Self.collection, "b")
            api.put(Self.collection, Self.object("fleeting"))
            api.delete(Self.collection, "fleeting")
            api.put(Self.collection, Self.object("end"))
            while cache[Self.key("end")] == nil { await Task.yield() }
            guard case .modified(let old, let new)? = await events.next() else {
                Issue.record("the first event should be a change of a")
                return
            }
            #expect(old.value?["data", "value"] == "1")
            #expect(new.value?["data", "value"] == "99")
            #expect(await self.events(&events) { $0.key.name == "end" } == ["-b", "+end"])
        }
    }

    @Test func `objects are found by index until they leave it`() async throws {
        let api = FakeAPI()
        api.put(Self.collection, Self.object("a", labels: ["app": "x"]))
        api.put(Self.collection, Self.object("b", labels: ["app": "x"]))
        api.put(Self.collection, Self.object("c", labels: ["app": "y"]))
        let data = CacheIndex("data") { $0["data", "value"]?.stringValue.map { [$0] } ?? [] }
        try await withCache(api, mode: .raw, indexes: [.label("app"), .namespace, data]) { cache in
            func names(_ index: String, _ value: String) -> [String] {
                cache.objects(index: index, value: value).map(\.key.name).sorted()
            }
            #expect(names("label:app", "x") == ["a", "b"])
            #expect(names("namespace", "ns") == ["a", "b", "c"])
            #expect(names("data", "1") == ["a", "b", "c"])
            #expect(names("none", "x") == [])
            api.put(Self.collection, Self.object("a", "2", labels: ["app": "y"]))
            api.delete(Self.collection, "c")
            while cache.count != 2 { await Task.yield() }
            #expect(names("label:app", "x") == ["b"])
            #expect(names("label:app", "y") == ["a"])
            #expect(names("data", "2") == ["a"])
        }
    }

    @Test func `each mode keeps what it says`() async throws {
        let api = FakeAPI()
        api.put(Self.collection, Self.object("a"))
        try await withCache(api, mode: .raw) { cache in
            let object = try #require(cache[Self.key("a")])
            #expect(object.value == api.objects(Self.collection)["a"])
        }
        try await withCache(api, mode: .metadata) { cache in
            let value = try #require(cache[Self.key("a")]?.value)
            #expect(value.metadata.name == "a")
            #expect(value["data"] == nil)
        }
        #expect(api.requests.last?.headers["accept"]?.contains("as=PartialObjectMetadata;") == true)
        try await withCache(api, mode: .fingerprint) { cache in
            let object = try #require(cache[Self.key("a")])
            #expect(object.value == nil)
            var same = try #require(api.objects(Self.collection)["a"])
            same["status"] = ["ready": true]
            same.metadata.resourceVersion = "999"
            #expect(object.fingerprint == Fingerprint(of: Fingerprint.desiredState(of: same)))
            same["data", "value"] = "2"
            #expect(object.fingerprint != Fingerprint(of: Fingerprint.desiredState(of: same)))
        }
    }

    @Test(arguments: 0..<4)
    func `random writes and faults end in what a list shows`(round: UInt64) async throws {
        let seed = UInt64.random(in: 0...UInt64.max) &+ round
        let api = FakeAPI()
        try await withCache(api, streams: round.isMultiple(of: 2)) { cache in
            var random = SeededGenerator(seed: seed)
            let mirror = Recorder<[String: String]>([:])
            await withTaskGroup(of: Void.self) { group in
                let subscription = cache.subscribe()
                group.addTask {
                    for await event in subscription {
                        mirror.withLock { mirror in
                            switch event {
                            case .added(let object):
                                #expect(mirror[object.key.name] == nil, "seed \(seed): added twice")
                                mirror[object.key.name] = object.resourceVersion
                            case .modified(let old, let new):
                                #expect(mirror[new.key.name] == old.resourceVersion, "seed \(seed): a gap")
                                mirror[new.key.name] = new.resourceVersion
                            case .deleted(let object):
                                #expect(
                                    mirror.removeValue(forKey: object.key.name) != nil,
                                    "seed \(seed): gone twice")
                            }
                        }
                    }
                }
                for step in 0..<1_000 {
                    let name = "c\(Int.random(in: 0..<40, using: &random))"
                    switch Int.random(in: 0..<20, using: &random) {
                    case 0..<11: api.put(Self.collection, Self.object(name, "\(step)"))
                    case 11..<16: api.delete(Self.collection, name)
                    case 16: api.endWatches(throwing: KubeClientError(.connectionLost, "x"))
                    case 17: api.endWatches()
                    case 18: api.sendRaw("garbage\n")
                    default:
                        api.compact()
                        api.endWatches()
                    }
                    if step.isMultiple(of: 3) { await Task.yield() }
                }
                api.put(Self.collection, Self.object("last"))
                let wanted = api.objects(Self.collection).mapValues(\.metadata.resourceVersion)
                var turns = 0
                while mirror.value != wanted, turns < 1_000_000 {
                    await Task.yield()
                    turns += 1
                }
                #expect(mirror.value == wanted, "seed \(seed)")
                let cached = Dictionary(
                    uniqueKeysWithValues: cache.objects.map { ($0.key.name, $0.resourceVersion) })
                #expect(cached == wanted, "seed \(seed)")
                group.cancelAll()
            }
        }
    }
}
