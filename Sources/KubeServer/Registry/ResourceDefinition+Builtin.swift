import KubeModel

extension ResourceDefinition {
    /// Every resource of Kubernetes 1.36 that this server knows, in the order of discovery.
    static let builtin: [ResourceDefinition] = tables.flatMap(\.resources)

    /// The built-in resources by the kind of their objects.
    static let builtinKinds: [GroupVersionKind: ResourceDefinition] = Dictionary(
        builtin.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })

    private typealias Row = BuiltinResource

    private static let tables: [BuiltinResources] = [
        BuiltinResources(
            group: "", version: "v1",
            [
                Row("bindings", "Binding", verbs: .create),
                Row(
                    "componentstatuses", "ComponentStatus", isNamespaced: false, verbs: [.get, .list],
                    shortNames: ["cs"]),
                Row("configmaps", "ConfigMap", shortNames: ["cm"]),
                Row("endpoints", "Endpoints", shortNames: ["ep"]),
                Row("events", "Event", shortNames: ["ev"]),
                Row("limitranges", "LimitRange", shortNames: ["limits"]),
                Row(
                    "namespaces", "Namespace", isNamespaced: false,
                    verbs: .all.subtracting(.deleteCollection), shortNames: ["ns"],
                    subresources: [.part("finalize", verbs: .update), .status]),
                Row(
                    "nodes", "Node", isNamespaced: false, shortNames: ["no"],
                    subresources: [
                        .part("proxy", "NodeProxyOptions", verbs: [.create, .delete, .get, .patch, .update]),
                        .status,
                    ]),
                Row(
                    "persistentvolumeclaims", "PersistentVolumeClaim", shortNames: ["pvc"],
                    subresources: [.status]),
                Row(
                    "persistentvolumes", "PersistentVolume", isNamespaced: false, shortNames: ["pv"],
                    subresources: [.status]),
                Row(
                    "pods", "Pod", shortNames: ["po"], categories: ["all"],
                    subresources: [
                        .part("attach", "PodAttachOptions", verbs: [.create, .get]),
                        .part("binding", "Binding", verbs: .create), .part("ephemeralcontainers"),
                        .part("eviction", "Eviction", group: "policy", verbs: .create),
                        .part("exec", "PodExecOptions", verbs: [.create, .get]), .part("log", verbs: .get),
                        .part("portforward", "PodPortForwardOptions", verbs: [.create, .get]),
                        .part("proxy", "PodProxyOptions", verbs: [.create, .delete, .get, .patch, .update]),
                        .part("resize"), .status,
                    ]),
                Row("podtemplates", "PodTemplate"),
                Row(
                    "replicationcontrollers", "ReplicationController", shortNames: ["rc"],
                    categories: ["all"], subresources: [.scale, .status]),
                Row("resourcequotas", "ResourceQuota", shortNames: ["quota"], subresources: [.status]),
                Row("secrets", "Secret"),
                Row(
                    "serviceaccounts", "ServiceAccount", shortNames: ["sa"],
                    subresources: [
                        .part("token", "TokenRequest", group: "authentication.k8s.io", verbs: .create)
                    ]),
                Row(
                    "services", "Service", shortNames: ["svc"], categories: ["all"],
                    subresources: [
                        .part(
                            "proxy", "ServiceProxyOptions", verbs: [.create, .delete, .get, .patch, .update]),
                        .status,
                    ]),
            ]),
        BuiltinResources(
            group: "apiregistration.k8s.io", version: "v1",
            [
                Row(
                    "apiservices", "APIService", isNamespaced: false, categories: ["api-extensions"],
                    subresources: [.status])
            ]),
        BuiltinResources(
            group: "apps", version: "v1",
            [
                Row("controllerrevisions", "ControllerRevision"),
                Row(
                    "daemonsets", "DaemonSet", shortNames: ["ds"], categories: ["all"],
                    subresources: [.status]),
                Row(
                    "deployments", "Deployment", shortNames: ["deploy"], categories: ["all"],
                    subresources: [.scale, .status]),
                Row(
                    "replicasets", "ReplicaSet", shortNames: ["rs"], categories: ["all"],
                    subresources: [.scale, .status]),
                Row(
                    "statefulsets", "StatefulSet", shortNames: ["sts"], categories: ["all"],
                    subresources: [.scale, .status]),
            ]),
        BuiltinResources(
            group: "events.k8s.io", version: "v1",
            [
                Row(
                    "events", "Event", shortNames: ["ev"],
                    storedAs: GroupVersionKind(apiVersion: "v1", kind: "Event"))
            ]),
        BuiltinResources(
            group: "authentication.k8s.io", version: "v1",
            [
                Row("selfsubjectreviews", "SelfSubjectReview", isNamespaced: false, verbs: .create),
                Row("tokenreviews", "TokenReview", isNamespaced: false, verbs: .create),
            ]),
        BuiltinResources(
            group: "authorization.k8s.io", version: "v1",
            [
                Row("localsubjectaccessreviews", "LocalSubjectAccessReview", verbs: .create),
                Row(
                    "selfsubjectaccessreviews", "SelfSubjectAccessReview", isNamespaced: false, verbs: .create
                ),
                Row("selfsubjectrulesreviews", "SelfSubjectRulesReview", isNamespaced: false, verbs: .create),
                Row("subjectaccessreviews", "SubjectAccessReview", isNamespaced: false, verbs: .create),
            ]),
        BuiltinResources(
            group: "autoscaling", version: "v2",
            [
                Row(
                    "horizontalpodautoscalers", "HorizontalPodAutoscaler", shortNames: ["hpa"],
                    categories: ["all"], subresources: [.status])
            ]),
        BuiltinResources(
            group: "batch", version: "v1",
            [
                Row("cronjobs", "CronJob", shortNames: ["cj"], categories: ["all"], subresources: [.status]),
                Row("jobs", "Job", categories: ["all"], subresources: [.status]),
            ]),
        BuiltinResources(
            group: "certificates.k8s.io", version: "v1",
            [
                Row(
                    "certificatesigningrequests", "CertificateSigningRequest", isNamespaced: false,
                    shortNames: ["csr"], subresources: [.part("approval"), .status])
            ]),
        BuiltinResources(
            group: "networking.k8s.io", version: "v1",
            [
                Row("ingressclasses", "IngressClass", isNamespaced: false),
                Row("ingresses", "Ingress", shortNames: ["ing"], subresources: [.status]),
                Row("ipaddresses", "IPAddress", isNamespaced: false, shortNames: ["ip"]),
                Row("networkpolicies", "NetworkPolicy", shortNames: ["netpol"]),
                Row("servicecidrs", "ServiceCIDR", isNamespaced: false, subresources: [.status]),
            ]),
        BuiltinResources(
            group: "policy", version: "v1",
            [
                Row(
                    "poddisruptionbudgets", "PodDisruptionBudget", shortNames: ["pdb"],
                    subresources: [.status])
            ]),
        BuiltinResources(
            group: "rbac.authorization.k8s.io", version: "v1",
            [
                Row("clusterrolebindings", "ClusterRoleBinding", isNamespaced: false),
                Row("clusterroles", "ClusterRole", isNamespaced: false),
                Row("rolebindings", "RoleBinding"),
                Row("roles", "Role"),
            ]),
        BuiltinResources(
            group: "storage.k8s.io", version: "v1",
            [
                Row("csidrivers", "CSIDriver", isNamespaced: false),
                Row("csinodes", "CSINode", isNamespaced: false),
                Row("csistoragecapacities", "CSIStorageCapacity"),
                Row("storageclasses", "StorageClass", isNamespaced: false, shortNames: ["sc"]),
                Row("volumeattachments", "VolumeAttachment", isNamespaced: false, subresources: [.status]),
                Row(
                    "volumeattributesclasses", "VolumeAttributesClass", isNamespaced: false,
                    shortNames: ["vac"]),
            ]),
        BuiltinResources(
            group: "admissionregistration.k8s.io", version: "v1",
            [
                Row(
                    "mutatingadmissionpolicies", "MutatingAdmissionPolicy", isNamespaced: false,
                    encodedVersion: "v1beta1", categories: ["api-extensions"]),
                Row(
                    "mutatingadmissionpolicybindings", "MutatingAdmissionPolicyBinding", isNamespaced: false,
                    encodedVersion: "v1beta1", categories: ["api-extensions"]),
                Row(
                    "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", isNamespaced: false,
                    categories: ["api-extensions"]),
                Row(
                    "validatingadmissionpolicies", "ValidatingAdmissionPolicy", isNamespaced: false,
                    categories: ["api-extensions"], subresources: [.status]),
                Row(
                    "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding",
                    isNamespaced: false, categories: ["api-extensions"]),
                Row(
                    "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", isNamespaced: false,
                    categories: ["api-extensions"]),
            ]),
        BuiltinResources(
            group: "apiextensions.k8s.io", version: "v1",
            [
                Row(
                    "customresourcedefinitions", "CustomResourceDefinition", isNamespaced: false,
                    encodedVersion: "v1beta1", shortNames: ["crd", "crds"], categories: ["api-extensions"],
                    subresources: [.status])
            ]),
        BuiltinResources(
            group: "scheduling.k8s.io", version: "v1",
            [
                Row("priorityclasses", "PriorityClass", isNamespaced: false, shortNames: ["pc"])
            ]),
        BuiltinResources(
            group: "coordination.k8s.io", version: "v1",
            [
                Row("leases", "Lease")
            ]),
        BuiltinResources(
            group: "node.k8s.io", version: "v1",
            [
                Row("runtimeclasses", "RuntimeClass", isNamespaced: false)
            ]),
        BuiltinResources(
            group: "discovery.k8s.io", version: "v1",
            [
                Row("endpointslices", "EndpointSlice")
            ]),
    ]
}

/// The built-in resources of one version of a group.
private struct BuiltinResources {
    let group: String
    let version: String
    let rows: [BuiltinResource]

    init(group: String, version: String, _ rows: [BuiltinResource]) {
        self.group = group
        self.version = version
        self.rows = rows
    }

    var resources: [ResourceDefinition] {
        rows.map { row in
            let kind = GroupVersionKind(group: group, version: version, kind: row.kind)
            let stored = row.storedAs ?? kind
            let encoded = GroupVersionKind(
                group: stored.group, version: row.encodedVersion ?? stored.version, kind: stored.kind)
            return ResourceDefinition(
                kind: kind, plural: row.plural, singular: row.kind.lowercased(),
                listKind: row.kind + "List", shortNames: row.shortNames, categories: row.categories,
                isNamespaced: row.isNamespaced, verbs: row.verbs,
                subresources: row.subresources.map { $0.definition(of: kind) },
                storage: .init(
                    resource: GroupResource(group: stored.group, resource: row.plural), kind: stored),
                storageVersionHash: row.verbs.contains(.watch) ? StorageVersionHash.hash(of: encoded) : nil,
                custom: nil)
        }
    }
}

/// One line of the table of built-in resources.
private struct BuiltinResource {
    let plural: String
    let kind: String
    let isNamespaced: Bool
    let verbs: Verbs
    let shortNames: [String]
    let categories: [String]
    let subresources: [Part]
    /// The kind the objects are kept as, where another resource shares them.
    let storedAs: GroupVersionKind?
    /// The version upstream keeps the objects in, where it is not the served one.
    let encodedVersion: String?

    init(
        _ plural: String, _ kind: String, isNamespaced: Bool = true, encodedVersion: String? = nil,
        verbs: Verbs = .all, shortNames: [String] = [], categories: [String] = [], subresources: [Part] = [],
        storedAs: GroupVersionKind? = nil
    ) {
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.shortNames = shortNames
        self.categories = categories
        self.subresources = subresources
        self.storedAs = storedAs
        self.encodedVersion = encodedVersion
    }

    /// A subresource; without a kind of its own it carries the object's.
    struct Part {
        let name: String
        let kind: GroupVersionKind?
        let foreignKind: String?
        let verbs: Verbs

        static let status = part("status")
        static let scale = part("scale", "Scale", group: "autoscaling")

        static func part(
            _ name: String, _ kind: String? = nil, group: String? = nil, verbs: Verbs = .view
        ) -> Part {
            let foreign = group.flatMap { group in
                kind.map { GroupVersionKind(group: group, version: "v1", kind: $0) }
            }
            return Part(name: name, kind: foreign, foreignKind: kind, verbs: verbs)
        }

        func definition(of parent: GroupVersionKind) -> ResourceDefinition.Subresource {
            let own = GroupVersionKind(
                group: parent.group, version: parent.version, kind: foreignKind ?? parent.kind)
            return ResourceDefinition.Subresource(name: name, kind: kind ?? own, verbs: verbs)
        }
    }
}
