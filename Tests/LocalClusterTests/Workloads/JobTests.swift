import KubeClient
import KubeModel
import Manifest
import Synchronization
import Testing

/// Jobs on an embedded server, with a kubelet that only writes status.
@Suite(.timeLimit(.minutes(5))) struct JobTests {
    @Sendable static func isComplete(_ job: Value) -> Bool { job.conditions.isTrue("Complete") }
    @Sendable static func hasFailed(_ job: Value) -> Bool { job.conditions.isTrue("Failed") }

    @Test func `a job runs its completions, so many at a time`() async throws {
        try await TestCluster.with(behaviour: { _ in .succeeds }) { cluster in
            _ = try await cluster.create(.jobs, Manifests.job(extra: "completions: 5\n  parallelism: 2"))
            let job = try await cluster.wait(.jobs, "work", "completion", until: Self.isComplete)
            let status = job["status"]
            #expect(status?["succeeded"]?.integerValue == 5)
            #expect(status?["failed"] == nil)
            #expect(status?["active"] == nil)
            #expect(status?["completionTime"] != nil)
            #expect(status?["startTime"] != nil)
            #expect(status?["uncountedTerminatedPods"]?.objectValue?.isEmpty == true)
            #expect(job.conditions.isTrue("SuccessCriteriaMet"))
            #expect(job.conditions["Complete"]?.reason == "CompletionsReached")
            let pods = try await cluster.client.list(.pods, namespace: "default").items
            #expect(pods.count == 5)
            #expect(pods.allSatisfy { $0.metadata.finalizers.isEmpty })
        }
    }

    @Test func `failed pods are tried again until one succeeds`() async throws {
        let attempts = Mutex<[String]>([])
        try await TestCluster.with(behaviour: { pod in
            attempts.withLock { names in
                if !names.contains(pod.metadata.name) { names.append(pod.metadata.name) }
                return names.firstIndex(of: pod.metadata.name) ?? 0 < 3 ? .fails(1) : .succeeds
            }
        }) { cluster in
            _ = try await cluster.create(.jobs, Manifests.job())
            let job = try await cluster.wait(.jobs, "work", "completion", until: Self.isComplete)
            #expect(job["status"]?["failed"]?.integerValue == 3)
            #expect(job["status"]?["succeeded"]?.integerValue == 1)
        }
    }

    @Test func `a job that fails too often stops with BackoffLimitExceeded`() async throws {
        try await TestCluster.with(behaviour: { _ in .fails(3) }) { cluster in
            _ = try await cluster.create(.jobs, Manifests.job(extra: "backoffLimit: 2"))
            let job = try await cluster.wait(.jobs, "work", "failure", until: Self.hasFailed)
            #expect(job["status"]?["failed"]?.integerValue == 3)
            #expect(job.conditions["Failed"]?.reason == "BackoffLimitExceeded")
            #expect(job.conditions["FailureTarget"]?.reason == "BackoffLimitExceeded")
            #expect(job["status"]?["completionTime"] == nil)
        }
    }

    @Test func `a job that takes too long stops with DeadlineExceeded and ends its pods`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(.jobs, Manifests.job(extra: "activeDeadlineSeconds: 1"))
            let job = try await cluster.wait(.jobs, "work", "failure", until: Self.hasFailed)
            #expect(job.conditions["Failed"]?.reason == "DeadlineExceeded")
            #expect(job["status"]?["active"] == nil)
            try await cluster.waitForAll(.pods, "no pod") { $0.isEmpty }
        }
    }

    @Test func `restarts in pods count where containers are restarted`() async throws {
        try await TestCluster.with(behaviour: { _ in .restarted(2) }) { cluster in
            _ = try await cluster.create(.jobs, Manifests.job(restart: "OnFailure", extra: "backoffLimit: 2"))
            let job = try await cluster.wait(.jobs, "work", "failure", until: Self.hasFailed)
            #expect(job.conditions["Failed"]?.reason == "BackoffLimitExceeded")
        }
    }

    @Test func `an indexed job runs each index once`() async throws {
        try await TestCluster.with(behaviour: { _ in .succeeds }) { cluster in
            _ = try await cluster.create(
                .jobs, Manifests.job(extra: "completions: 4\n  parallelism: 3\n  completionMode: Indexed"))
            let job = try await cluster.wait(.jobs, "work", "completion", until: Self.isComplete)
            #expect(job["status"]?["completedIndexes"]?.stringValue == "0-3")
            #expect(job["status"]?["succeeded"]?.integerValue == 4)
            let pods = try await cluster.client.list(.pods, namespace: "default").items
            let indexes = pods.compactMap {
                $0.metadata.annotations["batch.kubernetes.io/job-completion-index"]
            }
            #expect(indexes.sorted() == ["0", "1", "2", "3"])
            let first = try #require(pods.first { $0["spec"]?["hostname"]?.stringValue == "work-0" })
            #expect(first.metadata.name.hasPrefix("work-0-"))
            let variable = first["spec"]?["containers"]?[0]?["env"]?[0]
            #expect(variable?["name"]?.stringValue == "JOB_COMPLETION_INDEX")
        }
    }

    @Test func `a suspended job has no pods until it goes on`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(.jobs, Manifests.job(extra: "suspend: true\n  parallelism: 2"))
            let held = try await cluster.wait(.jobs, "work", "suspension") {
                $0.conditions.isTrue("Suspended")
            }
            #expect(held["status"]?["startTime"] == nil)
            #expect(try await cluster.client.list(.pods, namespace: "default").items.isEmpty)
            try await cluster.client.patch(
                .jobs, "work", namespace: "default", .merge(["spec": ["suspend": false]]))
            let active = try await cluster.wait(.jobs, "work", "two active pods") {
                $0["status"]?["active"]?.integerValue == 2 && $0["status"]?["ready"]?.integerValue == 2
            }
            #expect(active.conditions["Suspended"]?.reason == "JobResumed")
            try await cluster.client.patch(
                .jobs, "work", namespace: "default", .merge(["spec": ["suspend": true]]))
            try await cluster.waitForAll(.pods, "no pods") { $0.isEmpty }
            try await cluster.wait(.jobs, "work", "suspension") { $0["status"]?["active"] == nil }
        }
    }

    @Test func `a finished job goes after its time, and its pods with it`() async throws {
        let hasRun = Mutex(false)
        try await TestCluster.with(behaviour: { _ in
            hasRun.withLock { $0 = true }
            return .succeeds
        }) { cluster in
            _ = try await cluster.create(.jobs, Manifests.job(extra: "ttlSecondsAfterFinished: 0"))
            try await cluster.waitForAll(.jobs, "no job") { $0.isEmpty }
            try await cluster.waitForAll(.pods, "no pods") { $0.isEmpty }
            #expect(hasRun.withLock { $0 })
        }
    }

    @Test func `a deleted job lets its pods go`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(.jobs, Manifests.job(extra: "parallelism: 3"))
            try await cluster.waitForAll(.pods, "three pods") { $0.count == 3 }
            try await cluster.client.delete(.jobs, "work", namespace: "default")
            try await cluster.waitForAll(.pods, "no pods") { $0.isEmpty }
        }
    }

    @Test func `what is not supported is refused by name`() async throws {
        try await TestCluster.with { cluster in
            _ = try await cluster.create(
                .jobs,
                Manifests.job(extra: "backoffLimitPerIndex: 1\n  completionMode: Indexed\n  completions: 2"))
            try await cluster.waitForAll(.events, "an event") { events in
                events.contains { $0["message"]?.stringValue?.contains("spec.backoffLimitPerIndex") == true }
            }
        }
    }
}
