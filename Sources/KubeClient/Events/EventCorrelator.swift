import KubeModel
import Manifest

/// Decides what becomes of a note: a new event, a count on an earlier one, or nothing.
///
/// The rules are client-go's (`tools/record`): a note that repeats is counted; more than ten notes of one reason
/// within ten minutes that differ in their words become one event; and an object about which there is no end
/// of notes gets one every five minutes after the first twenty-five.
struct EventCorrelator: Sendable {
    /// What becomes of a note.
    enum Decision: Sendable, Hashable {
        case create(Value)
        case count(eventName: String, namespace: String, changes: Value, orCreate: Value)
        case drop
    }

    /// Notes that are told as one event.
    private struct Topic: Hashable {
        var regarding: EventNote.Reference
        let severity: EventNote.Severity
        let reason: String
        /// Nil where notes of all words are one topic.
        var message: String?
    }

    private struct Similar {
        var messages: Set<String> = []
        var lastAt: Duration
    }

    private struct Told {
        let eventName: String
        var count: Int64
        let first: Timestamp
    }

    private static let similarLimit = 10
    private static let similarSpan = Duration.seconds(600)
    private static let bucket = (rate: 1.0 / 300, burst: 25)
    private static let capacity = 4096

    private let component: String
    private let instance: String
    private var buckets = RecentTable<EventNote.Reference, TokenBucket>(capacity: capacity)
    private var similar = RecentTable<Topic, Similar>(capacity: capacity)
    private var told = RecentTable<Topic, Told>(capacity: capacity)

    /// - Parameters:
    ///   - component: the controller that tells, `slipway-gitops`.
    ///   - instance: which of its processes.
    init(component: String, instance: String) {
        self.component = component
        self.instance = instance
    }

    /// Decides on a note.
    ///
    /// - Parameter suffix: makes the name of a new event unique.
    mutating func decide(_ note: EventNote, now: Duration, date: Timestamp, suffix: UInt64) -> Decision {
        var subject = note.regarding
        // Each version of an object is the same subject.
        subject.resourceVersion = ""
        guard takeToken(subject, now) else { return .drop }
        let topic = aggregate(note, subject, now)
        let message = topic.message ?? "(combined from similar events): \(note.message)"
        if var told = told[topic] {
            told.count += 1
            self.told[topic] = told
            return .count(
                eventName: told.eventName, namespace: Self.namespace(of: note),
                changes: [
                    "count": .integer(told.count), "message": .string(message),
                    "lastTimestamp": .string(date.rfc3339),
                ],
                orCreate: event(note, message, told, date))
        }
        let fresh = Told(
            eventName: "\(note.regarding.key.name).\(String(suffix, radix: 16))", count: 1, first: date)
        told[topic] = fresh
        return .create(event(note, message, fresh, date))
    }

    private mutating func takeToken(_ subject: EventNote.Reference, _ now: Duration) -> Bool {
        var bucket =
            buckets[subject]
            ?? TokenBucket(rate: Self.bucket.rate, burst: Self.bucket.burst, now: now)
        defer { buckets[subject] = bucket }
        return bucket.take(now: now)
    }

    /// The topic of a note; one for all where its like came too often.
    private mutating func aggregate(
        _ note: EventNote, _ subject: EventNote.Reference, _ now: Duration
    ) -> Topic {
        var topic = Topic(
            regarding: subject, severity: note.severity, reason: note.reason, message: nil)
        var similar = similar[topic] ?? Similar(lastAt: now)
        if now - similar.lastAt > Self.similarSpan { similar.messages = [] }
        similar.lastAt = now
        similar.messages.insert(note.message)
        let isTooMuch = similar.messages.count >= Self.similarLimit
        if isTooMuch, let dropped = similar.messages.first(where: { $0 != note.message }) {
            similar.messages.remove(dropped)
        }
        self.similar[topic] = similar
        if !isTooMuch { topic.message = note.message }
        return topic
    }

    private func event(_ note: EventNote, _ message: String, _ told: Told, _ date: Timestamp) -> Value {
        let subject = note.regarding
        var involved: Object = ["kind": .string(subject.kind.kind)]
        func set(_ field: String, _ text: String) {
            if !text.isEmpty { involved[field] = .string(text) }
        }
        set("namespace", subject.key.namespace)
        set("name", subject.key.name)
        set("uid", subject.uid)
        set("apiVersion", subject.kind.apiVersion)
        set("resourceVersion", subject.resourceVersion)
        set("fieldPath", subject.fieldPath)
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": [
                "name": .string(told.eventName), "namespace": .string(Self.namespace(of: note)),
            ],
            "involvedObject": .object(involved),
            "reason": .string(note.reason), "message": .string(message),
            "source": ["component": .string(component)],
            "firstTimestamp": .string(told.first.rfc3339), "lastTimestamp": .string(date.rfc3339),
            "count": .integer(told.count), "type": .string(note.severity.rawValue),
            "reportingComponent": .string(component), "reportingInstance": .string(instance),
        ]
    }

    /// Events about cluster-wide objects live in the namespace `default`, where kubectl looks for them.
    private static func namespace(of note: EventNote) -> String {
        note.regarding.key.requestNamespace ?? "default"
    }
}
