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
        public var kind: GroupVersionKind
        public var key: ObjectKey
        public var uid: String
        public var resourceVersion: String
        /// The part of the object, such as `spec.containers{web}`; empty for the whole.
        public var fieldPath: String

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

    public var regarding: Reference
    public var severity: Severity
    /// One word in CamelCase, for programs: `ScalingReplicaSet`.
    public var reason: String
    /// A sentence for people.
    public var message: String

    public init(_ severity: Severity, _ reason: String, _ message: String, regarding: Reference) {
        self.severity = severity
        self.reason = reason
        self.message = message
        self.regarding = regarding
    }
}
