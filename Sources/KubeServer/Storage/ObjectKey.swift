/// The place of an object in the store.
public struct ObjectKey: Sendable, Hashable {
    /// The resource, as upstream's messages spell it: `deployments.apps`, `configmaps`.
    public let resource: String
    /// Namespace and name, `default/web`, or the name alone of what has no namespace.
    ///
    /// Lists are ordered by this path, byte by byte, as etcd orders its keys.
    public let path: String

    public init(resource: String, path: String) {
        self.resource = resource
        self.path = path
    }

    /// The key of an object by its parts; `namespace` is nil or empty for cluster-scoped ones.
    public init(resource: String, namespace: String?, name: String) {
        self.init(resource: resource, path: Self.path(namespace: namespace, name: name))
    }

    static func path(namespace: String?, name: String) -> String {
        guard let namespace, !namespace.isEmpty else { return name }
        return "\(namespace)/\(name)"
    }
}
