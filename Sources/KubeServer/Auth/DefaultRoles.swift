import KubeModel
import Manifest

/// The cluster roles and bindings that a new cluster starts with, named as upstream names them.
///
/// They are put back at each start where they are missing; what an administrator changed in them stays.
enum DefaultRoles {
    static let objects: [Value] = clusterRoles + clusterRoleBindings + deliveryRoles + deliveryRoleBindings

    /// The label that tells these objects from those of users.
    private static let labels: Value = ["kubernetes.io/bootstrapping": "rbac-defaults"]

    private static let clusterRoles: [Value] = [
        role(
            "cluster-admin",
            [
                PolicyRule(verbs: ["*"], groups: ["*"], resources: ["*"]),
                PolicyRule(verbs: ["*"], paths: ["*"]),
            ]),
        aggregate("admin", from: "admin", rules: editRules + viewRules + adminRules, alsoPartOf: []),
        aggregate("edit", from: "edit", rules: editRules + viewRules, alsoPartOf: ["admin"]),
        aggregate("view", from: "view", rules: viewRules, alsoPartOf: ["edit"]),
        role("system:aggregate-to-admin", adminRules, labels: ["admin"]),
        role("system:aggregate-to-edit", editRules, labels: ["edit"]),
        role("system:aggregate-to-view", viewRules, labels: ["view"]),
        role(
            "system:basic-user",
            [
                PolicyRule(
                    verbs: ["create"], groups: ["authorization.k8s.io"],
                    resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
                PolicyRule(
                    verbs: ["create"], groups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"]),
            ]),
        role(
            "system:discovery",
            [
                PolicyRule(
                    verbs: ["get"],
                    paths: [
                        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*",
                        "/readyz", "/version", "/version/",
                    ])
            ]),
        role(
            "system:public-info-viewer",
            [PolicyRule(verbs: ["get"], paths: ["/healthz", "/livez", "/readyz", "/version", "/version/"])]),
    ]

    private static let clusterRoleBindings: [Value] = [
        binding("cluster-admin", groups: [User.mastersGroup]),
        binding("system:basic-user", groups: [User.authenticatedGroup]),
        binding("system:discovery", groups: [User.authenticatedGroup]),
        binding("system:public-info-viewer", groups: [User.authenticatedGroup, "system:unauthenticated"]),
    ]

    static func role(
        _ name: String, _ rules: [PolicyRule], labels extra: [String] = []
    ) -> Value {
        var labels = Self.labels
        for part in extra { labels[aggregationLabel(part)] = "true" }
        return [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": ["name": .string(name), "labels": labels], "rules": .array(rules.map(\.value)),
        ]
    }

    private static func aggregate(
        _ name: String, from part: String, rules: [PolicyRule], alsoPartOf parts: [String]
    ) -> Value {
        var value = role(name, rules, labels: parts)
        value["aggregationRule"] = [
            "clusterRoleSelectors": [["matchLabels": [aggregationLabel(part): "true"]]]
        ]
        return value
    }

    private static func aggregationLabel(_ part: String) -> String {
        "rbac.authorization.k8s.io/aggregate-to-\(part)"
    }

    static func binding(_ name: String, role: String? = nil, groups: [String]) -> Value {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": ["name": .string(name), "labels": labels],
            "roleRef": [
                "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role ?? name),
            ],
            "subjects": .array(
                groups.map { group in
                    ["apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": .string(group)]
                }),
        ]
    }

    static let read = ["get", "list", "watch"]
    private static let write = ["create", "delete", "deletecollection", "patch", "update"]

    private static let adminRules = [
        PolicyRule(
            verbs: ["create"], groups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"]),
        PolicyRule(
            verbs: read + write, groups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"]),
    ]

    private static let editRules = [
        PolicyRule(
            verbs: read, groups: [""],
            resources: [
                "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy",
            ]),
        PolicyRule(verbs: ["impersonate"], groups: [""], resources: ["serviceaccounts"]),
        PolicyRule(
            verbs: write, groups: [""],
            resources: ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"]),
        PolicyRule(verbs: ["create"], groups: [""], resources: ["pods/eviction", "serviceaccounts/token"]),
        PolicyRule(
            verbs: write, groups: [""],
            resources: [
                "configmaps", "events", "persistentvolumeclaims", "replicationcontrollers",
                "replicationcontrollers/scale", "secrets", "serviceaccounts", "services", "services/proxy",
            ]),
        PolicyRule(
            verbs: write, groups: ["apps"],
            resources: [
                "daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets",
                "replicasets/scale", "statefulsets", "statefulsets/scale",
            ]),
        PolicyRule(verbs: write, groups: ["autoscaling"], resources: ["horizontalpodautoscalers"]),
        PolicyRule(verbs: write, groups: ["batch"], resources: ["cronjobs", "jobs"]),
        PolicyRule(verbs: write, groups: ["policy"], resources: ["poddisruptionbudgets"]),
        PolicyRule(verbs: write, groups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"]),
        PolicyRule(
            verbs: read + write, groups: ["coordination.k8s.io"], resources: ["leases"]),
    ]

    static let viewRules = [
        PolicyRule(
            verbs: read, groups: [""],
            resources: [
                "configmaps", "endpoints", "persistentvolumeclaims", "persistentvolumeclaims/status", "pods",
                "replicationcontrollers", "replicationcontrollers/scale", "serviceaccounts", "services",
                "services/status",
            ]),
        PolicyRule(
            verbs: read, groups: [""],
            resources: [
                "bindings", "events", "limitranges", "namespaces/status", "pods/log", "pods/status",
                "replicationcontrollers/status", "resourcequotas", "resourcequotas/status", "namespaces",
            ]),
        PolicyRule(verbs: read, groups: ["discovery.k8s.io"], resources: ["endpointslices"]),
        PolicyRule(
            verbs: read, groups: ["apps"],
            resources: [
                "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
                "deployments/status", "replicasets", "replicasets/scale", "replicasets/status",
                "statefulsets",
                "statefulsets/scale", "statefulsets/status",
            ]),
        PolicyRule(
            verbs: read, groups: ["autoscaling"],
            resources: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
        PolicyRule(
            verbs: read, groups: ["batch"], resources: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
        PolicyRule(
            verbs: read, groups: ["policy"],
            resources: ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
        PolicyRule(
            verbs: read, groups: ["networking.k8s.io"],
            resources: ["ingresses", "ingresses/status", "networkpolicies"]),
        PolicyRule(verbs: read, groups: ["events.k8s.io"], resources: ["events"]),
    ]
}
