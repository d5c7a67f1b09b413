import Manifest

/// The kind Rollout of Argo Rollouts (`argoproj.io/v1alpha1`), which replaces a Deployment.
///
/// Objects stay value trees: fields and annotations are as Argo Rollouts' users write them.
public enum Rollout {
    /// Where Rollouts are served.
    public static let resource = GroupVersionResource(
        group: "argoproj.io", version: "v1alpha1", resource: "rollouts")
    /// The kind as owner references name it.
    public static let kind = GroupVersionKind(group: "argoproj.io", version: "v1alpha1", kind: "Rollout")

    /// How a server learns the kind. Fields are judged by the controller, which names each fault in the status.
    public static let definition = ResourceDefinition(
        resource, kind: "Rollout", shortNames: ["ro"], spec: ResourceDefinition.anyObject,
        status: ResourceDefinition.anyObject,
        columns: [
            .init("Desired", type: "integer", path: ".spec.replicas"),
            .init("Current", type: "integer", path: ".status.replicas"),
            .init("Up-to-date", type: "integer", path: ".status.updatedReplicas"),
            .init("Available", type: "integer", path: ".status.availableReplicas"),
            .init("Phase", path: ".status.phase"),
            .init("Age", type: "date", path: ".metadata.creationTimestamp"),
        ],
        scale: [
            "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.HPAReplicas",
            "labelSelectorPath": ".status.selector",
        ])
}
