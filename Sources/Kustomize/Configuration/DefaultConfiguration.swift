import KubeModel

extension TransformerConfiguration {
    /// The fields that upstream changes without being told. A test compares them with upstream's, one by one.
    static let standard: TransformerConfiguration = {
        var standard = TransformerConfiguration()
        standard.namePrefix = [FieldSpec("metadata/name")]
        standard.nameSuffix = [FieldSpec("metadata/name")]
        standard.namespace = namespaces
        standard.commonLabels = selectors + templateLabels
        standard.templateLabels = templateLabels
        standard.commonAnnotations = annotations
        standard.nameReference = defaultNameReferences
        standard.varReference = varReferences
        standard.images = images
        standard.replicas = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map {
            FieldSpec("spec/replicas", kind: $0, creates: true)
        }
        standard.sort()
        standard.markStandard()
        return standard
    }()

    private static let namespaces = [
        FieldSpec("metadata/name", kind: "Namespace", creates: true),
        FieldSpec(
            "spec/service/namespace", group: "apiregistration.k8s.io", kind: "APIService", creates: true),
        FieldSpec(
            "spec/conversion/webhook/clientConfig/service/namespace", group: "apiextensions.k8s.io",
            kind: "CustomResourceDefinition"),
    ]

    private static let images: [FieldSpec] = ["spec", "spec/template/spec"].flatMap { spec in
        ["containers[]/image", "initContainers[]/image", "volumes[]/image/reference"].map {
            FieldSpec("\(spec)/\($0)", creates: true)
        }
    }

    private static let annotations = [
        FieldSpec("metadata/annotations", creates: true),
        FieldSpec(
            "spec/template/metadata/annotations", version: "v1", kind: "ReplicationController", creates: true),
        FieldSpec("spec/template/metadata/annotations", kind: "Deployment", creates: true),
        FieldSpec("spec/template/metadata/annotations", kind: "ReplicaSet", creates: true),
        FieldSpec("spec/template/metadata/annotations", kind: "DaemonSet", creates: true),
        FieldSpec("spec/template/metadata/annotations", kind: "StatefulSet", creates: true),
        FieldSpec("spec/template/metadata/annotations", group: "batch", kind: "Job", creates: true),
        FieldSpec("spec/jobTemplate/metadata/annotations", group: "batch", kind: "CronJob", creates: true),
        FieldSpec(
            "spec/jobTemplate/spec/template/metadata/annotations", group: "batch", kind: "CronJob",
            creates: true),
    ]

    private static let templateLabels = [
        FieldSpec("metadata/labels", creates: true),
        FieldSpec(
            "spec/template/metadata/labels", version: "v1", kind: "ReplicationController", creates: true),
        FieldSpec("spec/template/metadata/labels", kind: "Deployment", creates: true),
        FieldSpec("spec/template/metadata/labels", kind: "ReplicaSet", creates: true),
        FieldSpec("spec/template/metadata/labels", kind: "DaemonSet", creates: true),
        FieldSpec("spec/template/metadata/labels", group: "apps", kind: "StatefulSet", creates: true),
        FieldSpec(
            "spec/volumeClaimTemplates[]/metadata/labels", group: "apps", kind: "StatefulSet", creates: true),
        FieldSpec("spec/template/metadata/labels", group: "batch", kind: "Job", creates: true),
        FieldSpec("spec/jobTemplate/metadata/labels", group: "batch", kind: "CronJob", creates: true),
        FieldSpec(
            "spec/jobTemplate/spec/template/metadata/labels", group: "batch", kind: "CronJob", creates: true),
    ]

    private static let selectors: [FieldSpec] = {
        var specs = [
            FieldSpec("spec/selector", version: "v1", kind: "Service", creates: true),
            FieldSpec("spec/selector", version: "v1", kind: "ReplicationController", creates: true),
            FieldSpec("spec/selector/matchLabels", kind: "Deployment", creates: true),
            FieldSpec("spec/selector/matchLabels", kind: "ReplicaSet", creates: true),
            FieldSpec("spec/selector/matchLabels", kind: "DaemonSet", creates: true),
            FieldSpec("spec/selector/matchLabels", group: "apps", kind: "StatefulSet", creates: true),
            FieldSpec("spec/selector/matchLabels", group: "batch", kind: "Job"),
            FieldSpec("spec/jobTemplate/spec/selector/matchLabels", group: "batch", kind: "CronJob"),
            FieldSpec("spec/selector/matchLabels", group: "policy", kind: "PodDisruptionBudget"),
        ]
        specs += ["spec", "spec/ingress/from", "spec/egress/to"].map {
            FieldSpec("\($0)/podSelector/matchLabels", group: "networking.k8s.io", kind: "NetworkPolicy")
        }
        for kind in ["Deployment", "StatefulSet"] {
            for affinity in ["podAffinity", "podAntiAffinity"] {
                for rule in [
                    "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm",
                    "requiredDuringSchedulingIgnoredDuringExecution",
                ] {
                    let path = "spec/template/spec/affinity/\(affinity)/\(rule)/labelSelector/matchLabels"
                    specs.append(FieldSpec(path, group: "apps", kind: kind))
                }
            }
            let spread = "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"
            specs.append(FieldSpec(spread, group: "apps", kind: kind))
        }
        return specs
    }()

    private static let varReferences: [FieldSpec] = {
        var specs: [FieldSpec] = []
        for (kind, pod) in [
            ("CronJob", "spec/jobTemplate/spec/template/spec"), ("DaemonSet", "spec/template/spec"),
            ("Deployment", "spec/template/spec"), ("Job", "spec/template/spec"), ("Pod", "spec"),
            ("ReplicaSet", "spec/template/spec"), ("StatefulSet", "spec/template/spec"),
        ] {
            for list in ["containers", "initContainers"] {
                for field in ["args", "command", "env/value", "volumeMounts/mountPath"] {
                    specs.append(FieldSpec("\(pod)/\(list)/\(field)", kind: kind))
                }
            }
            switch kind {
            // Upstream's own slips: the one leads nowhere, the other into claims.
            case "CronJob":
                specs.append(FieldSpec("spec/jobTemplate/spec/template/volumes/nfs/server", kind: kind))
            case "StatefulSet":
                specs.append(FieldSpec("spec/volumeClaimTemplates/spec/nfs/server", kind: kind))
            default: specs.append(FieldSpec("\(pod)/volumes/nfs/server", kind: kind))
            }
        }
        specs += [
            FieldSpec("spec/template/metadata/annotations", kind: "Deployment"),
            FieldSpec("spec/rules/host", kind: "Ingress"),
            FieldSpec("spec/tls/hosts", kind: "Ingress"),
            FieldSpec("spec/tls/secretName", kind: "Ingress"),
            FieldSpec("spec/ports/port", kind: "Service"),
            FieldSpec("spec/ports/targetPort", kind: "Service"),
            FieldSpec("spec/nfs/server", kind: "PersistentVolume"),
            FieldSpec("metadata/labels"),
            FieldSpec("metadata/annotations"),
        ]
        return specs
    }()
}
