import KubeModel

extension TransformerConfiguration {
    /// The fields that hold names of other objects.
    static let defaultNameReferences: [NameReference] =
        ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map { kind in
            reference(
                kind: kind, to: [FieldSpec("spec/scaleTargetRef/name", kind: "HorizontalPodAutoscaler")])
        }
        + [
            reference(version: "v1", kind: "ConfigMap", to: configMapReferrers),
            reference(version: "v1", kind: "Secret", to: secretReferrers),
            reference(version: "v1", kind: "Service", to: serviceReferrers),
            reference(
                group: rbac, kind: "Role", to: [FieldSpec("roleRef/name", group: rbac, kind: "RoleBinding")]),
            reference(
                group: rbac, kind: "ClusterRole",
                to: ["RoleBinding", "ClusterRoleBinding"].map {
                    FieldSpec("roleRef/name", group: rbac, kind: $0)
                }),
            reference(
                version: "v1", kind: "ServiceAccount",
                to: ["RoleBinding", "ClusterRoleBinding"].map { FieldSpec("subjects", group: rbac, kind: $0) }
                    + inPods("serviceAccountName")),
            reference(
                version: "v1", kind: "PersistentVolumeClaim",
                to: inPods("volumes/persistentVolumeClaim/claimName")),
            reference(
                version: "v1", kind: "PersistentVolume",
                to: [
                    FieldSpec("spec/volumeName", kind: "PersistentVolumeClaim"),
                    FieldSpec("rules/resourceNames", kind: "ClusterRole"),
                ]),
            reference(
                group: "storage.k8s.io", version: "v1", kind: "StorageClass",
                to: [
                    FieldSpec("spec/storageClassName", kind: "PersistentVolume"),
                    FieldSpec("spec/storageClassName", kind: "PersistentVolumeClaim"),
                    FieldSpec("spec/volumeClaimTemplates/spec/storageClassName", kind: "StatefulSet"),
                ]),
            reference(
                group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass",
                to: inPods("priorityClassName")),
            // The group is spelled with its version upstream, so the reference never holds.
            reference(
                group: "networking.k8s.io/v1", version: "v1", kind: "IngressClass",
                to: [FieldSpec("spec/ingressClassName", kind: "Ingress")]),
            reference(
                group: "admissionregistration.k8s.io", kind: "ValidatingAdmissionPolicy",
                to: [
                    FieldSpec(
                        "spec/policyName", group: "admissionregistration.k8s.io",
                        kind: "ValidatingAdmissionPolicyBinding")
                ]),
        ]

    private static let rbac = "rbac.authorization.k8s.io"

    private static func reference(
        group: String = "", version: String = "", kind: String, to referrers: [FieldSpec]
    ) -> NameReference {
        NameReference(
            gvk: GroupVersionKind(group: group, version: version, kind: kind), referrers: referrers)
    }

    /// A field of the pods of the kinds that run them.
    private static func inPods(_ field: String) -> [FieldSpec] {
        [
            FieldSpec("spec/\(field)", kind: "Pod"),
            FieldSpec("spec/template/spec/\(field)", kind: "StatefulSet"),
            FieldSpec("spec/template/spec/\(field)", kind: "Deployment"),
            FieldSpec("spec/template/spec/\(field)", kind: "ReplicationController"),
            FieldSpec("spec/jobTemplate/spec/template/spec/\(field)", kind: "CronJob"),
            FieldSpec("spec/template/spec/\(field)", kind: "Job"),
            FieldSpec("spec/template/spec/\(field)", kind: "DaemonSet"),
        ]
    }

    /// Where the kinds have their pod that may refer to configuration.
    private static let pods = [
        ("Pod", "v1", "spec"), ("PodTemplate", "", "template/spec"), ("Deployment", "", "spec/template/spec"),
        ("ReplicaSet", "", "spec/template/spec"), ("DaemonSet", "", "spec/template/spec"),
        ("StatefulSet", "", "spec/template/spec"), ("Job", "", "spec/template/spec"),
        ("CronJob", "", "spec/jobTemplate/spec/template/spec"),
    ]

    private static func inConfiguredPods(_ fields: [String]) -> [FieldSpec] {
        pods.flatMap { kind, version, spec in
            fields.map { FieldSpec("\(spec)/\($0)", version: version, kind: kind) }
        }
    }

    private static let configMapReferrers =
        inConfiguredPods([
            "volumes/configMap/name",
            "containers/env/valueFrom/configMapKeyRef/name",
            "initContainers/env/valueFrom/configMapKeyRef/name",
            "containers/envFrom/configMapRef/name",
            "initContainers/envFrom/configMapRef/name",
            "volumes/projected/sources/configMap/name",
        ])
        + [
            FieldSpec("spec/configSource/configMap", kind: "Node"),
            FieldSpec("rules/resourceNames", kind: "Role"),
            FieldSpec("rules/resourceNames", kind: "ClusterRole"),
            FieldSpec(
                "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap", kind: "Ingress"
            ),
        ]

    private static let secretReferrers =
        inConfiguredPods([
            "volumes/secret/secretName",
            "containers/env/valueFrom/secretKeyRef/name",
            "initContainers/env/valueFrom/secretKeyRef/name",
            "containers/envFrom/secretRef/name",
            "initContainers/envFrom/secretRef/name",
            "imagePullSecrets/name",
            "volumes/projected/sources/secret/name",
        ])
        + [
            FieldSpec("spec/tls/secretName", kind: "Ingress"),
            FieldSpec("metadata/annotations/ingress.kubernetes.io\\/auth-secret", kind: "Ingress"),
            FieldSpec("metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret", kind: "Ingress"),
            FieldSpec("metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret", kind: "Ingress"),
            FieldSpec("imagePullSecrets/name", kind: "ServiceAccount"),
            FieldSpec("parameters/secretName", kind: "StorageClass"),
            FieldSpec("parameters/adminSecretName", kind: "StorageClass"),
            FieldSpec("parameters/userSecretName", kind: "StorageClass"),
            FieldSpec("parameters/secretRef", kind: "StorageClass"),
            FieldSpec("rules/resourceNames", kind: "Role"),
            FieldSpec("rules/resourceNames", kind: "ClusterRole"),
            FieldSpec(
                "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", group: "serving.knative.dev",
                version: "v1", kind: "Service"),
            FieldSpec("spec/azureFile/secretName", kind: "PersistentVolume"),
        ]

    private static let serviceReferrers =
        [
            FieldSpec("spec/serviceName", group: "apps", kind: "StatefulSet"),
            FieldSpec("spec/rules/http/paths/backend/serviceName", kind: "Ingress"),
            FieldSpec("spec/backend/serviceName", kind: "Ingress"),
            FieldSpec("spec/rules/http/paths/backend/service/name", kind: "Ingress"),
            FieldSpec("spec/defaultBackend/service/name", kind: "Ingress"),
            FieldSpec("spec/service/name", group: "apiregistration.k8s.io", kind: "APIService"),
        ]
        + ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].map {
            FieldSpec("webhooks/clientConfig/service", group: "admissionregistration.k8s.io", kind: $0)
        }
}
