import Manifest

/// Custom resources: whatever the schema of their definition says, with the metadata of all objects.
struct CustomResourceKind: KindRules {
    let descriptor: KindDescriptor
    private let schemaFaults: @Sendable (Value, Value?) -> [FieldError]

    init(
        kind: GroupVersionKind, isNamespaced: Bool, hasStatus: Bool,
        schemaFaults: @escaping @Sendable (Value, Value?) -> [FieldError]
    ) {
        descriptor = KindDescriptor(
            kind.apiVersion, kind.kind, isNamespaced: isNamespaced, hasStatus: hasStatus,
            countsGeneration: true, allowsUnconditionalUpdate: false)
        self.schemaFaults = schemaFaults
    }

    var metadataRules: MetadataRules { .withoutFinalizers }

    /// All but metadata counts and, where it has a subresource of its own, the status.
    func isNewGeneration(_ object: Value, since old: Value) -> Bool {
        func counted(_ object: Value) -> Value {
            var object = object
            object["metadata"] = nil
            if descriptor.hasStatus { object["status"] = nil }
            return object
        }
        return counted(object) != counted(old)
    }

    /// Nothing but the status changes, and who manages its fields.
    func prepareForStatusUpdate(_ object: inout Value, old: Value) {
        let (status, metadata) = (object["status"], object.metadata.fields)
        object = old
        object["status"] = status
        for field in ["managedFields", "resourceVersion"] { object.metadata.fields[field] = metadata[field] }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        object.value.map { schemaFaults($0, nil) } ?? []
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        object.value.map { schemaFaults($0, old.value) } ?? []
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(ofUpdate: object, since: old)
    }
}
