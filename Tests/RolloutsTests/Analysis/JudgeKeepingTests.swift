import AsyncHTTPClient
import ClusterTestSupport
import Judge
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Synchronization
import Testing

@testable import Rollouts

/// What becomes of verdicts and records where a record is large, or cannot be kept.
@Suite struct JudgeKeepingTests {
    /// Refuses to write ConfigMaps while it is told to.
    private final class Refusing: APITransport {
        private let inner: InProcessTransport
        private let refuses: Mutex<Bool>

        init(_ inner: InProcessTransport, refuses: Bool) {
            self.inner = inner
            self.refuses = Mutex(refuses)
        }

        func setRefusing(_ refuses: Bool) { self.refuses.withLock { $0 = refuses } }

        func send(_ request: APIRequest) async throws -> APIResponse {
            if request.method == .patch, request.path.contains("/configmaps/"), refuses.withLock({ $0 }) {
                throw APIError.forbidden(
                    GroupVersionResource.configMaps.groupResource, name: "", "no ConfigMaps for you")
            }
            return await inner.send(request)
        }
    }

    private static func metric(_ url: String, name: String = "judge") throws -> AnalysisMetric {
        try AnalysisMetric([
            "name": .string(name),
            "provider": [
                "slipway": [
                    "tick": "1s", "maxDuration": "60s", "minCanaryPods": 1, "podEffects": "off",
                    "canaryHash": "new", "stableHash": "old", "source": ["exposition": .string(url)],
                    "metrics": [["name": "errors", "kind": "ratio", "bad": "errors", "total": "requests"]],
                ]
            ],
        ])
    }

    private static func context(_ client: KubeClient, at seconds: Int64) -> MeasurementContext {
        MeasurementContext(
            run: [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
                "metadata": ["name": "web-2", "namespace": "default", "uid": "1"],
            ], now: Timestamp(seconds: seconds), number: 0, client: client)
    }

    /// Runs a body with a provider, and with metrics in which half of the canary's requests fail.
    private static func with(
        refuses: Bool,
        _ body: @escaping @Sendable (JudgeProvider, String, KubeClient, Refusing) async throws -> Void
    ) async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/metrics") { number in
                func series(_ pod: String, _ bad: Int) -> String {
                    "requests{pod=\"\(pod)\",pod_template_hash=\"\(pod)\"} \(number * 10_000)\n"
                        + "errors{pod=\"\(pod)\",pod_template_hash=\"\(pod)\"} \(number * bad)\n"
                }
                return (200, series("new", 5_000) + series("old", 10))
            }
            try await withServer { server in
                let transport = Refusing(InProcessTransport(server), refuses: refuses)
                try await body(
                    JudgeProvider(fetcher: Fetcher(HTTPClient.shared)), "\(url)/metrics",
                    KubeClient(transport), transport)
            }
        }
    }

    @Test func `a verdict is acted on although its record is refused`() async throws {
        try await Self.with(refuses: false) { provider, url, client, transport in
            let metric = try Self.metric(url)
            let begun = await provider.run(metric, in: Self.context(client, at: 600))
            #expect(begun.phase == .running)
            transport.setRefusing(true)
            let ended = await provider.resume(metric, begun, in: Self.context(client, at: 602))
            #expect(ended.phase == .failed)
            #expect(ended.message.contains("rollback (harm)"))
            #expect(ended.message.contains("the judge's record cannot be kept"))
            #expect(ended.message.contains("no ConfigMaps for you"))
        }
    }

    @Test func `a judge that can keep nothing ends when its time is over`() async throws {
        try await Self.with(refuses: true) { provider, url, client, _ in
            let metric = try Self.metric(url)
            let begun = await provider.run(metric, in: Self.context(client, at: 600))
            #expect(begun.phase == .running)
            #expect(begun.message.contains("the judge's record cannot be kept"))
            let later = await provider.resume(metric, begun, in: Self.context(client, at: 620))
            #expect(later.phase == .running)
            let ended = await provider.resume(metric, later, in: Self.context(client, at: 662))
            #expect(ended.phase == .inconclusive)
            #expect(ended.message.contains("no ConfigMaps for you"))
        }
    }

    @Test func `the record of a metric whose name no object may have is kept all the same`() async throws {
        try await Self.with(refuses: false) { provider, url, client, _ in
            let metric = try Self.metric(url, name: "Error_Rate")
            let begun = await provider.run(metric, in: Self.context(client, at: 600))
            let ended = await provider.resume(metric, begun, in: Self.context(client, at: 602))
            #expect(ended.phase == .failed)
            let records = try await client.listAll(.configMaps, namespace: "default")
                .filter { $0.metadata.name.hasPrefix("web-2.") }
            #expect(records.count == 1)
        }
    }

    // MARK: Size

    private static let names = ["errors", "timeouts", "refusals"]

    private static func policy() -> Policy {
        var policy = Policy(metrics: names.map { Metric($0, .ratio(bounds: RatioBounds())) })
        // Nothing is decided, so that the record grows.
        policy.falseRollback = 1e-300
        policy.missBad = 1e-300
        policy.maximumTicks = 1000
        return policy
    }

    /// An interval of a hundred pods of names as long as those of a Rollout.
    private static func tick(_ number: Int) -> Tick {
        func pods(_ hash: String, _ count: Int) -> [PodCounts] {
            (0..<count).map {
                PodCounts(
                    "orders-production-\(hash)-\(10_000 + $0)", requests: 1000 + number * 7 % 90 + $0,
                    bad: [(number + $0) % 3])
            }
        }
        let counts = Observation.counts(canary: pods("5d9f7c6b8d", 10), baseline: pods("7f6d8b9c4f", 90))
        return Tick(time: Int64(60 * number), Dictionary(uniqueKeysWithValues: names.map { ($0, counts) }))
    }

    @Test func `a record of a hundred pods and sixty intervals fits, and the judge goes on from it`()
        async throws
    {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            let context = Self.context(client, at: 600)
            let policy = Self.policy()
            var record = JudgeRecord()
            record.ticks = (1...60).map(Self.tick)
            record.verdict = try judge(record.ticks, policy)
            try await record.save("web-2.judge.judge", policy, context)
            let note = try #require(record.note)
            #expect(note.contains("larger than a ConfigMap may be"))
            let object = try await client.get(.configMaps, "web-2.judge.judge", namespace: "default")
            #expect(object["data", "note"]?.stringValue == note)

            var kept = try #require(try await JudgeRecord.load("web-2.judge.judge", context))
            #expect(kept.ticks.last == Self.tick(60) && kept.ticks.count < 60)
            kept.ticks.append(Self.tick(61))
            let whole = try judge((1...61).map(Self.tick), policy)
            let again = try judge(kept.ticks, policy, after: kept.earlier, remembering: kept.memory)
            #expect(again == whole)

            // The next step's run goes on from it too.
            let later = try await JudgeRecord.after("web-2.judge.judge", policy, context)
            let next = (101...120).map(Self.tick)
            let wholeNext = try judge(next, policy, after: (1...60).map(Self.tick))
            #expect(
                try judge(next, policy, after: later.earlier, remembering: later.memory) == wholeNext)
        }
    }

    @Test func `a record that is kept at each interval never exceeds its limit`() async throws {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            let context = Self.context(client, at: 600)
            let policy = Self.policy()
            var record = JudgeRecord()
            record.earlier = (1...20).map(Self.tick)
            for number in 21...110 {
                record.ticks.append(Self.tick(number))
                guard number % 10 == 0 else { continue }
                try await record.save("web-2.judge.judge", policy, context)
                let object = try await client.get(.configMaps, "web-2.judge.judge", namespace: "default")
                let size = (object["data"]?.objectValue ?? [:]).reduce(0) {
                    $0 + ($1.value.stringValue?.utf8.count ?? 0)
                }
                #expect(size <= JudgeRecord.sizeLimit)
            }
            let whole = try judge(
                (21...110).map(Self.tick).prefix(90), policy, after: (1...20).map(Self.tick))
            #expect(
                try judge(record.ticks, policy, after: record.earlier, remembering: record.memory) == whole)
        }
    }
}
