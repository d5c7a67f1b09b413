import KubeModel
import Manifest

/// The columns of one kind.
struct TablePrinter: Sendable {
    let columns: [TableColumn]
    /// What a row says of its object beside the cells, such as that a pod has completed.
    let conditions: @Sendable (Value) -> [Value]

    init(_ columns: [TableColumn], conditions: @escaping @Sendable (Value) -> [Value] = { _ in [] }) {
        self.columns = columns
        self.conditions = conditions
    }

    /// The printer of a resource: its kind's own, that of its definition, or name and time of creation.
    init(for resource: ResourceDefinition) {
        if let custom = resource.custom {
            self.init(customColumns: custom.columns)
        } else {
            self = Self.builtin[resource.groupKind] ?? TablePrinter([.name, .createdAt])
        }
    }

    /// The kinds with columns of their own. The others show name and time of creation.
    private static let builtin: [GroupKind: TablePrinter] = {
        let table: [(group: String, kinds: [String: TablePrinter])] = [
            (
                "",
                [
                    "ComponentStatus": componentStatuses, "ConfigMap": configMaps, "Endpoints": endpoints,
                    "Event": events, "Namespace": namespaces, "Node": nodes,
                    "PersistentVolume": persistentVolumes, "PersistentVolumeClaim": persistentVolumeClaims,
                    "Pod": pods, "PodTemplate": podTemplates,
                    "ReplicationController": replicationControllers, "ResourceQuota": resourceQuotas,
                    "Secret": secrets, "Service": services, "ServiceAccount": serviceAccounts,
                ]
            ),
            (
                "apps",
                [
                    "ControllerRevision": controllerRevisions, "DaemonSet": daemonSets,
                    "Deployment": deployments, "ReplicaSet": replicaSets, "StatefulSet": statefulSets,
                ]
            ),
            ("batch", ["CronJob": cronJobs, "Job": jobs]),
            ("autoscaling", ["HorizontalPodAutoscaler": horizontalPodAutoscalers]),
            ("policy", ["PodDisruptionBudget": podDisruptionBudgets]),
            ("events.k8s.io", ["Event": events]),
            ("coordination.k8s.io", ["Lease": leases]),
            ("discovery.k8s.io", ["EndpointSlice": endpointSlices]),
            (
                "networking.k8s.io",
                [
                    "IPAddress": ipAddresses, "Ingress": ingresses, "IngressClass": ingressClasses,
                    "NetworkPolicy": networkPolicies, "ServiceCIDR": serviceCIDRs,
                ]
            ),
            (
                "rbac.authorization.k8s.io",
                ["ClusterRoleBinding": roleBindings, "RoleBinding": roleBindings]
            ),
            (
                "storage.k8s.io",
                [
                    "CSIDriver": csiDrivers, "CSINode": csiNodes, "CSIStorageCapacity": csiStorageCapacities,
                    "StorageClass": storageClasses, "VolumeAttachment": volumeAttachments,
                    "VolumeAttributesClass": volumeAttributesClasses,
                ]
            ),
            ("scheduling.k8s.io", ["PriorityClass": priorityClasses]),
            ("node.k8s.io", ["RuntimeClass": runtimeClasses]),
            ("certificates.k8s.io", ["CertificateSigningRequest": certificateSigningRequests]),
            ("apiregistration.k8s.io", ["APIService": apiServices]),
            (
                "admissionregistration.k8s.io",
                [
                    "MutatingAdmissionPolicy": mutatingAdmissionPolicies,
                    "MutatingAdmissionPolicyBinding": admissionPolicyBindings,
                    "MutatingWebhookConfiguration": webhookConfigurations,
                    "ValidatingAdmissionPolicy": validatingAdmissionPolicies,
                    "ValidatingAdmissionPolicyBinding": admissionPolicyBindings,
                    "ValidatingWebhookConfiguration": webhookConfigurations,
                ]
            ),
        ]
        var printers: [GroupKind: TablePrinter] = [:]
        for entry in table {
            for (kind, printer) in entry.kinds {
                printers[GroupKind(group: entry.group, kind: kind)] = printer
            }
        }
        return printers
    }()
}
