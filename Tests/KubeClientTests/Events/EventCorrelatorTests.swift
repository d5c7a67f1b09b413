import KubeModel
import Manifest
import Testing

@testable import KubeClient

@Suite struct EventCorrelatorTests {
    private let date = Timestamp(seconds: 1_767_225_600)
    private let subject = EventNote.Reference(
        kind: GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"),
        key: ObjectKey(namespace: "shop", name: "web"), uid: "u1", resourceVersion: "5")

    private func note(_ message: String, reason: String = "Synced") -> EventNote {
        EventNote(.normal, reason, message, regarding: subject)
    }

    @Test func `an event has the fields that describe shows`() throws {
        var correlator = EventCorrelator(component: "slipway-gitops", instance: "pod-1")
        let decision = correlator.decide(note("deployed"), now: .zero, date: date, suffix: 0xabc)
        guard case .create(let event) = decision else {
            Issue.record("a first note makes an event")
            return
        }
        #expect(
            event == [
                "apiVersion": "v1", "kind": "Event",
                "metadata": ["name": "web.abc", "namespace": "shop"],
                "involvedObject": [
                    "kind": "Deployment", "namespace": "shop", "name": "web", "uid": "u1",
                    "apiVersion": "apps/v1", "resourceVersion": "5",
                ],
                "reason": "Synced", "message": "deployed", "source": ["component": "slipway-gitops"],
                "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z",
                "count": 1, "type": "Normal", "reportingComponent": "slipway-gitops",
                "reportingInstance": "pod-1",
            ])
    }

    @Test func `what repeats is counted on the first event`() {
        var correlator = EventCorrelator(component: "c", instance: "i")
        _ = correlator.decide(note("x"), now: .zero, date: date, suffix: 1)
        var later = note("x")
        later.regarding.resourceVersion = "6"
        let decision = correlator.decide(
            later, now: .seconds(5), date: date.advanced(by: .seconds(5)), suffix: 2)
        guard case .count(let name, let namespace, let changes, _) = decision else {
            Issue.record("a second note is counted")
            return
        }
        #expect(name == "web.1")
        #expect(namespace == "shop")
        #expect(changes == ["count": 2, "message": "x", "lastTimestamp": "2026-01-01T00:00:05Z"])
    }

    @Test func `the tenth way to say the same becomes one event`() {
        var correlator = EventCorrelator(component: "c", instance: "i")
        var messages: [String] = []
        for number in 0..<14 {
            switch correlator.decide(note("try \(number)"), now: .zero, date: date, suffix: UInt64(number)) {
            case .create(let event): messages.append(event["message"]?.stringValue ?? "")
            case .count(_, _, let changes, _): messages.append("~" + (changes["message"]?.stringValue ?? ""))
            case .drop: messages.append("dropped")
            }
        }
        #expect(messages.prefix(9) == (0..<9).map { "try \($0)" }[...])
        #expect(messages[9] == "(combined from similar events): try 9")
        #expect(messages.dropFirst(9).allSatisfy { $0.contains("(combined from similar events)") })
        #expect(messages.dropFirst(10).allSatisfy { $0.hasPrefix("~") })
    }

    @Test func `an object about which there is no end gets few events`() {
        var correlator = EventCorrelator(component: "c", instance: "i")
        func isDropped(_ now: Duration) -> Bool {
            correlator.decide(note("x"), now: now, date: date, suffix: 1) == .drop
        }
        #expect((0..<25).allSatisfy { _ in !isDropped(.zero) })
        #expect(isDropped(.zero))
        #expect(isDropped(.seconds(299)))
        #expect(!isDropped(.seconds(301)))
    }

    @Test func `memory of notes is bounded`() {
        var table = RecentTable<Int, Int>(capacity: 100)
        for number in 0..<10_000 { table[number] = number }
        #expect(table.count <= 100)
        #expect(table[9_999] == 9_999)
        #expect(table[0] == nil)
    }
}
