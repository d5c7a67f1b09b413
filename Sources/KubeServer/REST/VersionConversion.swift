import KubeModel
import Manifest

/// How objects of a built-in kind differ between the version they are stored in and another that is served.
///
/// Events are the only objects that two groups serve under different field names.
struct VersionConversion: Sendable {
    /// Fields of the stored version and their names in the served one.
    private let names: [(stored: String, served: String)]

    /// The conversion of a resource, nil where it is served as it is stored.
    init?(of resource: ResourceDefinition) {
        guard resource.custom == nil, resource.storage.kind != resource.kind else { return nil }
        names = [
            ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
            ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
            ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
        ]
    }

    func toServed(_ object: inout Value) {
        rename(
            &object, Dictionary(names.map { ($0.stored, $0.served) }, uniquingKeysWith: { first, _ in first })
        )
    }

    func toStored(_ object: inout Value) {
        rename(
            &object, Dictionary(names.map { ($0.served, $0.stored) }, uniquingKeysWith: { first, _ in first })
        )
    }

    private func rename(_ object: inout Value, _ names: [String: String]) {
        guard let fields = object.objectValue else { return }
        object = .object(Object(fields.map { Object.Pair(key: names[$0.key] ?? $0.key, value: $0.value) }))
    }
}
