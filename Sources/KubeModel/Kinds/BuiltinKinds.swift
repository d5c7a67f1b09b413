/// The kinds whose rules are built into the API server.
public enum BuiltinKinds {
    /// The strategy of a built-in kind, or nil where there is none: custom resources, and what is not stored.
    public static func strategy(for kind: GroupVersionKind) -> KindStrategy? { strategies[kind] }

    /// All strategies by kind; schemas are read when one is asked for.
    private static let strategies: [GroupVersionKind: KindStrategy] = Dictionary(
        all.map { rules in
            let kind = rules.descriptor.kind
            return (kind, KindStrategy(rules, schema: { SchemaCatalog.builtin.schema(for: kind) }))
        }, uniquingKeysWith: { first, _ in first })

    private static let all: [any KindRules] = core + apps + others + PlainKind.all

    private static let core: [any KindRules] = [
        NamespaceKind(), ConfigMapKind(), SecretKind(), ServiceKind(), ServiceAccountKind(), PodKind(),
        ReplicationControllerKind(), NodeKind(), EventKind(version: .core), EndpointsKind(),
        PersistentVolumeClaimKind(), PersistentVolumeKind(),
    ]

    private static let apps: [any KindRules] = [
        DeploymentKind(), ReplicaSetKind(), StatefulSetKind(), DaemonSetKind(), ControllerRevisionKind(),
        JobKind(), CronJobKind(),
    ]

    private static let others: [any KindRules] = [
        IngressKind(), IngressClassKind(), NetworkPolicyKind(), PodDisruptionBudgetKind(),
        HorizontalPodAutoscalerKind(), LeaseKind(), EndpointSliceKind(), EventKind(version: .events),
        RoleKind(isNamespaced: true), RoleKind(isNamespaced: false), RoleBindingKind(isNamespaced: true),
        RoleBindingKind(isNamespaced: false), CustomResourceDefinitionKind(),
    ]
}
