import KubeModel
import Manifest

/// Takes over the fields of whoever applied an object before Slipway did, so that what git drops later is removed.
///
/// Server-side apply removes only what its own manager owns. Objects that were applied by `kubectl apply`, by Argo CD, or
/// by Slipway without server-side apply have other owners; their entries become Slipway's. kubectl does the same when it
/// changes over (`csaupgrade`), and Argo CD for kubectl's entries.
enum FieldAdoption {
    /// The manager of objects that are applied without server-side apply.
    static let clientSideManager = "slipway-client-side-apply"

    /// Those whose fields are taken over when Slipway applies an object for the first time.
    private static let predecessors: Set<String> = ["kubectl-client-side-apply", "argocd-controller"]
    private static let lastApplied = ["f:metadata", "f:annotations", "f:\(ClientSideApply.annotation)"]

    /// Whether an object has fields to take over.
    static func isNeeded(for object: Value) -> Bool {
        let items = object["metadata", "managedFields"]?.arrayValue ?? []
        let isOurs = items.contains(where: isOwn)
        return items.contains { isAdopted($0, object, isOurs: isOurs) }
    }

    /// The object with the fields taken over; nil where there are none.
    static func adopted(_ object: Value) -> Value? {
        let items = object["metadata", "managedFields"]?.arrayValue ?? []
        let isOurs = items.contains(where: isOwn)
        let adopted = items.filter { isAdopted($0, object, isOurs: isOurs) }
        guard !adopted.isEmpty else { return nil }
        var own = items.first(where: isOwn) ?? .emptyObject
        own["manager"] = .string(KindCatalog.fieldManager)
        own["operation"] = "Apply"
        own["apiVersion"] = .string(object.apiVersion)
        own["time"] = own["time"] ?? adopted.last?["time"]
        own["fieldsType"] = "FieldsV1"
        var fields = adopted.reduce(own["fieldsV1"] ?? .emptyObject) {
            united($0, $1["fieldsV1"] ?? .emptyObject)
        }
        // The annotation is not in git, but may be of use to whoever put it there.
        fields.set(nil, at: lastApplied)
        own["fieldsV1"] = fields
        var result = object
        let others = items.filter { !isOwn($0) && !isAdopted($0, object, isOurs: isOurs) }
        result.set(.array([own] + others), at: ["metadata", "managedFields"])
        return result
    }

    private static func isOwn(_ item: Value) -> Bool {
        item["manager"]?.stringValue == KindCatalog.fieldManager && item["operation"] == "Apply"
            && (item["subresource"]?.stringValue ?? "").isEmpty
    }

    private static func isAdopted(_ item: Value, _ object: Value, isOurs: Bool) -> Bool {
        // Fields of another version may have other names; they stay with their owner.
        guard (item["subresource"]?.stringValue ?? "").isEmpty,
            item["apiVersion"]?.stringValue == object.apiVersion, let manager = item["manager"]?.stringValue
        else { return false }
        if manager == clientSideManager { return true }
        return !isOurs && predecessors.contains(manager)
    }

    /// The union of two sets of fields as `fieldsV1` writes them.
    private static func united(_ left: Value, _ right: Value) -> Value {
        guard var fields = left.objectValue, let others = right.objectValue else { return left }
        for pair in others {
            fields[pair.key] = fields[pair.key].map { united($0, pair.value) } ?? pair.value
        }
        return .object(fields)
    }
}
