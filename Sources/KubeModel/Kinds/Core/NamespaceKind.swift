import Manifest

/// Namespaces: kept until their content is gone, which a finalizer in the spec sees to.
struct NamespaceKind: KindRules {
    let descriptor = KindDescriptor(
        "v1", "Namespace", isNamespaced: false,
        nameRule: .dns1123Label, hasStatus: true)

    private static let nameLabel = "kubernetes.io/metadata.name"

    func setDefaults(in object: inout Value) {
        let name = object.metadata.name
        if !name.isEmpty { object.metadata.labels[Self.nameLabel] = name }
        object.ensure("status") { $0.fill("phase", "Active") }
    }

    func prepareForCreate(_ object: inout Value, context: KindContext) {
        object["status"] = ["phase": "Active"]
        object.ensure("spec") { spec in
            let finalizers = spec["finalizers"]?.arrayValue ?? []
            if !finalizers.contains("kubernetes") { spec["finalizers"] = .array(finalizers + ["kubernetes"]) }
        }
    }

    /// Finalizers change through the `finalize` subresource only.
    func prepareForUpdate(_ object: inout Value, old: Value, context: KindContext) {
        keepStored(&object, old: old)
        object["spec"] = old["spec"]
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let finalizers = object["spec", "finalizers"]
        return finalizers.texts.flatMap { text in
            NameSyntax.qualifiedName(text).map { .invalid(finalizers.path, .string(text), $0) }
        }
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] { [] }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        let isDeleting = object["metadata", "deletionTimestamp"].isPresent
        let (phase, path) = (object["status", "phase"].text, FieldPath("status", "Phase"))
        let expected = isDeleting ? "Terminating" : "Active"
        guard phase != expected else { return [] }
        return [
            .invalid(
                path, .string(phase),
                "may only be '\(expected)' if `deletionTimestamp` is \(isDeleting ? "not " : "")empty")
        ]
    }
}
