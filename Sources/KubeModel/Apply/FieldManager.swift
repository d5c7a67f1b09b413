import Manifest

/// What keeps track of who owns which fields of the objects of one kind.
///
/// Every write goes through it: ``update(live:new:manager:at:)`` for created, replaced and patched objects,
/// ``apply(live:applied:manager:force:at:)`` for server-side apply. Both are pure; the object that comes out
/// carries the new `metadata.managedFields`. The rules are those of structured-merge-diff v6 and of
/// apimachinery's `managedfields` package.
///
///     let manager = FieldManager(kind: deployments, schema: SchemaCatalog.builtin.schema(for: deployments))
///     let merged = try manager.apply(live: live, applied: object, manager: "slipway", at: now)
public struct FieldManager: Sendable {
    /// The kind, in the version that requests are made in.
    public let kind: GroupVersionKind
    /// The subresource that is written to, empty for the object itself.
    public let subresource: String
    let schema: Schema?
    let resetFields: FieldFilter
    let versions: Set<String>

    /// The most entries that updates may have; older ones are put together beyond.
    static let maximumUpdateEntries = 10

    /// A manager of the objects of a kind.
    ///
    /// - Parameters:
    ///   - schema: the kind's schema; nil lets objects without one merge field by field with atomic lists.
    ///   - subresource: `status`, `scale`, or empty for the object itself.
    ///   - resetFields: what the request cannot set.
    ///   - versions: further versions of the kind that spell fields alike, so that entries written in them stay
    ///     valid. Entries in other versions are dropped.
    public init(
        kind: GroupVersionKind, schema: Schema?, subresource: String = "", resetFields: FieldFilter = .none,
        versions: Set<String> = []
    ) {
        self.kind = kind
        self.schema = schema
        self.subresource = subresource
        self.resetFields = resetFields
        self.versions = versions.union([kind.apiVersion])
    }

    var type: MergeType { MergeType(root: schema) }

    /// The object as its fields are compared and merged: in the shape the server's own types give it, and
    /// without the entries themselves.
    func typed(_ object: Value) -> TypedValue {
        var object = schema.map { $0.typedForm(of: object) } ?? object
        object.set(nil, at: ["metadata", "managedFields"])
        return TypedValue(object, type)
    }

    /// What an object is compared with that does not exist yet.
    var nothing: Value {
        let bare: Value = ["apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind)]
        return schema.map { $0.typedForm(of: bare) } ?? bare
    }

    /// The entries that count: those of known versions, as the present schema has them.
    func current(_ managed: ManagedFields) -> ManagedFields {
        var result = managed
        for (owner, ownership) in managed.entries {
            if !versions.contains(ownership.apiVersion) {
                result.entries[owner] = nil
            } else if let fields = TypedValue.reconciled(ownership.fields, with: type) {
                result.entries[owner]?.fields = fields
            }
        }
        return result
    }

    func owner(_ manager: String, _ operation: ManagedFields.Operation) -> ManagedFields.Owner {
        ManagedFields.Owner(
            manager: manager.isEmpty ? "unknown" : manager, operation: operation, apiVersion: kind.apiVersion,
            subresource: subresource)
    }

    /// Takes what a change took from others away from them, and forgets those who own nothing any more.
    ///
    /// - Returns: what each of the others loses because the change gave the field another value.
    func takeFields(
        changedBy comparison: Comparison, from managed: inout ManagedFields,
        exceptFrom self: ManagedFields.Owner
    ) -> [ManagedFields.Owner: FieldSet] {
        let changed = comparison.modified.union(comparison.added)
        var conflicts: [ManagedFields.Owner: FieldSet] = [:]
        for (owner, ownership) in managed.entries where owner != self {
            let conflict = ownership.fields.intersection(changed)
            if !conflict.isEmpty { conflicts[owner] = conflict }
            let left = ownership.fields.subtracting(conflict).subtracting(comparison.removed)
            managed.entries[owner]?.fields = left
        }
        managed.entries = managed.entries.filter { !$0.value.fields.isEmpty }
        return conflicts
    }

    /// Fields that nobody owns: they name the object, or only the server sets them.
    static let neverOwned = FieldSet(
        [
            ["apiVersion"], ["kind"], ["metadata"], ["metadata", "name"], ["metadata", "namespace"],
            ["metadata", "creationTimestamp"], ["metadata", "selfLink"], ["metadata", "uid"],
            ["metadata", "clusterName"], ["metadata", "generation"], ["metadata", "managedFields"],
            ["metadata", "resourceVersion"],
        ].map { $0.map { .field($0) } })
}
