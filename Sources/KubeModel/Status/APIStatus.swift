public import Manifest

/// What an API server answers when it does not answer with an object (`metav1.Status`).
public struct APIStatus: Sendable, Hashable {
    /// How the request ended.
    public enum Outcome: String, Sendable, Hashable {
        case success = "Success"
        case failure = "Failure"
    }

    /// The list metadata, empty but for answers to collection requests.
    public var metadata: Object
    public var outcome: Outcome?
    /// The explanation for people.
    public var message: String
    public var reason: StatusReason
    public var details: Details?
    /// The HTTP status, 0 where none is given.
    public var code: Int

    public init(
        _ outcome: Outcome?, code: Int = 0, reason: StatusReason = .unknown, message: String = "",
        details: Details? = nil, metadata: Object = Object()
    ) {
        self.outcome = outcome
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.metadata = metadata
    }

    /// What the request was about, and single causes of its failure.
    public struct Details: Sendable, Hashable {
        public var name: String
        public var group: String
        /// The resource (`pods`) or, of invalid objects, the kind (`Pod`).
        public var kind: String
        public var uid: String
        public var causes: [Cause]
        /// How long to wait before asking again, 0 for no advice.
        public var retryAfterSeconds: Int

        public init(
            name: String = "", group: String = "", kind: String = "", uid: String = "", causes: [Cause] = [],
            retryAfterSeconds: Int = 0
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }

        /// Details that name a resource and an object of it.
        init(_ resource: GroupResource, name: String = "", causes: [Cause] = [], retryAfterSeconds: Int = 0) {
            self.init(
                name: name, group: resource.group, kind: resource.resource, causes: causes,
                retryAfterSeconds: retryAfterSeconds)
        }
    }

    /// One of the things that are wrong, as a rule with a field (`metav1.StatusCause`).
    public struct Cause: Sendable, Hashable {
        /// The class of the fault: `FieldValueInvalid`, `FieldManagerConflict`, …
        public var reason: String
        public var message: String
        /// The path of the field, empty where the fault belongs to no field.
        public var field: String

        public init(reason: String = "", message: String, field: String = "") {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }
}
