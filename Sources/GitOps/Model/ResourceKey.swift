public import KubeModel
public import Manifest

/// What names an object across versions of its kind: group, kind, namespace and name.
public struct ResourceKey: Sendable, Hashable {
    /// The API group, empty for the core one.
    public var group: String
    /// The kind, as `Deployment`.
    public var kind: String
    /// Empty for cluster-wide objects.
    public var namespace: String
    /// The name within the namespace.
    public var name: String

    /// A key of its parts.
    public init(group: String = "", kind: String, namespace: String = "", name: String) {
        self.group = group
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// The key that an object bears.
    public init(_ object: Value) {
        let kind = GroupVersionKind(apiVersion: object.apiVersion, kind: object.kind)
        let metadata = object.metadata
        self.init(
            group: kind.group, kind: kind.kind, namespace: metadata.namespace, name: metadata.name)
    }

    /// The kind without its version.
    public var groupKind: GroupKind { GroupKind(group: group, kind: kind) }
}

extension ResourceKey: Comparable, CustomStringConvertible {
    /// By group, kind, namespace and name.
    public static func < (left: ResourceKey, right: ResourceKey) -> Bool {
        (left.group, left.kind, left.namespace, left.name)
            < (right.group, right.kind, right.namespace, right.name)
    }

    /// `apps/Deployment/shop/web`; empty parts are left out.
    public var description: String {
        [group, kind, namespace, name].filter { !$0.isEmpty }.joined(separator: "/")
    }
}
