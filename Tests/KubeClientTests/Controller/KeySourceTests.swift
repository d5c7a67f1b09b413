import ClusterTestSupport
import KubeModel
import Manifest
import Testing

@testable import KubeClient

@Suite struct KeySourceTests {
    private func object(
        _ name: String, generation: Int64 = 1, owner: String? = nil, annotations: Value = .emptyObject
    ) -> CachedObject {
        var value: Value = ["metadata": ["name": .string(name), "annotations": annotations]]
        if let owner {
            value.metadata.ownerReferences = [
                OwnerReference(
                    apiVersion: "apps/v1", kind: "Deployment", name: owner, uid: "u", isController: true)
            ]
        }
        return CachedObject(
            key: ObjectKey(namespace: "ns", name: name), uid: "u", resourceVersion: "1",
            generation: generation, content: .tree(value))
    }

    @Test func `a change of status alone passes no generation predicate`() {
        let predicate = EventPredicate.generationChanged
        #expect(predicate(.added(object("a"))))
        #expect(predicate(.deleted(object("a"))))
        #expect(predicate(.modified(old: object("a"), new: object("a", generation: 2))))
        #expect(!predicate(.modified(old: object("a"), new: object("a"))))
        #expect(predicate(.modified(old: object("a", generation: 0), new: object("a", generation: 0))))
    }

    @Test func `predicates combine`() {
        let annotated = CacheEvent.modified(
            old: object("a"), new: object("a", annotations: ["refresh": "now"]))
        let either = EventPredicate.generationChanged.or(.annotationChanged("refresh"))
        #expect(either(annotated))
        #expect(!EventPredicate.generationChanged.and(.annotationChanged("refresh"))(annotated))
        #expect(!either(.modified(old: object("a"), new: object("a"))))
    }

    @Test func `an object that changes hands tells both owners`() async throws {
        let api = FakeAPI()
        let collection = "/apis/apps/v1/deployments"
        func pod(_ owner: String) -> Value {
            var value = object("p", owner: owner).value ?? .null
            value.metadata.namespace = "ns"
            return value
        }
        api.put(collection, pod("web"))
        let cache = WatchCache(
            KubeClient(api), .deployments, namespace: nil, mode: .metadata, logger: .silent)
        let source = KeySource.owners(of: cache, kind: GroupKind(group: "apps", kind: "Deployment"))
        let keys = Recorder<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            try await source.waitUntilReady()
            group.addTask { await source.follow { key in keys.withLock { $0.append(key.description) } } }
            while keys.value.count < 1 { await Task.yield() }
            api.put(collection, pod("api"))
            while keys.value.count < 3 { await Task.yield() }
            group.cancelAll()
        }
        #expect(keys.value == ["ns/web", "ns/web", "ns/api"])
    }
}
