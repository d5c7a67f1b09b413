import KubeModel
import Manifest

/// `PartialObjectMetadata`: objects reduced to what all kinds have in common.
enum PartialMetadata {
    /// One object's metadata.
    static func object(_ object: Value) -> Value {
        [
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": object["metadata"] ?? .emptyObject,
        ]
    }

    /// The metadata of a list's objects.
    static func list(_ objects: [Value], metadata: Object) -> Value {
        [
            "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
            "metadata": .object(metadata),
            "items": .array(objects.map(Self.object)),
        ]
    }
}
