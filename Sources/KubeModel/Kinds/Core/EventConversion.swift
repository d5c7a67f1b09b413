public import Manifest

/// Events are stored once and served under two API groups, whose fields have different names.
public enum EventConversion {
    /// The fields that are named differently.
    static let coreNames = [
        (core: "involvedObject", events: "regarding"), (core: "message", events: "note"),
        (core: "reportingComponent", events: "reportingController"),
        (core: "source", events: "deprecatedSource"), (core: "count", events: "deprecatedCount"),
        (core: "firstTimestamp", events: "deprecatedFirstTimestamp"),
        (core: "lastTimestamp", events: "deprecatedLastTimestamp"),
    ]

    /// The event as `events.k8s.io/v1` names its fields.
    public static func events(_ event: Value) -> Value {
        renamed(event, apiVersion: "events.k8s.io/v1") { name in coreNames.first { $0.core == name }?.events }
    }

    /// The event as the core group names its fields, in which form it is stored.
    public static func core(_ event: Value) -> Value {
        renamed(event, apiVersion: "v1") { name in coreNames.first { $0.events == name }?.core }
    }

    private static func renamed(
        _ event: Value, apiVersion: String, _ rename: (String) -> String?
    ) -> Value {
        guard let fields = event.objectValue else { return event }
        var result = Value.object(
            Object(fields.map { Object.Pair(key: rename($0.key) ?? $0.key, value: $0.value) }))
        if result.has("apiVersion") { result["apiVersion"] = .string(apiVersion) }
        return result
    }
}
