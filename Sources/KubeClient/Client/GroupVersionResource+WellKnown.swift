public import KubeModel

// The resources this module and most programs over it use by name.

extension GroupVersionResource {
    /// Namespaces.
    public static let namespaces = GroupVersionResource(version: "v1", resource: "namespaces")
    /// Pods.
    public static let pods = GroupVersionResource(version: "v1", resource: "pods")
    /// Services.
    public static let services = GroupVersionResource(version: "v1", resource: "services")
    /// ConfigMaps.
    public static let configMaps = GroupVersionResource(version: "v1", resource: "configmaps")
    /// Secrets.
    public static let secrets = GroupVersionResource(version: "v1", resource: "secrets")
    /// Events of the core group, as `kubectl get events` lists them.
    public static let events = GroupVersionResource(version: "v1", resource: "events")
    /// Deployments.
    public static let deployments = GroupVersionResource(
        group: "apps", version: "v1", resource: "deployments")
    /// ReplicaSets.
    public static let replicaSets = GroupVersionResource(
        group: "apps", version: "v1", resource: "replicasets")
    /// Jobs.
    public static let jobs = GroupVersionResource(group: "batch", version: "v1", resource: "jobs")
    /// Leases, by which leaders are elected and nodes tell that they live.
    public static let leases = GroupVersionResource(
        group: "coordination.k8s.io", version: "v1", resource: "leases")
    /// CustomResourceDefinitions.
    public static let customResourceDefinitions = GroupVersionResource(
        group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions")
}
