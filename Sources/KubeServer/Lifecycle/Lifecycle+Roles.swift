import KubeModel
import Manifest

extension Lifecycle {
    /// Gives a cluster role that collects others the rules of all that its selectors choose.
    func aggregate(_ name: String) async -> Bool {
        guard let role = store.value(of: RoleAuthorizer.clusterRoles, name: name),
            let selectors = role["aggregationRule"]?.items("clusterRoleSelectors")
        else { return true }
        let rules = AggregatedRules.rules(
            of: role, selectors: selectors, among: store.values(of: RoleAuthorizer.clusterRoles))
        if rules == role.items("rules") { return true }
        return await requests.patch(
            RoleAuthorizer.clusterRoles, namespace: "", name: name, ["rules": .array(rules)])
    }
}
