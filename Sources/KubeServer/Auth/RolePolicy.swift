import KubeModel
import Manifest

/// All roles and bindings at one moment, ready to be asked.
struct RolePolicy: Sendable {
    /// Where a role is found; cluster roles have no namespace.
    struct RoleKey: Hashable, Sendable {
        let namespace: String
        let name: String
    }

    /// Who is given which role.
    struct Binding: Sendable {
        /// Empty for cluster role bindings.
        let namespace: String
        let name: String
        let roleKind: String
        let roleName: String
        let subjects: [Subject]

        var role: RoleKey { RoleKey(namespace: roleKind == "ClusterRole" ? "" : namespace, name: roleName) }
    }

    struct Subject: Sendable, Hashable {
        let kind: String
        let name: String
        let namespace: String
    }

    /// A rule that a user has, with how it came to be.
    struct Grant {
        let rule: PolicyRule
        let binding: Binding
        let subject: Subject
    }

    private var roles: [RoleKey: [PolicyRule]] = [:]
    private var clusterBindings: [Binding] = []
    /// By namespace.
    private var bindings: [String: [Binding]] = [:]

    /// Reads the objects of the four kinds.
    init(clusterRoles: [Value], roles: [Value], clusterRoleBindings: [Value], roleBindings: [Value]) {
        for role in clusterRoles + roles {
            let key = RoleKey(namespace: role.metadata.namespace, name: role.metadata.name)
            self.roles[key] = role.items("rules").map(PolicyRule.init)
        }
        clusterBindings = clusterRoleBindings.map(Binding.init)
        bindings = Dictionary(grouping: roleBindings.map(Binding.init), by: \.namespace)
    }

    /// The rules of a role, nil where there is no such role.
    func rules(of role: RoleKey) -> [PolicyRule]? { roles[role] }

    /// What the user may do in a namespace, or, with an empty one, in the cluster.
    ///
    /// - Parameter missing: called with the roles that bindings name and that do not exist.
    func grants(
        of user: User, namespace: String, missing: (Binding) -> Void = { _ in },
        _ visit: (Grant) -> Bool
    ) {
        let inNamespace = namespace.isEmpty ? [] : bindings[namespace] ?? []
        for binding in clusterBindings + inNamespace {
            guard let subject = binding.subjects.first(where: { $0.isMet(by: user, in: binding) }) else {
                continue
            }
            guard let rules = roles[binding.role] else {
                missing(binding)
                continue
            }
            for rule in rules {
                guard visit(Grant(rule: rule, binding: binding, subject: subject)) else { return }
            }
        }
    }

    /// Every rule the user has in a namespace.
    func rules(of user: User, namespace: String) -> [PolicyRule] {
        var rules: [PolicyRule] = []
        grants(of: user, namespace: namespace) { grant in
            rules.append(grant.rule)
            return true
        }
        return rules
    }

    /// Whether the user may do what is asked, and why.
    func decide(_ request: AccessRequest) -> AccessDecision {
        if request.user.groups.contains(User.mastersGroup) { return .allowed(reason: "") }
        var namespace = ""
        if case .resource(let wanted) = request.target { namespace = wanted.namespace }
        var decision: AccessDecision?
        var missing: [String] = []
        grants(
            of: request.user, namespace: namespace,
            missing: { binding in
                let kind = binding.roleKind.lowercased() + ".rbac.authorization.k8s.io"
                missing.append("\(kind) \(GoFormat.quoted(binding.roleName)) not found")
            }
        ) { grant in
            guard grant.rule.allows(request.target) else { return true }
            decision = .allowed(reason: "RBAC: allowed by \(grant.description)")
            return false
        }
        if let decision { return decision }
        switch missing.count {
        case 0: return .denied(reason: "")
        case 1: return .denied(reason: "RBAC: \(missing[0])")
        default: return .denied(reason: "RBAC: [\(missing.joined(separator: ", "))]")
        }
    }
}

extension RolePolicy.Binding {
    fileprivate init(_ value: Value) {
        namespace = value.metadata.namespace
        name = value.metadata.name
        roleKind = value.text("roleRef", "kind")
        roleName = value.text("roleRef", "name")
        subjects = value.items("subjects").map { subject in
            RolePolicy.Subject(
                kind: subject.text("kind"), name: subject.text("name"), namespace: subject.text("namespace"))
        }
    }
}

extension RolePolicy.Subject {
    fileprivate func isMet(by user: User, in binding: RolePolicy.Binding) -> Bool {
        switch kind {
        case "User": return user.name == name
        case "Group": return user.groups.contains(name)
        case "ServiceAccount":
            let namespace = self.namespace.isEmpty ? binding.namespace : self.namespace
            return !namespace.isEmpty && user.name == "system:serviceaccount:\(namespace):\(name)"
        default: return false
        }
    }
}

extension RolePolicy.Grant: CustomStringConvertible {
    /// How the rule came to the user: `ClusterRoleBinding "a" of ClusterRole "b" to User "c"`.
    var description: String {
        let kind = binding.namespace.isEmpty ? "ClusterRoleBinding" : "RoleBinding"
        let name = binding.namespace.isEmpty ? binding.name : "\(binding.name)/\(binding.namespace)"
        let holder =
            subject.kind == "ServiceAccount"
            ? "\(subject.name)/\(subject.namespace.isEmpty ? binding.namespace : subject.namespace)"
            : subject.name
        return "\(kind) \(GoFormat.quoted(name)) of \(binding.roleKind) \(GoFormat.quoted(binding.roleName)) "
            + "to \(subject.kind) \(GoFormat.quoted(holder))"
    }
}
