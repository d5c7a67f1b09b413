public import Manifest

/// An entry of `status.conditions`: one aspect of an object's state (`metav1.Condition`).
public struct Condition: Sendable, Hashable {
    /// Whether the condition holds.
    public enum Status: String, Sendable, Hashable {
        case isTrue = "True"
        case isFalse = "False"
        case unknown = "Unknown"

        /// `isTrue` or `isFalse`.
        public init(_ flag: Bool) { self = flag ? .isTrue : .isFalse }
    }

    /// The aspect, such as `Ready` or `Available`.
    public var type: String
    public var status: Status
    /// Why, in one CamelCase word for programs.
    public var reason: String
    /// Why, for people.
    public var message: String
    /// The `metadata.generation` that was looked at; 0 where the kind does not count.
    public var observedGeneration: Int64
    /// When ``status`` last changed; nil lets ``Conditions`` fill it in.
    public var lastTransitionTime: Timestamp?

    public init(
        type: String, status: Status, reason: String, message: String = "", observedGeneration: Int64 = 0,
        lastTransitionTime: Timestamp? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
    }

    /// Reads an entry; nil where it has no `type`. A status that is none of the three counts as unknown.
    public init?(_ value: Value) {
        guard let type = value["type"]?.stringValue else { return nil }
        self.init(
            type: type, status: value["status"]?.stringValue.flatMap(Status.init(rawValue:)) ?? .unknown,
            reason: value["reason"]?.stringValue ?? "", message: value["message"]?.stringValue ?? "",
            observedGeneration: value["observedGeneration"]?.integerValue ?? 0,
            lastTransitionTime: value["lastTransitionTime"]?.stringValue.flatMap(Timestamp.init(rfc3339:)))
    }
}
