import KubeModel
import Manifest

/// Keeps users from granting, through roles and bindings, what they may not do themselves.
///
/// Whoever has the verb `escalate` on a role, or `bind` on the role that a binding names, is exempt.
struct RoleEscalation: AdmissionPlugin {
    let authorizer: RoleAuthorizer

    var name: String { "RoleEscalation" }

    func validate(_ request: AdmissionRequest) async throws(APIError) {
        guard request.resource.group == RoleAuthorizer.group, request.operation != .delete,
            request.subresource.isEmpty, !request.user.groups.contains(User.mastersGroup),
            let object = request.object
        else { return }
        switch request.kind.kind {
        case "Role", "ClusterRole": try checkRole(object, request)
        case "RoleBinding", "ClusterRoleBinding": try checkBinding(object, request)
        default: break
        }
    }

    private func checkRole(_ role: Value, _ request: AdmissionRequest) throws(APIError) {
        if let old = request.oldObject, old["rules"] == role["rules"],
            old["aggregationRule"] == role["aggregationRule"]
        {
            return
        }
        if isAllowed("escalate", resource: request.resource.resource, name: request.name, request) { return }
        try check(role.items("rules").map(PolicyRule.init), request)
        // Whoever lets a role collect others is given whatever they will ever say.
        if role["aggregationRule"] != nil {
            try check(
                [
                    PolicyRule(verbs: ["*"], groups: ["*"], resources: ["*"]),
                    PolicyRule(verbs: ["*"], paths: ["*"]),
                ],
                request)
        }
    }

    private func checkBinding(_ binding: Value, _ request: AdmissionRequest) throws(APIError) {
        if let old = request.oldObject, old["roleRef"] == binding["roleRef"],
            old["subjects"] == binding["subjects"]
        {
            return
        }
        let isCluster = binding.text("roleRef", "kind") == "ClusterRole"
        let role = binding.text("roleRef", "name")
        let resource = isCluster ? RoleAuthorizer.clusterRoles : RoleAuthorizer.roles
        if isAllowed("bind", resource: resource.resource, name: role, request) { return }
        let key = RolePolicy.RoleKey(namespace: isCluster ? "" : request.namespace, name: role)
        guard let rules = authorizer.policy.rules(of: key) else { throw .notFound(resource, name: role) }
        try check(rules, request)
    }

    private func isAllowed(
        _ verb: String, resource: String, name: String, _ request: AdmissionRequest
    ) -> Bool {
        let target = AccessRequest.ResourceTarget(
            verb: verb, group: RoleAuthorizer.group, version: request.resource.version, resource: resource,
            namespace: request.namespace, name: name)
        return authorizer.decide(AccessRequest(user: request.user, target: .resource(target))).isAllowed
    }

    private func check(_ wanted: [PolicyRule], _ request: AdmissionRequest) throws(APIError) {
        let held = authorizer.policy.rules(of: request.user, namespace: request.namespace)
        let missing = PolicyRule.uncovered(wanted, by: held)
        if missing.isEmpty { return }
        let list = Set(missing.map(\.description)).sorted().joined(separator: "\n")
        throw .forbidden(
            request.resource.groupResource, name: request.name,
            "user \(GoFormat.quoted(request.user.name)) (groups=\(GoFormat.quotedList(request.user.groups))) "
                + "is attempting to grant RBAC permissions not currently held:\n\(list)")
    }
}
