import Judge
import KubeModel
import Manifest

/// What makes two pod templates the same: their canonical form, without the label that tells them apart.
///
/// Argo Rollouts hashes a template in Go's own JSON and, as that changes with library versions, compares templates
/// with all defaults where hashes differ. Here the hash is of the form with all defaults, so that one suffices.
enum PodTemplateIdentity {
    /// The label by which pods and ReplicaSets of a template are told from others.
    static let hashLabel = "rollouts-pod-template-hash"
    static let replicaSetKind = GroupVersionKind(group: "apps", version: "v1", kind: "ReplicaSet")

    /// The ReplicaSet that a Rollout's pods would be of, without what tells it from its other ReplicaSets.
    static func replicaSet(for rollout: Value) -> Value {
        let spec = rollout["spec"] ?? .emptyObject
        return [
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string(rollout.metadata.name),
                "namespace": .string(
                    rollout.metadata.namespace.isEmpty ? "default" : rollout.metadata.namespace),
            ],
            "spec": [
                "replicas": spec["replicas"] ?? 1, "selector": spec["selector"] ?? .emptyObject,
                "template": spec["template"] ?? .emptyObject,
            ],
        ]
    }

    /// The template with all defaults, in the order of the server's own types.
    static func canonical(_ template: Value) -> Value {
        let replicaSet: Value = [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": "x"],
            "spec": ["selector": .emptyObject, "template": template],
        ]
        let strategy = BuiltinKinds.strategy(for: replicaSetKind)
        let form = (try? strategy?.normalized(replicaSet)) ?? replicaSet
        var canonical = form["spec", "template"] ?? template
        canonical["metadata", "labels", hashLabel] = nil
        canonical["metadata", "creationTimestamp"] = nil
        return canonical
    }

    /// The hash that names a template's ReplicaSet.
    ///
    /// - Parameter collisions: how often a ReplicaSet of the name had another template.
    static func hash(_ template: Value, collisions: Int?) -> String {
        let bytes = JSON.write(canonical(template), options: .init(sortsKeys: true))
        return TemplateHash.hash(bytes, collisions: collisions.map { Int32(clamping: $0) })
    }
}
