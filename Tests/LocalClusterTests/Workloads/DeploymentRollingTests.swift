import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Synchronization
import Testing

/// Deployments on an embedded server, with a kubelet that only writes status.
@Suite(.timeLimit(.minutes(5))) struct DeploymentRollingTests {
    @Sendable static func isDone(_ replicas: Int) -> @Sendable (Value) -> Bool {
        { deployment in
            let status = deployment["status"]
            func count(_ name: String) -> Int64 { status?[name]?.integerValue ?? 0 }
            return count("observedGeneration") == deployment.metadata.generation
                && count("replicas") == replicas && count("updatedReplicas") == replicas
                && count("availableReplicas") == replicas
                && (replicas == 0 || deployment.conditions["Progressing"]?.reason == "NewReplicaSetAvailable")
        }
    }

    static func setImage(_ image: String) -> Patch {
        .strategicMerge([
            "spec": ["template": ["spec": ["containers": [["name": "main", "image": .string(image)]]]]]
        ])
    }

    @Test func `a deployment makes its pods and says so`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(.deployments, Manifests.deployment())
            let deployment = try await cluster.wait(
                .deployments, "web", "three available pods", until: Self.isDone(3))
            let conditions = deployment.conditions
            #expect(conditions["Available"]?.reason == "MinimumReplicasAvailable")
            #expect(conditions["Progressing"]?.message.contains("has successfully progressed.") == true)
            #expect(deployment.metadata.annotations["deployment.kubernetes.io/revision"] == "1")
            let sets = try await cluster.client.list(.replicaSets, namespace: "default").items
            let set = try #require(sets.first)
            #expect(sets.count == 1)
            let hash = try #require(set.metadata.labels["pod-template-hash"])
            #expect(set.metadata.name == "web-\(hash)")
            #expect(set.metadata.annotations["deployment.kubernetes.io/desired-replicas"] == "3")
            #expect(set.metadata.annotations["deployment.kubernetes.io/max-replicas"] == "4")
            #expect(set["spec"]?["selector"]?["matchLabels"]?["pod-template-hash"]?.stringValue == hash)
            let pods = try await cluster.client.list(.pods, namespace: "default").items
            #expect(pods.count == 3)
            for pod in pods {
                #expect(pod.metadata.name.hasPrefix("web-\(hash)-"))
                #expect(pod.metadata.labels["pod-template-hash"] == hash)
                #expect(pod.metadata.controller?.uid == set.metadata.uid)
                #expect(pod["spec"]?["nodeName"]?.stringValue == TestCluster.node)
            }
        }
    }

    @Test func `a new image replaces pods within surge and unavailability`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(
                .deployments,
                Manifests.deployment(
                    replicas: 6,
                    strategy: "{type: RollingUpdate, rollingUpdate: {maxSurge: 2, maxUnavailable: 1}}"))
            try await cluster.wait(.deployments, "web", "six available pods", until: Self.isDone(6))
            // The cache that the watcher looks at may be behind those of the controllers.
            for await _ in cluster.pods.subscribe() {
                let ready = cluster.pods.objects.count { $0.value?.conditions.isTrue("Ready") == true }
                if ready == 6 { break }
            }
            let watcher = PodCountWatcher()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await watcher.follow(cluster.pods) }
                try await cluster.client.patch(
                    .deployments, "web", namespace: "default", Self.setImage("app:2"))
                try await cluster.wait(.deployments, "web", "six new pods", until: Self.isDone(6))
                group.cancelAll()
            }
            #expect(watcher.bounds.most <= 8)
            #expect(watcher.bounds.leastReady >= 5)
            try await cluster.waitForAll(.pods, "no old pod is left") { pods in
                pods.count == 6
                    && pods.allSatisfy { $0["spec"]?["containers"]?[0]?["image"]?.stringValue == "app:2" }
            }
            let revisions = try await cluster.client.list(.replicaSets, namespace: "default").items
                .compactMap { $0.metadata.annotations["deployment.kubernetes.io/revision"] }.sorted()
            #expect(revisions == ["1", "2"])
            let deployment = try await cluster.client.get(.deployments, "web", namespace: "default")
            #expect(deployment.metadata.annotations["deployment.kubernetes.io/revision"] == "2")
        }
    }

    @Test func `a version that never gets ready stops at maxUnavailable and exceeds its deadline`()
        async throws
    {
        try await TestCluster.with(behaviour: { pod in
            pod["spec"]?["containers"]?[0]?["image"]?.stringValue == "app:bad" ? .unready : .ready
        }) { cluster in
            _ = try await cluster.create(
                .deployments,
                Manifests.deployment(
                    replicas: 4,
                    strategy: "{type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}",
                    extra: "progressDeadlineSeconds: 1"))
            try await cluster.wait(.deployments, "web", "four pods", until: Self.isDone(4))
            try await cluster.client.patch(
                .deployments, "web", namespace: "default", Self.setImage("app:bad"))
            // Where the machine is slow, the deadline is over before the roll-out has come as far as it may.
            let stuck = try await cluster.wait(.deployments, "web", "a roll-out that is stuck") {
                let status = $0["status"]
                return $0.conditions["Progressing"]?.reason == "ProgressDeadlineExceeded"
                    && status?["availableReplicas"]?.integerValue == 3
                    && status?["updatedReplicas"]?.integerValue == 2
                    && status?["unavailableReplicas"]?.integerValue == 2
            }
            #expect(stuck.conditions["Progressing"]?.status == .isFalse)
            #expect(stuck.conditions["Available"]?.status == .isTrue)
        }
    }

    @Test func `recreate ends every old pod before it makes a new one`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(
                .deployments, Manifests.deployment(strategy: "{type: Recreate}"))
            try await cluster.wait(.deployments, "web", "three pods", until: Self.isDone(3))
            let watcher = PodCountWatcher()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await watcher.follow(cluster.pods) }
                try await cluster.client.patch(
                    .deployments, "web", namespace: "default", Self.setImage("app:2"))
                try await cluster.wait(.deployments, "web", "three new pods", until: Self.isDone(3))
                group.cancelAll()
            }
            #expect(!watcher.bounds.sawMix)
        }
    }

    @Test func `old sets beyond the history go, and collisions of names find another`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(
                .deployments, Manifests.deployment(replicas: 1, extra: "revisionHistoryLimit: 1"))
            try await cluster.wait(.deployments, "web", "one pod", until: Self.isDone(1))
            for number in 2...4 {
                try await cluster.client.patch(
                    .deployments, "web", namespace: "default", Self.setImage("app:\(number)"))
                try await cluster.wait(.deployments, "web", "version \(number)", until: Self.isDone(1))
            }
            let sets = try await cluster.waitForAll(.replicaSets, "one old set") { $0.count == 2 }
            let revisions = sets.compactMap { $0.metadata.annotations["deployment.kubernetes.io/revision"] }
            #expect(revisions.sorted() == ["3", "4"])
        }
    }

    @Test func `a deleted deployment takes its sets and pods along`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(.deployments, Manifests.deployment())
            try await cluster.wait(.deployments, "web", "three pods", until: Self.isDone(3))
            try await cluster.client.delete(.deployments, "web", namespace: "default")
            try await cluster.waitForAll(.replicaSets, "no sets") { $0.isEmpty }
            try await cluster.waitForAll(.pods, "no pods") { $0.isEmpty }
        }
    }

    @Test func `a deleted namespace takes everything along`() async throws {
        try await TestCluster.with { cluster in
            let client = cluster.client
            try await client.create(
                .namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "shop"]],
                namespace: nil)
            let manifest = try #require(try YAML.parse(Manifests.deployment()).first)
            try await client.create(.deployments, manifest, namespace: "shop")
            let job = try #require(try YAML.parse(Manifests.job()).first)
            try await client.create(.jobs, job, namespace: "shop")
            let pods = WatchCache(client, .pods, namespace: "shop", mode: .metadata, logger: .silent)
            let spaces = WatchCache(client, .namespaces, namespace: nil, mode: .metadata, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await pods.run() }
                group.addTask { await spaces.run() }
                try await pods.waitUntilReady()
                for await _ in pods.subscribe() where pods.count == 4 { break }
                try await client.delete(.namespaces, "shop", namespace: nil)
                try await spaces.waitUntilReady()
                while spaces[ObjectKey(name: "shop")] != nil {
                    for await event in spaces.subscribe() {
                        if case .deleted = event { break }
                        if spaces[ObjectKey(name: "shop")] == nil { break }
                    }
                }
                group.cancelAll()
            }
            #expect(try await client.list(.pods, namespace: "shop").items.isEmpty)
        }
    }
}

/// Counts pods as they come and go.
private final class PodCountWatcher: Sendable {
    struct Bounds: Sendable {
        var most = 0
        var leastReady = Int.max
        /// Whether pods of two images were there at once.
        var sawMix = false
    }

    private let state = Mutex(Bounds())

    var bounds: Bounds { state.withLock { $0 } }

    func follow(_ pods: WatchCache) async {
        for await _ in pods.subscribe() {
            let objects = pods.objects.compactMap(\.value)
            let active = objects.filter { !$0.metadata.isDeleting }
            let ready = active.filter { $0.conditions.isTrue("Ready") }
            let images = Set(objects.compactMap { $0["spec"]?["containers"]?[0]?["image"]?.stringValue })
            state.withLock { bounds in
                bounds.most = max(bounds.most, active.count)
                bounds.leastReady = min(bounds.leastReady, ready.count)
                bounds.sawMix = bounds.sawMix || images.count > 1
            }
        }
    }
}
