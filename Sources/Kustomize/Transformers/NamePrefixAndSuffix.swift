import KubeModel

/// Puts a prefix or a suffix to names.
struct NameAffixTransformer: Transformer {
    enum Place {
        case prefix, suffix
    }

    let place: Place
    let text: String
    let specs: [FieldSpec]

    /// Kinds whose names mean something outside: they are left alone.
    private static let exempt = [
        GroupVersionKind(group: "", version: "", kind: "CustomResourceDefinition"),
        GroupVersionKind(group: "apiregistration.k8s.io", version: "", kind: "APIService"),
        GroupVersionKind(group: "", version: "", kind: "Namespace"),
    ]

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        resources.identitiesChanged()
        for resource in resources.resources where !resource.isEmpty {
            let id = resource.originalID
            if Self.exempt.contains(where: { id.gvk.isSelected(by: $0) }) { continue }
            for spec in specs where spec.applies(to: id.gvk) {
                if spec.path == "metadata/name" {
                    let list = place == .prefix ? BuildAnnotation.prefixes : BuildAnnotation.suffixes
                    try resource.append(text, to: list)
                    if !text.isEmpty { try resource.storePreviousID() }
                }
                try spec.visit(resource, creation: FieldSpec.Creation(kind: .scalar, tag: .string)) {
                    (node) throws(KustomizeError) in
                    let name = place == .prefix ? text + node.text : node.text + text
                    try node.setScalar(.scalar(name))
                }
                resource.identityChanged()
            }
        }
    }
}
