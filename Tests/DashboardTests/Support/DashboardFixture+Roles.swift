import KubeClient
import KubeModel
import Manifest

extension DashboardFixture {
    private static func authorization(_ resource: String) -> GroupVersionResource {
        GroupVersionResource(group: "rbac.authorization.k8s.io", version: "v1", resource: resource)
    }

    /// Binds a cluster role to a user, in one namespace or in all.
    func bind(_ role: String, to user: String, in namespace: String?) async throws {
        try await bind("ClusterRole", role, to: user, in: namespace)
    }

    /// Gives a user rules of their own in one namespace.
    func grant(_ rules: Value, as name: String, to user: String, in namespace: String) async throws {
        try await client.create(
            Self.authorization("roles"),
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                "metadata": ["name": .string(name)], "rules": rules,
            ], namespace: namespace)
        try await bind("Role", name, to: user, in: namespace)
    }

    private func bind(_ kind: String, _ role: String, to user: String, in namespace: String?) async throws {
        let plainName = role.replacing(":", with: "-")
        try await client.create(
            Self.authorization(namespace == nil ? "clusterrolebindings" : "rolebindings"),
            [
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": namespace == nil ? "ClusterRoleBinding" : "RoleBinding",
                "metadata": ["name": .string("\(user)-\(plainName)")],
                "roleRef": [
                    "apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(role),
                ],
                "subjects": [
                    ["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string(user)]
                ],
            ], namespace: namespace)
    }
}
