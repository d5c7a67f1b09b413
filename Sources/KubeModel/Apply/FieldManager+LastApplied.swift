import Manifest

// kubectl's client-side apply keeps the last configuration in an annotation. Server-side apply by the manager
// `kubectl` takes over from it, and keeps it for clients that still apply on their side.

extension FieldManager {
    /// The manager for whom the annotation is honoured.
    static let kubectl = "kubectl"
    private static let annotation = "kubectl.kubernetes.io/last-applied-configuration"
    /// The most bytes that all annotations of an object may have together.
    private static let annotationsLimit = 256 * 1024

    /// The fields that client-side apply set and that still have the value it gave them.
    ///
    /// The result is nil where the object has no such annotation, or one that does not fit.
    func fieldsOfClientSideApply(live: TypedValue) -> FieldSet? {
        guard let text = live.value["metadata"]?["annotations"]?[Self.annotation]?.stringValue,
            let last = try? JSON.parse(text), last["apiVersion"]?.stringValue == kind.apiVersion,
            last["kind"]?.stringValue != nil
        else { return nil }
        let applied = TypedValue(last, type)
        do throws(TypedFault) {
            try live.validate(allowsDuplicates: false)
            try applied.validate(allowsDuplicates: false)
            let change = try applied.comparison(with: live)
            return try applied.fieldSet()
                .subtracting(change.modified).subtracting(change.added).subtracting(change.removed)
        } catch {
            return nil
        }
    }

    /// Puts the configuration into the annotation where the object has one.
    static func renewLastApplied(in object: inout Value, from applied: Value) {
        guard var annotations = object["metadata"]?["annotations"]?.objectValue,
            let last = annotations[annotation]?.stringValue, !last.isEmpty
        else { return }
        var applied = applied
        if applied["metadata"]?["annotations"]?.objectValue != nil {
            applied.set(nil, at: ["metadata", "annotations", annotation])
        }
        annotations[annotation] = .string(GoJSON.text(of: applied.sortingKeys) + "\n")
        let size = annotations.reduce(0) { $0 + $1.key.utf8.count + ($1.value.stringValue?.utf8.count ?? 0) }
        if size > annotationsLimit { annotations[annotation] = nil }
        object.set(.object(annotations), at: ["metadata", "annotations"])
    }
}

extension Value {
    /// The value with the keys of all objects in it sorted.
    fileprivate var sortingKeys: Value {
        switch self {
        case .array(let items): return .array(items.map(\.sortingKeys))
        case .object(let object):
            var sorted = object.mapValues(\.sortingKeys)
            sorted.sortKeys()
            return .object(sorted)
        default: return self
        }
    }
}
