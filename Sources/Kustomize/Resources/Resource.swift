import KubeModel

/// One object on its way through a build.
final class Resource {
    /// The object. Whoever changes what its identity is made of calls ``identityChanged()``.
    private(set) var node: Node
    /// Whether a patch has deleted the object.
    private(set) var isDeleted = false
    /// Names of the vars that take their value from this object.
    var varNames: [String] = []
    private let scopes: KindScopes
    private var known: Identity?

    /// What follows from kind, metadata and build annotations.
    private struct Identity {
        let current: ResourceID
        let previous: [ResourceID]
    }

    init(_ node: Node, scopes: KindScopes) {
        self.node = node
        self.scopes = scopes
    }

    /// Another resource with an object of its own.
    func copy() -> Resource {
        let copy = Resource(node.copy(), scopes: scopes)
        copy.varNames = varNames
        copy.isDeleted = isDeleted
        return copy
    }

    /// Puts another object in the place of this one's.
    func replaceNode(_ node: Node) {
        self.node = node
        identityChanged()
    }

    /// Notes that nothing is left of the object.
    func delete() { isDeleted = true }

    /// Whether nothing is left of the object.
    var isEmpty: Bool { isDeleted || node.isEmpty }

    // MARK: Identity

    /// Forgets what was made of the object's identity.
    func identityChanged() { known = nil }

    private var identity: Identity {
        if let known { return known }
        let current = ResourceID(
            gvk: gvk, name: name, namespace: namespace, isClusterScoped: scopes.isClusterScoped(gvk))
        let identity = Identity(current: current, previous: readPreviousIDs())
        known = identity
        return identity
    }

    /// What the object is now.
    var currentID: ResourceID { identity.current }

    /// What the object was before each change of its name, namespace or kind, the first first.
    var previousIDs: [ResourceID] { identity.previous }

    /// What the object was when it was read.
    var originalID: ResourceID { identity.previous.first ?? identity.current }

    private func readPreviousIDs() -> [ResourceID] {
        guard let names = annotation(BuildAnnotation.previousNames) else { return [] }
        let (namespaces, kinds) = (
            list(BuildAnnotation.previousNamespaces), list(BuildAnnotation.previousKinds)
        )
        let gvk = gvk
        return zip(names.split(separator: ",", omittingEmptySubsequences: false), zip(namespaces, kinds)).map
        {
            ResourceID(
                gvk: GroupVersionKind(group: gvk.group, version: gvk.version, kind: $1.1), name: String($0),
                namespace: $1.0)
        }
    }

    /// Notes what the object is, before its name, namespace or kind changes.
    func storePreviousID() throws(KustomizeError) {
        let id = currentID
        try append(id.name, to: BuildAnnotation.previousNames)
        try append(id.effectiveNamespace, to: BuildAnnotation.previousNamespaces)
        try append(id.gvk.kind, to: BuildAnnotation.previousKinds)
        identityChanged()
    }

    /// Kind and API version as the object has them.
    var gvk: GroupVersionKind { GroupVersionKind(apiVersion: apiVersion, kind: kind) }

    var kind: String { node.field("kind")?.text ?? "" }

    var apiVersion: String { node.field("apiVersion")?.text ?? "" }

    func setKind(_ kind: String) throws(KustomizeError) {
        try node.set("kind", to: .scalar(kind))
        identityChanged()
    }

    func setAPIVersion(_ version: String) throws(KustomizeError) {
        try node.set("apiVersion", to: .scalar(version))
        identityChanged()
    }
}
