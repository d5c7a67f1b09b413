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
        /// What rows of lists show: every open page keeps its own, of all runs and pull requests that there ever were.
        case rows
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
        switch kept {
        case .whole: return
        case .judgeRecords:
            guard !object.metadata.name.hasSuffix(JudgeRecordView.suffix) else { return }
            object["data"] = nil
            object["binaryData"] = nil
        case .rows:
            object["spec", "body"] = nil
            Self.drop("body", from: &object["status", "reviews"])
            Self.drop("steps", from: &object["status", "gates"])
            object["status", "history"] = nil
            object["status", "operationState", "syncResult"] = nil
        }
    }

    private static func drop(_ field: String, from list: inout Value?) {
        guard let items = list?.arrayValue else { return }
        list = .array(
            items.map { item in
                var item = item
                item[field] = nil
                return item
            })
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
    /// The places of objects in their collections, by name: pages of many rows look for many objects.
    private var places: [ObjectCollection: [String: [Int]]] = [:]
    /// Why a collection cannot be read by the user, in the API's words.
    var refusals: [ObjectCollection: String] = [:]
    /// The collections of kinds that the server does not know.
    var absent: Set<ObjectCollection> = []

    /// Enters a collection's objects.
    mutating func set(_ values: [Value], of collection: ObjectCollection) {
        let named = values.map { (($0.metadata.namespace, $0.metadata.name), $0) }.sorted { $0.0 < $1.0 }
        objects[collection] = named.map(\.1)
        var places: [String: [Int]] = [:]
        for (place, entry) in named.enumerated() { places[entry.0.1, default: []].append(place) }
        self.places[collection] = places
    }

    /// The collections of a resource, by namespace.
    private func collections(of resource: GroupVersionResource) -> [ObjectCollection] {
        let parts = objects.keys.filter { $0.resource == resource }
        return parts.count > 1 ? parts.sorted { ($0.namespace ?? "") < ($1.namespace ?? "") } : parts
    }

    /// The objects of a resource, of all its collections.
    subscript(resource: GroupVersionResource) -> [Value] {
        let parts = collections(of: resource)
        return parts.count > 1
            ? parts.flatMap { objects[$0] ?? [] } : parts.first.flatMap { objects[$0] } ?? []
    }

    /// An object by its name.
    func object(_ resource: GroupVersionResource, _ name: String, namespace: String? = nil) -> Value? {
        for collection in collections(of: resource) {
            for place in places[collection]?[name] ?? [] {
                guard let object = objects[collection]?[place] else { continue }
                if namespace == nil || object.metadata.namespace == namespace { return object }
            }
        }
        return nil
    }
}
