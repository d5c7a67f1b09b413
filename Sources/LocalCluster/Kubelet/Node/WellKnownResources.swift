import KubeModel

extension GroupVersionResource {
    static let nodes = GroupVersionResource(version: "v1", resource: "nodes")
    static let serviceAccounts = GroupVersionResource(version: "v1", resource: "serviceaccounts")
}
