import KubeModel

/// The order in which the kinds of one wave are applied, and the reverse of which they are deleted in.
///
/// Argo CD's table, which is Helm's: what others refer to comes first, unknown kinds come last. Like Argo CD it goes
/// by the kind's name alone.
enum KindOrder {
    private static let kinds = [
        "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy",
        "PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass",
        "PersistentVolume", "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole",
        "ClusterRoleList", "ClusterRoleBinding", "ClusterRoleBindingList", "Role", "RoleList", "RoleBinding",
        "RoleBindingList", "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet", "Deployment",
        "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
    ]

    private static let ranks: [String: Int] = Dictionary(
        uniqueKeysWithValues: kinds.enumerated().map { ($0.element, $0.offset) })

    /// The place of a kind; kinds that are not in the table share the last one.
    static func rank(of kind: String) -> Int { ranks[kind] ?? kinds.count }
}
