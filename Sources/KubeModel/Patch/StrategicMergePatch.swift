public import Manifest

/// A partial document that merges lists by the rules of their type (`application/strategic-merge-patch+json`).
///
/// Lists of objects merge item by item where the schema gives them a merge key. Directives say the rest:
/// `$patch: replace | delete`, `$retainKeys`, `$setElementOrder/<list>`, `$deleteFromPrimitiveList/<list>`.
/// The semantics, and the words of errors, are those of apimachinery's `strategicpatch`.
public enum StrategicMergePatch {
    /// Merges a patch into an object.
    ///
    /// Keys keep their place, new ones go last. Items of lists come in the order `$setElementOrder` asks for,
    /// else in that of the patch, with the object's other items where they stood among them.
    /// - Throws: `malformedPatch`, `inapplicablePatch` or `failedPatch`.
    public static func apply(
        _ patch: Value, to document: Value, schema: some PatchSchema
    ) throws(KubeModelError) -> Value {
        let merge = StrategicMerge(mode: .apply)
        return .object(try merge.merged(try object(document), try object(patch), schema))
    }

    /// One patch that does what several do in succession.
    ///
    /// Directives and nulls are kept; where two patches set a field, the later one wins.
    /// - Throws: as ``apply(_:to:schema:)``.
    public static func combine(
        _ patches: [Value], schema: some PatchSchema
    ) throws(KubeModelError) -> Value {
        let merge = StrategicMerge(mode: .combine)
        var combined = Object()
        for patch in patches { combined = try merge.merged(combined, try object(patch), schema) }
        return .object(combined)
    }

    /// The patch that makes `modified` of `original`.
    ///
    /// - Throws: `inapplicablePatch` where a precondition fails, `failedPatch` where a list cannot be compared.
    public static func create(
        from original: Value, to modified: Value, schema: some PatchSchema,
        preconditions: [PatchPrecondition] = []
    ) throws(KubeModelError) -> Value {
        let difference = StrategicDifference(includes: [.changes, .deletions, .order])
        let patch = Value.object(try difference.patch(try object(original), try object(modified), schema))
        try PatchPrecondition.check(preconditions, patch)
        return patch
    }

    /// The patch that `kubectl apply` sends.
    ///
    /// It changes `current` into `modified`, and removes what `original`, the configuration applied last, had
    /// and `modified` has no longer. What others added to `current` stays.
    /// - Parameter overwrite: whether fields that others changed too are set nevertheless.
    /// - Throws: as ``create(from:to:schema:preconditions:)``, and `conflictingPatch` without `overwrite`.
    public static func createThreeWay(
        original: Value, modified: Value, current: Value, schema: some PatchSchema, overwrite: Bool = true,
        preconditions: [PatchPrecondition] = []
    ) throws(KubeModelError) -> Value {
        let (original, modified) = (try object(original), try object(modified))
        let current = try object(current)
        let changes = try StrategicDifference(includes: [.changes, .order])
            .patch(current, modified, schema)
        let deletions = try StrategicDifference(includes: [.deletions, .order])
            .patch(original, modified, schema)
        let patch = Value.object(try StrategicMerge(mode: .combine).merged(deletions, changes, schema))
        try PatchPrecondition.check(preconditions, patch)
        if !overwrite {
            let others = Value.object(
                try StrategicDifference(includes: [.changes, .deletions]).patch(original, current, schema))
            if try conflict(patch, others, schema: schema) {
                throw PatchFault.conflict(patch: patch, changes: others)
            }
        }
        return patch
    }

    private static func object(_ document: Value) throws(KubeModelError) -> Object {
        guard let object = document.objectValue else {
            throw PatchFault.notDecodable(document, as: "map[string]interface {}")
        }
        return object
    }
}

/// The keys by which a patch says more than values can.
enum PatchDirective {
    static let marker = "$patch"
    static let retainKeys = "$retainKeys"
    static let elementOrder = "$setElementOrder"
    static let deletions = "$deleteFromPrimitiveList"

    static let delete: Value = "delete"
    static let replace: Value = "replace"
    static let merge: Value = "merge"

    /// The list that a key such as `$setElementOrder/containers` is about; nil where none is named.
    static func list(of key: String, _ directive: String) -> String? {
        guard key.hasPrefix(directive + "/") else { return nil }
        return String(key.dropFirst(directive.count + 1))
    }

    /// Whether a key is a directive about its siblings.
    static func isParallel(_ key: String) -> Bool {
        key == retainKeys || key.hasPrefix(elementOrder) || key.hasPrefix(deletions)
    }
}
