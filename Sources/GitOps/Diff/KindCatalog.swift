public import KubeModel
public import Manifest

/// What is known of kinds without asking a server: schemas, defaults, and how objects are merged.
public struct KindCatalog: Sendable {
    private struct Custom: Sendable {
        let schema: Schema
        let hasStatus: Bool
    }

    private var custom: [GroupVersionKind: Custom] = [:]

    /// The field manager under which Slipway applies.
    public static let fieldManager = "slipway"

    /// The kinds that are built into Kubernetes.
    public init() {}

    /// Learns the kinds of a CustomResourceDefinition; other objects teach nothing.
    public mutating func learn(_ definition: Value) {
        guard definition.kind == "CustomResourceDefinition",
            let group = definition["spec", "group"]?.stringValue,
            let kind = definition["spec", "names", "kind"]?.stringValue
        else { return }
        for version in definition["spec", "versions"]?.arrayValue ?? [] {
            let known = CustomResourceSchema(version: version)
            custom[GroupVersionKind(group: group, version: known.version, kind: kind)] = Custom(
                schema: known.schema, hasStatus: known.hasStatus)
        }
    }

    /// Whether the objects of a kind are understood: what fields they have, and how lists are merged.
    public func knows(_ kind: GroupVersionKind) -> Bool {
        custom[kind] != nil || BuiltinKinds.strategy(for: kind) != nil
    }

    /// What merges configurations into objects of a kind.
    func fieldManager(for kind: GroupVersionKind) -> FieldManager {
        if let known = custom[kind] {
            return FieldManager(
                kind: kind, schema: known.schema,
                resetFields: .customResource(hasStatus: known.hasStatus))
        }
        return FieldManager(
            kind: kind, schema: SchemaCatalog.builtin.schema(for: kind), resetFields: .builtin(kind))
    }

    /// An object in the one form that all its spellings have: with defaults and canonical quantities.
    ///
    /// An object that does not fit its kind stays as it is; the server's refusal says what is wrong with it.
    func normalized(_ object: Value) -> Value {
        guard let kind = GroupVersionKind(object) else { return object }
        if let known = custom[kind] { return known.schema.defaulted(object) }
        guard let strategy = BuiltinKinds.strategy(for: kind) else { return object }
        return (try? strategy.normalized(object)) ?? object
    }
}
