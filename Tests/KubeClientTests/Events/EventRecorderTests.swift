import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

@Suite struct EventRecorderTests {
    private static let collection = "/api/v1/namespaces/shop/events"
    private static let subject = EventNote.Reference(
        kind: GroupVersionKind(group: "", version: "v1", kind: "Pod"),
        key: ObjectKey(namespace: "shop", name: "web"))

    private func recording(
        _ api: FakeAPI, _ body: @escaping @Sendable (EventRecorder) async -> Void
    ) async throws {
        let clock = ManualClock()
        var settings = KubeClient.Settings()
        settings.requestTimeout = nil
        let recorder = EventRecorder(
            KubeClient(api, settings: settings, timeline: clock.timeline), component: "c", instance: "i",
            generator: SeededGenerator(seed: 1), logger: .silent)
        try await clock.runFreely {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await recorder.run() }
                await body(recorder)
                group.cancelAll()
            }
        }
    }

    @Test func `notes become events and repeats are counted`() async throws {
        let api = FakeAPI()
        try await recording(api) { recorder in
            for _ in 0..<3 { recorder.note(.normal, "Pulled", "image pulled", regarding: Self.subject) }
            recorder.note(.warning, "Failed", "no such image", regarding: Self.subject)
            while api.objects(Self.collection).count < 2 { await Task.yield() }
        }
        let events = api.objects(Self.collection).values
        #expect(events.first { $0["reason"] == "Pulled" }?["count"] == 3)
        #expect(events.first { $0["reason"] == "Failed" }?["type"] == "Warning")
    }

    @Test func `a server that is away gets the events when it is back`() async throws {
        let api = FakeAPI()
        let faults = Recorder(3)
        api.intercept { _ in
            let isDown = faults.withLock { faults in
                faults -= 1
                return faults >= 0
            }
            if isDown { throw KubeClientError(.unreachable, "down") }
            return nil
        }
        try await recording(api) { recorder in
            recorder.note(.normal, "Pulled", "image pulled", regarding: Self.subject)
            while api.objects(Self.collection).isEmpty { await Task.yield() }
        }
        #expect(api.requests.count == 4)
    }

    @Test func `noting without end drops the oldest and never waits`() {
        let recorder = EventRecorder(KubeClient(FakeAPI()), component: "c", instance: "i", logger: .silent)
        for number in 0..<5_000 {
            recorder.note(.normal, "Loop", "round \(number)", regarding: Self.subject)
        }
        #expect(recorder.droppedCount == 4_000)
    }
}
