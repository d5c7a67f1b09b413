import KubeClient
import KubeModel
import Manifest

/// A collection of objects that a page shows, and how much of each it needs.
struct ObjectCollection: Sendable, Hashable {
    /// What is kept of an object.
    enum Kept: Sendable, Hashable {
        case whole
        /// Only what judges have written; other ConfigMaps keep nothing but their names.
        case judgeRecords
    }

    let resource: GroupVersionResource
    /// Nil for the objects of all namespaces.
    let namespace: String?
    var kept = Kept.whole

    init(_ resource: GroupVersionResource, in namespace: String?, kept: Kept = .whole) {
        self.resource = resource
        self.namespace = namespace
        self.kept = kept
    }

    /// Drops from an object what no page reads.
    func strip(_ object: inout Value) {
        object["metadata", "managedFields"] = nil
        if kept == .judgeRecords, !object.metadata.name.hasSuffix(JudgeRecordView.suffix) {
            object["data"] = nil
            object["binaryData"] = nil
        }
    }
}

extension GroupVersionResource {
    /// Deliveries, Promotions and Approvals are read as trees, as their fields come.
    static func slipway(_ resource: String) -> GroupVersionResource {
        GroupVersionResource(group: "slipway.dev", version: "v1alpha1", resource: resource)
    }
}

/// The objects of a page at one moment.
struct ObjectSet: Sendable {
    /// The objects of each collection, sorted by namespace and name.
    private(set) var objects: [ObjectCollection: [Value]] = [:]
    /// Why a collection cannot be read by the user, in the API's words.
    var refusals: [ObjectCollection: String] = [:]
    /// The collections of kinds that the server does not know.
    var absent: Set<ObjectCollection> = []

    /// Enters a collection's objects.
    mutating func set(_ values: [Value], of collection: ObjectCollection) {
        objects[collection] = values.sorted { left, right in
            let (left, right) = (left.metadata, right.metadata)
            return left.namespace == right.namespace
                ? left.name < right.name : left.namespace < right.namespace
        }
    }

    /// The objects of a resource, of all its collections.
    subscript(resource: GroupVersionResource) -> [Value] {
        let parts = objects.filter { $0.key.resource == resource }
        guard parts.count > 1 else { return parts.first?.value ?? [] }
        return parts.sorted { ($0.key.namespace ?? "") < ($1.key.namespace ?? "") }.flatMap(\.value)
    }

    /// An object by its name.
    func object(_ resource: GroupVersionResource, _ name: String, namespace: String? = nil) -> Value? {
        self[resource].first { object in
            object.metadata.name == name && (namespace == nil || object.metadata.namespace == namespace)
        }
    }
}
