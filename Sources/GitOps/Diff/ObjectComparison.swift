public import KubeModel
public import Manifest

/// How an object of the source differs from the one in the cluster.
public struct ObjectComparison: Sendable {
    /// Whether applying the source's object would change nothing that counts.
    public var isSynced: Bool
    /// The object in the cluster, in comparable form; nil where there is none.
    public var live: Value?
    /// What applying would make of it; nil where it is to be deleted.
    public var predicted: Value?
    /// Where the two differ, as JSON pointers.
    public var paths: [String]
    /// The fields that neither the source sets nor the server, with who did.
    public var foreignFields: [ForeignFields]
}

/// Fields of an object that somebody else than Slipway has set.
public struct ForeignFields: Sendable, Hashable {
    /// Who, as they called themselves.
    public var manager: String
    /// Whether by server-side apply or otherwise.
    public var operation: String
    /// The fields, as `.spec.replicas`.
    public var paths: [String]
}

/// Compares objects of a source with those in a cluster, by what server-side apply would make of them.
///
/// The merge is the API server's own, done here: fields that the source sets are compared, fields that it has dropped
/// count as removed, and fields of others do not count but are told. Both sides get their defaults and canonical
/// spellings first, so that `0.5` and `500m` do not differ. The status never counts, as in Argo CD since 3.0.
public struct ObjectDiffer: Sendable {
    /// What is known of kinds.
    public var catalog: KindCatalog
    /// What does not count.
    public var ignored: IgnoreRules

    /// A differ.
    public init(catalog: KindCatalog = KindCatalog(), ignored: IgnoreRules = IgnoreRules()) {
        self.catalog = catalog
        self.ignored = ignored
    }

    /// Compares an object of the source with the one in the cluster.
    ///
    /// - Parameters:
    ///   - target: the object as it is applied, tracking annotation included.
    ///   - live: the object in the cluster with its `managedFields`; nil where there is none.
    ///   - answer: what the server said a dry run of applying would make of it, where it was asked.
    ///   - isClientSide: whether the object is applied without server-side apply.
    /// - Throws: `APIError` where the object does not fit its kind's schema.
    public func compare(
        target: Value, live: Value?, answer: Value? = nil, isClientSide: Bool = false
    ) throws(APIError) -> ObjectComparison {
        guard let live else {
            return ObjectComparison(
                isSynced: false, live: nil, predicted: Self.comparable(catalog.normalized(target)),
                paths: [""],
                foreignFields: [])
        }
        let kind = GroupVersionKind(apiVersion: target.apiVersion, kind: target.kind)
        // What the cluster shows in another version is compared in the one it is applied in.
        var current = live
        current.apiVersion = target.apiVersion
        let merged: Value
        if let answer {
            merged = answer
        } else if isClientSide {
            do {
                merged = try ClientSideApply(target).predicted(from: current)
            } catch {
                throw APIError.badRequest(error.description)
            }
        } else {
            var applied = target
            applied["status"] = nil
            if let adopted = FieldAdoption.adopted(current) { current = adopted }
            merged = try catalog.fieldManager(for: kind).apply(
                live: current, applied: applied, manager: KindCatalog.fieldManager, force: true,
                at: Timestamp(seconds: 0))
        }
        let fields = ignored.fields(of: ResourceKey(target))
        let owned = fields.paths(ownedIn: live)
        var before = Self.comparable(catalog.normalized(current))
        var after = Self.comparable(catalog.normalized(merged))
        if !fields.isEmpty {
            fields.remove(from: &before, owned: owned)
            fields.remove(from: &after, owned: owned)
        }
        let paths = before == after ? [] : ValueDifference.paths(before, after)
        return ObjectComparison(
            isSynced: paths.isEmpty, live: before, predicted: after, paths: paths,
            foreignFields: Self.foreignFields(of: live))
    }

    /// The target with the live values of fields that do not count, for `RespectIgnoreDifferences`.
    func respectingIgnored(_ target: Value, live: Value) -> Value {
        let fields = ignored.fields(of: ResourceKey(target))
        guard !fields.isEmpty else { return target }
        var result = target
        fields.restore(in: &result, from: live, owned: fields.paths(ownedIn: live))
        return result
    }

    /// An object without what only the server sets.
    static func comparable(_ object: Value) -> Value {
        var object = object
        object["status"] = nil
        for field in [
            "managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink",
            "deletionTimestamp", "deletionGracePeriodSeconds",
        ] { object.set(nil, at: ["metadata", field]) }
        // What became empty by a removal is the same as what was never there.
        for field in ["annotations", "labels", "finalizers"] {
            let value = object["metadata", field]
            let isEmpty = value?.objectValue?.isEmpty ?? value?.arrayValue?.isEmpty ?? (value?.isNull == true)
            if isEmpty { object.set(nil, at: ["metadata", field]) }
        }
        return object
    }

    /// The fields that others have set and we do not.
    static func foreignFields(of live: Value) -> [ForeignFields] {
        guard let managed = try? ManagedFields(of: live) else { return [] }
        let ours = managed.entries.filter { $0.key.manager == KindCatalog.fieldManager }
            .reduce(FieldSet()) { $0.union($1.value.fields) }
        var result: [ForeignFields] = []
        for (owner, ownership) in managed.entries
        where owner.manager != KindCatalog.fieldManager && owner.subresource != "status" {
            let paths = ownership.fields.leaves.subtracting(ours).paths.map(\.pathDescription)
                .filter { !$0.hasPrefix(".status") }
            guard !paths.isEmpty else { continue }
            result.append(
                ForeignFields(manager: owner.manager, operation: owner.operation.rawValue, paths: paths))
        }
        return result.sorted { ($0.manager, $0.operation) < ($1.manager, $1.operation) }
    }
}
