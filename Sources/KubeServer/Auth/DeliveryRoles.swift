import KubeModel
import Manifest

/// The roles of those who deliver: what the groups of viewers, developers and approvers may do.
///
/// Each holds what the one before it holds. Administrators are `system:masters`. The roles are cluster roles of the
/// bootstrap, so that they can be bound to other groups, in single namespaces, or be changed.
extension DefaultRoles {
    /// Everyone who may look.
    static let viewersGroup = "slipway:viewers"
    /// Those who bring changes.
    static let developersGroup = "slipway:developers"
    /// Those who let changes through.
    static let approversGroup = "slipway:approvers"

    static let deliveryRoles: [Value] = [
        role("slipway:viewer", viewerRules),
        role("slipway:developer", viewerRules + developerRules),
        role("slipway:approver", viewerRules + developerRules + approverRules),
    ]

    static let deliveryRoleBindings: [Value] = [
        binding("slipway:viewers", role: "slipway:viewer", groups: [viewersGroup]),
        binding("slipway:developers", role: "slipway:developer", groups: [developersGroup]),
        binding("slipway:approvers", role: "slipway:approver", groups: [approversGroup]),
    ]

    /// All that a page shows. Secrets are not among it, and neither is what runs commands in pods.
    private static let viewerRules =
        viewRules + [
            PolicyRule(verbs: read, groups: ["slipway.dev"], resources: ["*"]),
            PolicyRule(verbs: read, groups: ["argoproj.io"], resources: ["*"]),
            PolicyRule(verbs: read, groups: ["gateway.networking.k8s.io"], resources: ["*"]),
            PolicyRule(
                verbs: read, groups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"]),
            PolicyRule(verbs: read, groups: [""], resources: ["nodes"]),
            PolicyRule(verbs: read, groups: ["coordination.k8s.io"], resources: ["leases"]),
        ]

    /// Pull requests are opened by pushing, commented and merged through the forge, which asks for these verbs.
    private static let developerRules = [
        PolicyRule(
            verbs: ["push", "comment", "merge"], groups: ["slipway.dev"], resources: ["repositories"]),
        PolicyRule(verbs: ["steer"], groups: ["slipway.dev"], resources: ["pipelineruns"]),
        PolicyRule(verbs: ["steer"], groups: ["argoproj.io"], resources: ["applications"]),
    ]

    private static let approverRules = [
        PolicyRule(verbs: ["review"], groups: ["slipway.dev"], resources: ["repositories"]),
        PolicyRule(verbs: ["create"], groups: ["slipway.dev"], resources: ["approvals", "rollbacks"]),
        PolicyRule(verbs: ["steer"], groups: ["argoproj.io"], resources: ["rollouts", "rollouts/status"]),
        PolicyRule(verbs: ["steer"], groups: ["slipway.dev"], resources: ["releases/status"]),
    ]
}
