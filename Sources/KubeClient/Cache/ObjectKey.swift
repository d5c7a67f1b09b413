import KubeModel
public import Manifest

/// The name of an object within its resource: what caches are looked up by and controllers work on.
public struct ObjectKey: Sendable, Hashable {
    /// Empty for cluster-wide objects.
    public let namespace: String
    /// The object's name.
    public let name: String

    /// A key; without a namespace that of a cluster-scoped object.
    public init(namespace: String = "", name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// The key of an object.
    public init(_ object: Value) {
        let metadata = object.metadata
        self.init(namespace: metadata.namespace, name: metadata.name)
    }

    /// The namespace as requests take it, nil for cluster-wide objects.
    public var requestNamespace: String? { namespace.isEmpty ? nil : namespace }
}

extension ObjectKey: CustomStringConvertible {
    /// `namespace/name`, or the name alone.
    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}

extension ObjectKey: Comparable {
    /// By namespace, then by name.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
