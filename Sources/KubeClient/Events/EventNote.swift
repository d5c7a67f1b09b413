public import KubeModel
public import Manifest

/// Something worth telling about an object, as `kubectl describe` shows it.
public struct EventNote: Sendable, Hashable {
    /// Whether all is well.
    public enum Severity: String, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    /// The object it is about.
    public struct Reference: Sendable, Hashable {
        /// The object's kind.
        public var kind: GroupVersionKind
        /// The object's namespace and name.
        public var key: ObjectKey
        /// The object's uid; events of objects that are no more keep it.
        public var uid: String
        /// The version of the object that the event is about; may be empty.
        public var resourceVersion: String
        /// The part of the object, such as `spec.containers{web}`; empty for the whole.
        public var fieldPath: String

        /// A reference from its parts.
        public init(
            kind: GroupVersionKind, key: ObjectKey, uid: String = "", resourceVersion: String = "",
            fieldPath: String = ""
        ) {
            self.kind = kind
            self.key = key
            self.uid = uid
            self.resourceVersion = resourceVersion
            self.fieldPath = fieldPath
        }

        /// The reference to an object.
        public init(_ object: Value, fieldPath: String = "") {
            let metadata = object.metadata
            self.init(
                kind: GroupVersionKind(apiVersion: object.apiVersion, kind: object.kind),
                key: ObjectKey(object), uid: metadata.uid, resourceVersion: metadata.resourceVersion,
                fieldPath: fieldPath)
        }
    }

    /// What the event is about.
    public var regarding: Reference
    /// Whether somebody should look at it.
    public var severity: Severity
    /// One word in CamelCase, for programs: `ScalingReplicaSet`.
    public var reason: String
    /// A sentence for people.
    public var message: String

    /// An event with its reason in one word and its message for people.
    public init(_ severity: Severity, _ reason: String, _ message: String, regarding: Reference) {
        self.severity = severity
        self.reason = reason
        self.message = message
        self.regarding = regarding
    }
}
