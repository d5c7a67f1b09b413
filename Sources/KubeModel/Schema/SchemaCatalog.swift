/// The schemas of all kinds a server or a client knows.
public struct SchemaCatalog: Sendable {
    private let types: BuiltinTypes
    private var custom: [GroupVersionKind: Schema]

    /// The kinds that are built into Kubernetes 1.36.
    ///
    /// Nothing is read until a schema is asked for, and then only the types on the way to it.
    public static let builtin = SchemaCatalog(types: BuiltinTypes(), custom: [:])

    private init(types: BuiltinTypes, custom: [GroupVersionKind: Schema]) {
        self.types = types
        self.custom = custom
    }

    /// The schema of whole objects of a kind, or nil where the kind is unknown.
    public func schema(for kind: GroupVersionKind) -> Schema? {
        custom[kind] ?? types.definition(of: kind).flatMap(types.schema(named:))
    }

    /// The schema of a built-in type by its full name, such as `io.k8s.api.core.v1.PodSpec`.
    public func schema(named definition: String) -> Schema? { types.schema(named: definition) }

    /// The catalog with the schema of a custom resource's version added, replaced or, with nil, removed.
    public func setting(_ schema: Schema?, for kind: GroupVersionKind) -> SchemaCatalog {
        var copy = self
        copy.custom[kind] = schema
        return copy
    }
}
