import KubeModel
import Manifest
import Testing

/// What is wrong with scaling, budgets, leases, roles and definitions of resources.
@Suite struct PolicyFaultTests {
    static let scaling: [Faulty] = [
        Faulty(
            "HorizontalPodAutoscaler", #"{"spec":{"maxReplicas":0}}"#,
            "spec.maxReplicas: Invalid value: 0: must be greater than 0",
            "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`"),
        Faulty(
            "HorizontalPodAutoscaler", #"{"spec":{"minReplicas":5}}"#,
            "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"),
        Faulty(
            "HorizontalPodAutoscaler", #"{"spec":{"minReplicas":0}}"#,
            "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1",
            "spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas"
        ),
        Faulty(
            "HorizontalPodAutoscaler", #"{"spec":{"scaleTargetRef":{"kind":null,"name":null}}}"#,
            "spec.scaleTargetRef.kind: Required value", "spec.scaleTargetRef.name: Required value"),
        Faulty(
            "HorizontalPodAutoscaler", #"{"spec":{"metrics":[{"type":"Resource"}]}}"#,
            "spec.metrics[0].resource: Required value: must populate information for the given metric source"
        ),
        Faulty(
            "HorizontalPodAutoscaler",
            #"{"spec":{"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":0}}}]}}"#,
            "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0"),
        Faulty(
            "HorizontalPodAutoscaler",
            #"{"spec":{"behavior":{"scaleDown":{"policies":[{"type":"Pods","value":0,"periodSeconds":9000}],"stabilizationWindowSeconds":-1}}}}"#,
            "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero",
            "spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero",
            "spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 9000: must be less than or equal to 1800"
        ),
        Faulty(
            "PodDisruptionBudget", #"{"spec":{"maxUnavailable":1}}"#,
            #"spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"app":"a"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set"#
        ),
        Faulty(
            "PodDisruptionBudget", #"{"spec":{"minAvailable":-1}}"#,
            "spec.minAvailable: Invalid value: -1: must be greater than or equal to 0"),
        Faulty(
            "PodDisruptionBudget", #"{"spec":{"minAvailable":"110%"}}"#,
            #"spec.minAvailable: Invalid value: "110%": must not be greater than 100%"#),
        Faulty(
            "Lease", #"{"spec":{"leaseDurationSeconds":0,"leaseTransitions":-1}}"#,
            "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
            "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"),
    ]

    static let access: [Faulty] = [
        Faulty(
            "Role", #"{"rules":[{"apiGroups":[""],"resources":["pods"]}]}"#,
            "rules[0].verbs: Required value: verbs must contain at least one value"),
        Faulty(
            "Role", #"{"rules":[{"verbs":["get"]}]}"#,
            "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
            "rules[0].resources: Required value: resource rules must supply at least one resource"),
        Faulty(
            "Role", #"{"rules":[{"verbs":["get"],"nonResourceURLs":["/healthz"]}]}"#,
            #"rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs"#
        ),
        Faulty(
            "ClusterRole",
            #"{"rules":[{"verbs":["get"],"nonResourceURLs":["/healthz"],"resources":["pods"]}]}"#,
            #"rules[0].nonResourceURLs: Invalid value: ["/healthz"]: rules cannot apply to both regular resources and non-resource URLs"#
        ),
        Faulty("Role", #"{"metadata":{"name":"system:a"}}"#),
        Faulty(
            "Role", #"{"metadata":{"name":"a/b"}}"#,
            #"metadata.name: Invalid value: "a/b": may not contain '/'"#),
        Faulty(
            "RoleBinding", #"{"roleRef":{"kind":"Rule"}}"#,
            #"roleRef.kind: Unsupported value: "Rule": supported values: "Role", "ClusterRole""#),
        Faulty("RoleBinding", #"{"roleRef":{"name":null}}"#, "roleRef.name: Required value"),
        Faulty(
            "RoleBinding", #"{"roleRef":{"apiGroup":"ex.com"}}"#,
            #"roleRef.apiGroup: Unsupported value: "ex.com": supported values: "rbac.authorization.k8s.io""#),
        Faulty(
            "RoleBinding", #"{"subjects":[{"kind":"Machine","name":"m"}]}"#,
            #"subjects[0].kind: Unsupported value: "Machine": supported values: "ServiceAccount", "User", "Group""#
        ),
        Faulty(
            "ClusterRoleBinding", #"{"subjects":[{"kind":"ServiceAccount","name":"m"}]}"#,
            "subjects[0].namespace: Required value"),
        Faulty(
            "ClusterRoleBinding", #"{"roleRef":{"kind":"Role"}}"#,
            #"roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole""#),
    ]

    static let definitions: [Faulty] = [
        Faulty(
            "CustomResourceDefinition",
            #"{"metadata":{"name":"things.k8s.io"},"spec":{"group":"k8s.io"}}"#,
            "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval "
                + "annotation \"api-approved.kubernetes.io\", see "
                + "https://github.com/kubernetes/enhancements/pull/1111"),
        Faulty(
            "CustomResourceDefinition", #"{"metadata":{"name":"thing"}}"#,
            #"metadata.name: Invalid value: "thing": must be spec.names.plural+"."+spec.group"#),
        Faulty(
            "CustomResourceDefinition", #"{"spec":{"scope":"Global"}}"#,
            #"spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced""#),
        Faulty(
            "CustomResourceDefinition", #"{"spec":{"versions":[]}}"#,
            "spec.versions: Invalid value: []: must have exactly one version marked as storage version",
            "status.storedVersions: Invalid value: null: must have at least one stored version"),
        Faulty(
            "CustomResourceDefinition",
            #"{"spec":{"names":{"kind":"Thi ng","singular":"thing","listKind":"Things"}}}"#,
            #"spec.names.kind: Invalid value: "Thi ng": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"#
        ),
        Faulty(
            "CustomResourceDefinition",
            #"{"spec":{"versions":[{"name":"v1","served":true,"storage":true}]}}"#,
            "spec.versions[0].schema.openAPIV3Schema: Required value"),
    ]

    @Test(arguments: scaling + access + definitions)
    func `faults are told as a server tells them`(_ row: Faulty) throws {
        let errors = try Fixture.faults(row.kind, row.patch)
        #expect(errors == row.errors)
    }
}
