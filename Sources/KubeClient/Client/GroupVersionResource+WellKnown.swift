public import KubeModel

// The resources this module and most programs over it use by name.

extension GroupVersionResource {
    public static let namespaces = GroupVersionResource(version: "v1", resource: "namespaces")
    public static let pods = GroupVersionResource(version: "v1", resource: "pods")
    public static let services = GroupVersionResource(version: "v1", resource: "services")
    public static let configMaps = GroupVersionResource(version: "v1", resource: "configmaps")
    public static let secrets = GroupVersionResource(version: "v1", resource: "secrets")
    public static let events = GroupVersionResource(version: "v1", resource: "events")
    public static let deployments = GroupVersionResource(
        group: "apps", version: "v1", resource: "deployments")
    public static let replicaSets = GroupVersionResource(
        group: "apps", version: "v1", resource: "replicasets")
    public static let jobs = GroupVersionResource(group: "batch", version: "v1", resource: "jobs")
    public static let leases = GroupVersionResource(
        group: "coordination.k8s.io", version: "v1", resource: "leases")
    public static let customResourceDefinitions = GroupVersionResource(
        group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions")
}
