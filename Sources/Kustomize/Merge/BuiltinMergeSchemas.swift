import KubeModel

/// The merge rules of the kinds that upstream's default schema (Kubernetes 1.21) knows.
///
/// A test compares the table with upstream's, path by path.
enum BuiltinMergeSchemas {
    /// The rules of a kind; nil where it is not known, so that all its lists are replaced.
    static func schema(for gvk: GroupVersionKind) -> MergeSchema? {
        if let special = special[gvk.apiVersion]?[gvk.kind] { return special }
        return plainKinds[gvk.apiVersion]?.contains(gvk.kind) == true ? plain : nil
    }

    /// Every kind that is known, for tests.
    static var kinds: [GroupVersionKind] {
        let plain = plainKinds.flatMap { version, kinds in
            kinds.map { GroupVersionKind(apiVersion: version, kind: $0) }
        }
        let special = special.flatMap { version, kinds in
            kinds.keys.map { GroupVersionKind(apiVersion: version, kind: $0) }
        }
        return plain + special
    }

    // MARK: Parts

    private static let objectMeta = MergeSchema.object([
        "finalizers": .list(), "ownerReferences": .list("uid"),
    ])
    private static let conditions = MergeSchema.object(["conditions": .list("type")])

    private static let container = [
        "env": MergeSchema.list("name"),
        "ports": .list("containerPort", "protocol"),
        "volumeDevices": .list("devicePath"),
        "volumeMounts": .list("mountPath"),
    ]

    private static let podSpec = MergeSchema.object([
        "containers": .list("name", fields: container),
        "ephemeralContainers": .list("name", fields: container.filter { $0.key != "ports" }),
        "hostAliases": .list("ip"),
        "imagePullSecrets": .list("name"),
        "initContainers": .list("name", fields: container),
        "topologySpreadConstraints": .list("topologyKey", "whenUnsatisfiable"),
        "volumes": .list(
            "name",
            fields: ["ephemeral": .object(["volumeClaimTemplate": .object(["metadata": objectMeta])])]),
    ])

    private static let podTemplate = MergeSchema.object(["metadata": objectMeta, "spec": podSpec])

    private static func kind(_ fields: [String: MergeSchema] = [:]) -> MergeSchema {
        .object(["metadata": objectMeta].merging(fields) { $1 })
    }

    private static let plain = kind()
    private static let withConditions = kind(["status": conditions])
    private static let workload = kind(["spec": .object(["template": podTemplate]), "status": conditions])
    private static let webhooks = kind(["webhooks": .list("name")])
    private static let cronJob = kind([
        "spec": .object([
            "jobTemplate": .object(["metadata": objectMeta, "spec": .object(["template": podTemplate])])
        ])
    ])
    private static let storageNode = kind(["spec": .object(["drivers": .list("name")])])

    /// Types by the names under which custom schemas refer to them; those in which something merges.
    static let definitions: [String: MergeSchema] = [
        "io.k8s.api.apps.v1.DaemonSetSpec": .object(["template": podTemplate]),
        "io.k8s.api.apps.v1.DeploymentSpec": .object(["template": podTemplate]),
        "io.k8s.api.apps.v1.ReplicaSetSpec": .object(["template": podTemplate]),
        "io.k8s.api.batch.v1.JobSpec": .object(["template": podTemplate]),
        "io.k8s.api.batch.v1.JobTemplateSpec": .object([
            "metadata": objectMeta, "spec": .object(["template": podTemplate]),
        ]),
        "io.k8s.api.core.v1.Container": .object(container),
        "io.k8s.api.core.v1.EphemeralContainer": .object(container.filter { $0.key != "ports" }),
        "io.k8s.api.core.v1.PodSpec": podSpec,
        "io.k8s.api.core.v1.PodTemplateSpec": podTemplate,
        "io.k8s.api.core.v1.ServiceSpec": .object(["ports": .list("port", "protocol")]),
        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": objectMeta,
    ]

    // MARK: Kinds

    private static let special: [String: [String: MergeSchema]] = [
        "admissionregistration.k8s.io/v1": [
            "MutatingWebhookConfiguration": webhooks, "ValidatingWebhookConfiguration": webhooks,
        ],
        "admissionregistration.k8s.io/v1beta1": [
            "MutatingWebhookConfiguration": webhooks, "ValidatingWebhookConfiguration": webhooks,
        ],
        "apiregistration.k8s.io/v1": ["APIService": withConditions],
        "apiregistration.k8s.io/v1beta1": ["APIService": withConditions],
        "apps/v1": [
            "DaemonSet": workload, "Deployment": workload, "ReplicaSet": workload,
            "StatefulSet": kind([
                "spec": .object([
                    "template": podTemplate,
                    "volumeClaimTemplates": .object(["metadata": objectMeta, "status": conditions]),
                ]),
                "status": conditions,
            ]),
        ],
        "batch/v1": ["CronJob": cronJob, "Job": workload],
        "batch/v1beta1": ["CronJob": cronJob],
        "kustomize.config.k8s.io/v1beta1": [
            "Kustomization": .object(["configMapGenerator": .list("name"), "secretGenerator": .list("name")])
        ],
        "policy/v1": ["PodDisruptionBudget": withConditions],
        "policy/v1beta1": ["PodDisruptionBudget": withConditions],
        "storage.k8s.io/v1": ["CSINode": storageNode],
        "storage.k8s.io/v1beta1": ["CSINode": storageNode],
        "v1": [
            "ComponentStatus": kind(["conditions": .list("type")]),
            "Namespace": withConditions,
            "Node": kind([
                "spec": .object(["podCIDRs": .list()]),
                "status": .object(["addresses": .list("type"), "conditions": .list("type")]),
            ]),
            "PersistentVolumeClaim": withConditions,
            "Pod": kind([
                "spec": podSpec,
                "status": .object(["conditions": .list("type"), "podIPs": .list("ip")]),
            ]),
            "PodTemplate": kind(["template": podTemplate]),
            "ReplicationController": workload,
            "Service": kind(["spec": .object(["ports": .list("port", "protocol")]), "status": conditions]),
            "ServiceAccount": kind(["secrets": .list("name")]),
        ],
    ]

    private static let plainKinds: [String: Set<String>] = [
        "apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
        "apiextensions.k8s.io/v1beta1": ["CustomResourceDefinition"],
        "apps/v1": ["ControllerRevision"],
        "authentication.k8s.io/v1": ["TokenRequest", "TokenReview"],
        "authentication.k8s.io/v1beta1": ["TokenReview"],
        "authorization.k8s.io/v1": [
            "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ],
        "authorization.k8s.io/v1beta1": [
            "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ],
        "autoscaling/v1": ["HorizontalPodAutoscaler", "Scale"],
        "autoscaling/v2beta1": ["HorizontalPodAutoscaler"],
        "autoscaling/v2beta2": ["HorizontalPodAutoscaler"],
        "certificates.k8s.io/v1": ["CertificateSigningRequest"],
        "certificates.k8s.io/v1beta1": ["CertificateSigningRequest"],
        "coordination.k8s.io/v1": ["Lease"],
        "coordination.k8s.io/v1beta1": ["Lease"],
        "discovery.k8s.io/v1": ["EndpointSlice"],
        "discovery.k8s.io/v1beta1": ["EndpointSlice"],
        "events.k8s.io/v1": ["Event"],
        "events.k8s.io/v1beta1": ["Event"],
        "extensions/v1beta1": ["Ingress"],
        "flowcontrol.apiserver.k8s.io/v1beta1": ["FlowSchema", "PriorityLevelConfiguration"],
        "networking.k8s.io/v1": ["Ingress", "IngressClass", "NetworkPolicy"],
        "networking.k8s.io/v1beta1": ["Ingress", "IngressClass"],
        "node.k8s.io/v1": ["RuntimeClass"],
        "node.k8s.io/v1beta1": ["RuntimeClass"],
        "policy/v1beta1": ["Eviction", "PodSecurityPolicy"],
        "rbac.authorization.k8s.io/v1": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
        "rbac.authorization.k8s.io/v1beta1": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
        "scheduling.k8s.io/v1": ["PriorityClass"],
        "scheduling.k8s.io/v1beta1": ["PriorityClass"],
        "storage.k8s.io/v1": ["CSIDriver", "StorageClass", "VolumeAttachment"],
        "storage.k8s.io/v1beta1": ["CSIDriver", "CSIStorageCapacity", "StorageClass", "VolumeAttachment"],
        "v1": [
            "Binding", "ConfigMap", "Endpoints", "Event", "LimitRange", "PersistentVolume", "ResourceQuota",
            "Secret",
        ],
    ]
}
