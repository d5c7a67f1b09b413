import KubeModel

/// Which kinds have no namespace, and how the lists of kinds merge: what one build knows of kinds.
///
/// A kustomization may bring a schema of its own; the first one read counts for all resources of the build.
final class KindScopes {
    private var custom: CustomSchema?
    /// Whether the built-in merge rules count beside a custom schema.
    private var usesBuiltin = true
    private var isSet = false
    private var hasBeenAsked = false
    private var schemas: [GroupVersionKind: MergeSchema?] = [:]

    /// Takes over what a kustomization says of its schema, unless one before it has said something.
    ///
    /// - Throws: `invalidKustomization`.
    func setSchema(version: String?, document: [UInt8]?) throws(KustomizeError) {
        guard !isSet else { return }
        if let document {
            guard version == nil else {
                throw KustomizeError(
                    .invalidKustomization, "builtin version and custom schema provided, cannot use both")
            }
            custom = try CustomSchema(document)
            // Upstream loads its own schema late; once it has been asked for a kind, it counts as well.
            usesBuiltin = hasBeenAsked
            isSet = true
            schemas = [:]
            return
        }
        guard let version, !version.isEmpty else { return }
        guard version == "v1.21.2" else {
            throw KustomizeError(.invalidKustomization, "the specified OpenAPI version is not built in")
        }
        isSet = true
    }

    /// Whether a kind is known to have no namespace.
    func isClusterScoped(_ gvk: GroupVersionKind) -> Bool {
        hasBeenAsked = true
        if Self.clusterScoped[gvk.kind]?.contains(gvk.apiVersion) == true { return true }
        return custom?.isNamespaced[gvk] == false
    }

    /// The merge rules of a kind; nil where none are known.
    func mergeSchema(for gvk: GroupVersionKind) -> MergeSchema? {
        if let known = schemas[gvk] { return known }
        var schema = custom?.schema(for: gvk, usesBuiltin: usesBuiltin)
        if schema == nil, usesBuiltin || gvk.group == "kustomize.config.k8s.io" {
            schema = BuiltinMergeSchemas.schema(for: gvk)
        }
        schemas[gvk] = .some(schema)
        return schema
    }

    /// The kinds without namespace that upstream's default schema knows.
    static let clusterScoped: [String: Set<String>] = [
        "APIService": ["apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"],
        "CSIDriver": ["storage.k8s.io/v1", "storage.k8s.io/v1beta1"],
        "CSINode": ["storage.k8s.io/v1", "storage.k8s.io/v1beta1"],
        "CertificateSigningRequest": ["certificates.k8s.io/v1", "certificates.k8s.io/v1beta1"],
        "ClusterRole": ["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"],
        "ClusterRoleBinding": ["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"],
        "ComponentStatus": ["v1"],
        "CustomResourceDefinition": ["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"],
        "FlowSchema": ["flowcontrol.apiserver.k8s.io/v1beta1"],
        "IngressClass": ["networking.k8s.io/v1", "networking.k8s.io/v1beta1"],
        "MutatingWebhookConfiguration": [
            "admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1",
        ],
        "Namespace": ["v1"],
        "Node": ["v1"],
        "PersistentVolume": ["v1"],
        "PodSecurityPolicy": ["policy/v1beta1"],
        "PriorityClass": ["scheduling.k8s.io/v1", "scheduling.k8s.io/v1beta1"],
        "PriorityLevelConfiguration": ["flowcontrol.apiserver.k8s.io/v1beta1"],
        "RuntimeClass": ["node.k8s.io/v1", "node.k8s.io/v1beta1"],
        "StorageClass": ["storage.k8s.io/v1", "storage.k8s.io/v1beta1"],
        "ValidatingWebhookConfiguration": [
            "admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1",
        ],
        "VolumeAttachment": ["storage.k8s.io/v1", "storage.k8s.io/v1beta1"],
    ]
}
