public import Manifest

/// How the API server treats the objects of one kind on their way into the store.
///
/// A write passes through in this order, admission standing between the first step and the second:
///
///     var object = try strategy.normalized(document)      // canonical form, defaults
///     strategy.prepareForCreate(&object, context: context) // resets, what the server fills in
///     let errors = strategy.validate(object)               // one list, worded as upstream words it
///     let warnings = strategy.warnings(for: object)
///
/// Before ``prepareForCreate(_:context:)`` the server has set name, namespace, `uid` and `creationTimestamp`.
public struct KindStrategy: Sendable {
    public let descriptor: KindDescriptor
    private let rules: any KindRules
    /// The schema of the wire form, read when it is first needed; nil for custom resources, which have none.
    private let findSchema: @Sendable () -> Schema?
    private var schema: Schema? { findSchema() }

    init(_ rules: any KindRules, schema: @escaping @Sendable () -> Schema?) {
        descriptor = rules.descriptor
        self.rules = rules
        findSchema = schema
    }

    /// The strategy of a custom resource's version.
    ///
    /// - Parameters:
    ///   - kind: the kind of its objects.
    ///   - isNamespaced: the definition's scope.
    ///   - hasStatus: whether the version has the status subresource.
    ///   - schemaFaults: the faults of an object by the version's schema; the stored object comes along in updates.
    public init(
        customResource kind: GroupVersionKind, isNamespaced: Bool, hasStatus: Bool,
        schemaFaults: @escaping @Sendable (_ object: Value, _ old: Value?) -> [FieldError] = { _, _ in [] }
    ) {
        self.init(
            CustomResourceKind(
                kind: kind, isNamespaced: isNamespaced, hasStatus: hasStatus, schemaFaults: schemaFaults),
            schema: { nil })
    }

    /// A document as the server's own types hold it, with all defaults.
    ///
    /// Normalizing twice changes nothing. Fields unknown to the schema stay; pruning them is the caller's.
    ///
    /// - Throws: `badRequest` where a value is not of its field's type.
    public func normalized(_ object: Value) throws(APIError) -> Value {
        var object = object
        do {
            try normalize(&object)
        } catch {
            let (kind, version) = (descriptor.kind.kind, descriptor.kind.version)
            throw APIError.badRequest(
                "\(kind) in version \(GoFormat.quoted(version)) cannot be handled as a \(kind): \(error.message)"
            )
        }
        return object
    }

    private func normalize(_ object: inout Value) throws(DecodingFault) {
        if let schema { try WireForm.builtin.apply(to: &object, schema: schema) }
        rules.setDefaults(in: &object)
        // Defaults may have made structs, whose own fields are now written too, or emptied maps.
        if let schema { try WireForm.builtin.apply(to: &object, schema: schema) }
    }

    /// Brings an object that was normalized once back into that form after a change.
    private func normalizeAgain(_ object: inout Value) {
        // What the server writes itself is well-formed.
        try? normalize(&object)
    }

    /// Resets what users may not set in a new object and fills in what the server decides.
    public func prepareForCreate(_ object: inout Value, context: KindContext = KindContext()) {
        rules.prepareForCreate(&object, context: context)
        normalizeAgain(&object)
    }

    /// Takes from the stored object what an update of it may not change, and counts the generation.
    ///
    /// Where the kind allows it and the client names no resource version, the stored one is taken too.
    public func prepareForUpdate(
        _ object: inout Value, old: Value, context: KindContext = KindContext()
    ) {
        object.metadata.generation = old.metadata.generation
        rules.prepareForUpdate(&object, old: old, context: context)
        keepSystemFields(&object, old: old)
        normalizeAgain(&object)
    }

    /// Takes from the stored object all but what an update of its status may change.
    public func prepareForStatusUpdate(_ object: inout Value, old: Value) {
        object.metadata.generation = old.metadata.generation
        rules.prepareForStatusUpdate(&object, old: old)
        keepSystemFields(&object, old: old)
        normalizeAgain(&object)
    }

    private func keepSystemFields(_ object: inout Value, old: Value) {
        let stored = old.metadata
        if object.metadata.uid.isEmpty { object.metadata.uid = stored.uid }
        if descriptor.allowsUnconditionalUpdate, object.metadata.resourceVersion.isEmpty {
            object.metadata.resourceVersion = stored.resourceVersion
        }
        if let created = stored.fields["creationTimestamp"] {
            object.metadata.fields["creationTimestamp"] = created
        }
        if stored.isDeleting {
            object.metadata.fields["deletionTimestamp"] = stored.fields["deletionTimestamp"]
        }
        if object.metadata.deletionGracePeriodSeconds == nil {
            object.metadata.deletionGracePeriodSeconds = stored.deletionGracePeriodSeconds
        }
    }

    /// The faults of a new object; none means it can be stored.
    public func validate(_ object: Value) -> [FieldError] {
        let field = ObjectField(object)
        let errors = ownMetadataFaults(of: field) + rules.faults(of: field) + rules.faultsOnCreate(of: field)
        // The common rules speak only where the more telling ones of the kind are silent.
        return errors.isEmpty ? commonMetadataFaults(of: field) : errors
    }

    /// The faults of an update.
    public func validateUpdate(_ object: Value, old: Value) -> [FieldError] {
        if let error = missingVersion(in: object) { return [error] }
        let (field, before) = (ObjectField(object), ObjectField(old))
        return metadataFaults(ofUpdate: field, since: before)
            + (rules.checksMetadataOnUpdate ? ownMetadataFaults(of: field) : [])
            + rules.faults(ofUpdate: field, since: before)
    }

    /// The faults of an update of the status.
    public func validateStatusUpdate(_ object: Value, old: Value) -> [FieldError] {
        if let error = missingVersion(in: object) { return [error] }
        let (field, before) = (ObjectField(object), ObjectField(old))
        return metadataFaults(ofUpdate: field, since: before)
            + rules.faults(ofStatusUpdate: field, since: before)
    }

    private func missingVersion(in object: Value) -> FieldError? {
        guard !descriptor.allowsUnconditionalUpdate, object.metadata.resourceVersion.isEmpty else {
            return nil
        }
        return .invalid(FieldPath("metadata", "resourceVersion"), 0, "must be specified for an update")
    }

    /// What the client is told beside a successful answer, each in a `Warning` header of its own.
    ///
    /// - Parameter old: the stored object, nil where the object is new.
    public func warnings(for object: Value, old: Value? = nil) -> [String] {
        rules.warnings(for: ObjectField(object), old: old.map { ObjectField($0) })
    }

    /// For how many seconds a deleted object stays to end its work; 0 where it goes at once.
    ///
    /// - Parameter requested: `gracePeriodSeconds` of the request.
    public func gracePeriod(of object: Value, requested: Int64? = nil) -> Int64 {
        rules.gracePeriod(of: object, requested: requested)
    }

    private func commonMetadataFaults(of object: ObjectField) -> [FieldError] {
        MetadataValidation.faults(of: object["metadata"], isNamespaced: descriptor.isNamespaced) {
            NameRule.pathSegment.faults(of: $0, isPrefix: $1)
        }
    }

    private func ownMetadataFaults(of object: ObjectField) -> [FieldError] {
        guard rules.metadataRules != .none else { return [] }
        let metadata = object["metadata"]
        let errors = MetadataValidation.faults(of: metadata, isNamespaced: descriptor.isNamespaced) {
            descriptor.nameRule.faults(of: $0, isPrefix: $1) + rules.nameFaults(of: object)
        }
        return errors + finalizerFaults(of: metadata)
    }

    private func finalizerFaults(of metadata: ObjectField) -> [FieldError] {
        rules.metadataRules == .standard
            ? MetadataValidation.unqualifiedFinalizers(metadata["finalizers"]) : []
    }

    /// Upstream checks metadata in general and again for the kind, and reports what it finds as often.
    private func metadataFaults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        let (metadata, before) = (object["metadata"], old["metadata"])
        let change = MetadataValidation.faults(ofUpdate: metadata, since: before)
        return commonMetadataFaults(of: object) + change
            + (rules.metadataRules == .none ? [] : change + finalizerFaults(of: metadata))
    }
}
