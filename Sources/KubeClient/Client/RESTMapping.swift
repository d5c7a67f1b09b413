public import KubeModel

/// Where the objects of a kind live in an API.
public struct RESTMapping: Sendable, Hashable {
    /// The kind that a manifest names.
    public let kind: GroupVersionKind
    /// Where objects of the kind are found.
    public let resource: GroupVersionResource
    /// Whether the objects live in namespaces.
    public let isNamespaced: Bool
    /// What can be done with them: `get`, `list`, `watch`, …
    public let verbs: Set<String>
    /// The parts of the objects that have their own place: `status`, `scale`, `log`.
    public let subresources: Set<String>
}
