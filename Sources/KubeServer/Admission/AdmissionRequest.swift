public import KubeModel
public import Manifest

/// A write on its way to the store, as admission sees it: after decoding and defaulting, before validation.
public struct AdmissionRequest: Sendable {
    /// What is done to the object.
    public enum Operation: String, Sendable {
        case create = "CREATE"
        case update = "UPDATE"
        case delete = "DELETE"
    }

    public let operation: Operation
    public let kind: GroupVersionKind
    public let resource: GroupVersionResource
    /// The part of the object that is written (`status`, `scale`), empty for the object itself.
    public let subresource: String
    /// Empty for objects of the whole cluster.
    public let namespace: String
    /// Empty while a name is still to be generated.
    public let name: String
    public let user: User
    /// The object as it would be written; nil for a deletion.
    public var object: Value?
    /// The object as it is stored; nil for a creation.
    public let oldObject: Value?
    /// Whether nothing of this will be kept, so that there must be no side effects.
    public let isDryRun: Bool

    public init(
        operation: Operation, kind: GroupVersionKind, resource: GroupVersionResource,
        subresource: String = "",
        namespace: String, name: String, user: User, object: Value?, oldObject: Value?, isDryRun: Bool
    ) {
        self.operation = operation
        self.kind = kind
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.user = user
        self.object = object
        self.oldObject = oldObject
        self.isDryRun = isDryRun
    }
}
