public import KubeModel
public import Manifest

/// An object as a source renders it, before it is made an application's.
public struct RenderedObject: Sendable, Hashable {
    /// The object as JSON: compact while it waits, parsed when it is used.
    let json: [UInt8]
    /// Group, version and kind as the source spells them.
    public let kind: GroupVersionKind
    /// The namespace and name the source gives; a hook may have a `generateName` alone.
    public let key: ResourceKey
    /// What the annotations say about syncing the object.
    public let annotations: ResourceAnnotations
    /// The kind that the object defines, for definitions of custom resources, and whether its objects have namespaces.
    let definition: Definition?

    struct Definition: Sendable, Hashable {
        let kind: GroupKind
        let isNamespaced: Bool
    }

    /// Reads an object.
    ///
    /// - Throws: ``GitOpsError`` with code `invalidManifest` where it has no kind or no name.
    init(_ object: Value) throws(GitOpsError) {
        guard let kind = GroupVersionKind(object), !kind.kind.isEmpty, !kind.version.isEmpty else {
            throw GitOpsError(
                .invalidManifest, "an object has no apiVersion or no kind: \(Self.excerpt(of: object))")
        }
        let metadata = object.metadata
        guard !metadata.name.isEmpty || !metadata.generateName.isEmpty else {
            throw GitOpsError(
                .invalidManifest, "a \(kind.kind) has no metadata.name: \(Self.excerpt(of: object))")
        }
        self.kind = kind
        var key = ResourceKey(object)
        if key.name.isEmpty { key.name = metadata.generateName }
        self.key = key
        annotations = ResourceAnnotations(object)
        json = JSON.write(object).withUnsafeBufferPointer { Array($0) }
        if kind.kind == "CustomResourceDefinition", let group = object["spec", "group"]?.stringValue,
            let name = object["spec", "names", "kind"]?.stringValue
        {
            definition = Definition(
                kind: GroupKind(group: group, kind: name),
                isNamespaced: object["spec", "scope"]?.stringValue != "Cluster")
        } else {
            definition = nil
        }
    }

    /// The object as a tree.
    public var value: Value { (try? JSON.parse(json)) ?? .emptyObject }

    private static func excerpt(of object: Value) -> String { String(JSON.string(object).prefix(80)) }
}
