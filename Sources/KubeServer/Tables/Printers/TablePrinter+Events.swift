import KubeModel
import Manifest

extension TablePrinter {
    /// Events, in the core form and in that of `events.k8s.io`.
    static let events = TablePrinter([
        TableColumn("Last Seen") { event, now in
            let series = event["series"]
            let last =
                series?.moment("lastObservedTime") ?? event.moment("lastTimestamp")
                ?? event.moment("deprecatedLastTimestamp") ?? firstSeen(event)
            return .string(Age.text(since: last, now: now))
        },
        .text("Type") { $0.text("type") },
        .text("Reason") { $0.text("reason") },
        .text("Object") { event in
            let object = target(of: event)
            let kind = object.text("kind").lowercased()
            let name = object.text("name")
            return name.isEmpty ? kind : "\(kind)/\(name)"
        },
        .wide("Subobject") { target(of: $0).text("fieldPath") },
        .wide("Source") { event in
            let source = event["source"] ?? event["deprecatedSource"] ?? .emptyObject
            let component = source.text(
                "component",
                absent: event.text("reportingComponent", absent: event.text("reportingController")))
            let host = source.text("host", absent: event.text("reportingInstance"))
            return host.isEmpty ? component : "\(component), \(host)"
        },
        .text("Message") { event in
            var message = event.text("message", absent: event.text("note"))[...]
            while let last = message.last, last.isWhitespace { message.removeLast() }
            while let first = message.first, first.isWhitespace { message.removeFirst() }
            return String(message)
        },
        TableColumn("First Seen", priority: 1) { event, now in
            .string(Age.text(since: firstSeen(event), now: now))
        },
        TableColumn("Count", priority: 1) { event, _ in
            let count =
                event["series"]?.number("count")
                ?? max(event.number("count"), event.number("deprecatedCount"), 1)
            return .integer(count)
        },
        TableColumn("Name", priority: 1) { event, _ in .string(event.metadata.name) },
    ])

    private static func target(of event: Value) -> Value {
        event["involvedObject"] ?? event["regarding"] ?? .emptyObject
    }

    private static func firstSeen(_ event: Value) -> Timestamp? {
        event.moment("firstTimestamp") ?? event.moment("deprecatedFirstTimestamp")
            ?? event.moment("eventTime")
    }
}
