import KubeClient
import KubeModel
import Manifest

/// What Slipway remembers of an object in the cluster: what it needs to tell whether the object changed, how it does,
/// and whose it is. A few hundred bytes instead of the object.
///
/// The watch makes a summary of each object it sees and drops the rest, whole objects are fetched when a comparison
/// needs them. Objects that bear no application's mark leave next to nothing.
struct LiveSummary: Sendable, Hashable {
    /// The application by the name in its mark, empty for objects that belong to none.
    var application: String
    var key: ResourceKey
    var version: String
    var uid: String
    var resourceVersion: String
    /// Changes with anything but status and ownership of fields.
    var fingerprint: String
    var health: Health?
    var isDeleting: Bool
    /// Whether another object owns it, as a Deployment its ReplicaSets.
    var isOwned: Bool
    /// The annotations that say how the object is pruned and compared.
    var annotations: ResourceAnnotations
    /// Which sync has made the hook, and in which phase; empty for other objects.
    var hookOrigin: String
    /// The container images that the object runs.
    var images: [String]
    /// Whether somebody who applied the object before has fields that are to be taken over.
    var hasPredecessor: Bool

    /// The annotation by which a hook says which sync has made it.
    static let hookAnnotation = "slipway.dev/hook-of"

    private enum Field {
        static let application = "a"
        static let fingerprint = "f"
        static let health = "h"
        static let message = "m"
        static let isDeleting = "d"
        static let isOwned = "w"
        static let hookOrigin = "o"
        static let images = "i"
        static let hasPredecessor = "p"
    }

    /// The annotations that a summary keeps.
    private static let kept = [
        ResourceAnnotations.Name.wave, ResourceAnnotations.Name.hook,
        ResourceAnnotations.Name.hookDeletePolicy,
        ResourceAnnotations.Name.syncOptions, ResourceAnnotations.Name.compareOptions,
        ResourceAnnotations.Name.ignoreHealthcheck, "helm.sh/hook", "helm.sh/hook-delete-policy",
        "helm.sh/hook-weight", "helm.sh/resource-policy",
    ]

    /// Replaces an object by its summary, as `WatchCache.Options.transform`.
    static func summarize(_ object: inout Value) {
        let metadata = object.metadata
        var bare = Object()
        for field in ["name", "namespace", "uid", "resourceVersion"] {
            if let value = metadata.fields[field] { bare[field] = value }
        }
        var summary: Object = ["apiVersion": .string(object.apiVersion), "kind": .string(object.kind)]
        let annotations = metadata.annotations
        let mark = TrackingID(of: object)
        // Definitions bear no mark, as several applications may bring one along; they are looked at all the same.
        let isLookedAt = mark != nil || object.kind == "CustomResourceDefinition"
        let origin = annotations[hookAnnotation]
        if isLookedAt {
            var notes = Object()
            for name in kept {
                if let text = annotations[name] { notes[name] = .string(text) }
            }
            if !notes.isEmpty { bare["annotations"] = .object(notes) }
            if let mark { summary[Field.application] = .string(mark.application) }
            summary[Field.fingerprint] = .string(
                Fingerprint(of: Fingerprint.desiredState(of: object)).description)
            if let health = Health.assess(object) {
                summary[Field.health] = .string(health.status.rawValue)
                if !health.message.isEmpty {
                    summary[Field.message] = .string(String(health.message.prefix(300)))
                }
            }
            if let origin { summary[Field.hookOrigin] = .string(origin) }
            let images = Self.images(of: object)
            if !images.isEmpty { summary[Field.images] = .array(images.map { .string($0) }) }
        }
        if FieldAdoption.isNeeded(for: object) { summary[Field.hasPredecessor] = true }
        if !metadata.ownerReferences.isEmpty { summary[Field.isOwned] = true }
        if metadata.isDeleting { summary[Field.isDeleting] = true }
        summary["metadata"] = .object(bare)
        object = .object(summary)
    }

    /// The images of a workload's containers.
    static func images(of object: Value) -> [String] {
        let pod =
            object["spec", "template", "spec"] ?? object["spec", "jobTemplate", "spec", "template", "spec"]
            ?? object["spec"]
        return ["initContainers", "containers"].flatMap { list in
            (pod?[list]?.arrayValue ?? []).compactMap { $0["image"]?.stringValue }
        }
    }

    /// Reads a summary.
    init(_ value: Value) {
        let metadata = value.metadata
        application = value[Field.application]?.stringValue ?? ""
        key = ResourceKey(value)
        version = GroupVersionKind(apiVersion: value.apiVersion, kind: value.kind).version
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        fingerprint = value[Field.fingerprint]?.stringValue ?? ""
        health = value[Field.health]?.stringValue.flatMap(Health.Status.init(rawValue:)).map {
            Health($0, value[Field.message]?.stringValue ?? "")
        }
        isDeleting = value[Field.isDeleting]?.boolValue ?? false
        isOwned = value[Field.isOwned]?.boolValue ?? false
        annotations = ResourceAnnotations(value)
        hookOrigin = value[Field.hookOrigin]?.stringValue ?? ""
        images = (value[Field.images]?.arrayValue ?? []).compactMap(\.stringValue)
        hasPredecessor = value[Field.hasPredecessor]?.boolValue ?? false
    }

    /// The summary of a whole object.
    init(of object: Value) {
        var value = object
        Self.summarize(&value)
        self.init(value)
    }

    /// The index that finds the objects of an application.
    static let index = CacheIndex("application") { value in
        value[Field.application]?.stringValue.map { [$0] } ?? []
    }
}
