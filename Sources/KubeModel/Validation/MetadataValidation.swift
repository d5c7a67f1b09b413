import Manifest

/// The rules for `metadata` that hold for every kind.
enum MetadataValidation {
    /// How many bytes the keys and texts of all annotations may have together.
    static let annotationsLimit = 256 * 1024
    /// Finalizers that need no domain.
    private static let standardFinalizers = ["kubernetes", "orphan", "foregroundDeletion"]

    /// The faults of the metadata of an object that is being created, or of an updated one taken by itself.
    ///
    /// - Parameters:
    ///   - metadata: the object's `metadata`.
    ///   - isNamespaced: whether objects of the kind live in namespaces.
    ///   - name: the faults of a name; the flag says whether it is a prefix to which the server appends.
    static func faults(
        of metadata: ObjectField, isNamespaced: Bool, name nameFaults: (String, Bool) -> [String]
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let prefix = metadata["generateName"]
        if !prefix.text.isEmpty { errors += prefix.invalid(nameFaults(prefix.text, true)) }
        let name = metadata["name"]
        if name.text.isEmpty {
            errors.append(name.required("name or generateName is required"))
        } else {
            errors += name.invalid(nameFaults(name.text, false))
        }
        let namespace = metadata["namespace"]
        if isNamespaced {
            if namespace.text.isEmpty {
                errors.append(namespace.required())
            } else {
                errors += namespace.invalid(NameSyntax.dns1123Label(namespace.text))
            }
        } else if !namespace.text.isEmpty {
            errors.append(namespace.forbidden("not allowed on this type"))
        }
        errors += metadata["generation"].nonnegative()
        errors += commonFaults(of: metadata)
        errors += self.finalizers(metadata["finalizers"])
        return errors + managedFields(metadata["managedFields"])
    }

    /// The faults of a change of metadata.
    static func faults(ofUpdate metadata: ObjectField, since old: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        if old["deletionTimestamp"].isPresent {
            errors += addedFinalizers(metadata["finalizers"], since: old["finalizers"])
        }
        let version = metadata["resourceVersion"]
        if version.text.isEmpty {
            errors.append(version.invalid("must be specified for an update", absent: ""))
        }
        let generation = metadata["generation"]
        errors += generation.nonnegative()
        if generation.number < old["generation"].number {
            errors.append(generation.invalid("must not be decremented", absent: 0))
        }
        for name in ["name", "namespace", "uid"] {
            errors += metadata[name].immutable(since: old[name], absent: "")
        }
        for name in ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] {
            errors += metadata[name].immutable(since: old[name])
        }
        return errors + commonFaults(of: metadata) + managedFields(metadata["managedFields"])
    }

    private static func commonFaults(of metadata: ObjectField) -> [FieldError] {
        labels(metadata["labels"]) + annotations(metadata["annotations"])
            + ownerReferences(metadata["ownerReferences"])
    }

    /// The faults of labels; all are reported at the map itself.
    static func labels(_ labels: ObjectField) -> [FieldError] {
        labels.entries.flatMap { key, value in
            NameSyntax.qualifiedName(key).map { .invalid(labels.path, .string(key), $0) }
                + NameSyntax.labelValue(value.text).map { .invalid(labels.path, .string(value.text), $0) }
        }
    }

    /// The faults of annotations, whose keys may have upper-case domains.
    static func annotations(_ annotations: ObjectField) -> [FieldError] {
        var size = 0
        var errors: [FieldError] = []
        for (key, value) in annotations.entries {
            size += key.utf8.count + value.text.utf8.count
            errors += NameSyntax.qualifiedName(key.lowercased())
                .map { .invalid(annotations.path, .string(key), $0) }
        }
        if size > annotationsLimit { errors.append(annotations.tooLong(annotationsLimit)) }
        return errors
    }

    private static func ownerReferences(_ references: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        var controller: String?
        for reference in references.items {
            errors += ownerReference(reference)
            guard reference["controller"].isTrue else { continue }
            let name = "\(reference["kind"].text)/\(reference["name"].text)"
            if let controller {
                errors.append(
                    references.invalid(
                        "Only one reference can have Controller set to true. Found \"true\" in references for "
                            + "\(controller) and \(name)"))
            } else {
                controller = name
            }
        }
        return errors
    }

    private static func ownerReference(_ reference: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        let version = reference["apiVersion"]
        if version.text.isEmpty {
            errors.append(version.required("must not be empty"))
        } else if version.text.hasSuffix("/") || version.text.count(where: { $0 == "/" }) > 1 {
            errors.append(version.invalid("must be <group>/<version> or <version>"))
        }
        for name in ["kind", "name", "uid"] where reference[name].text.isEmpty {
            errors.append(reference[name].required("must not be empty"))
        }
        if version.text == "v1", reference["kind"].text == "Event" {
            errors.append(reference.invalid("/v1, Kind=Event is disallowed from being an owner"))
        }
        return errors
    }

    private static func finalizers(_ finalizers: ObjectField) -> [FieldError] {
        var errors = finalizers.texts.flatMap { text in
            NameSyntax.qualifiedName(text).map { FieldError.invalid(finalizers.path, .string(text), $0) }
        }
        if finalizers.texts.contains("orphan"), finalizers.texts.contains("foregroundDeletion") {
            errors.append(
                finalizers.invalid("finalizer orphan and foregroundDeletion cannot be both set"))
        }
        return errors
    }

    /// The faults of finalizers that are neither well known nor have a domain; custom resources may have them.
    static func unqualifiedFinalizers(_ finalizers: ObjectField) -> [FieldError] {
        finalizers.items.filter { !$0.text.contains("/") && !standardFinalizers.contains($0.text) }
            .map { $0.invalid("name is neither a standard finalizer name nor is it fully qualified") }
    }

    private static func addedFinalizers(_ finalizers: ObjectField, since old: ObjectField) -> [FieldError] {
        let added = Set(finalizers.texts).subtracting(old.texts).sorted()
        guard !added.isEmpty else { return [] }
        let list = added.map { GoFormat.quoted($0) }.joined(separator: ", ")
        return [
            finalizers.forbidden(
                "no new finalizers can be added if the object is being deleted, found new finalizers "
                    + "[]string{\(list)}")
        ]
    }

    private static func managedFields(_ entries: ObjectField) -> [FieldError] {
        entries.items.flatMap { entry -> [FieldError] in
            var errors: [FieldError] = []
            let operation = entry["operation"]
            if operation.text.isEmpty {
                errors.append(operation.required("must not be empty"))
            } else {
                errors += operation.optionalEnumeration(["Apply", "Update"])
            }
            let type = entry["fieldsType"]
            if !type.text.isEmpty, type.text != "FieldsV1" {
                errors.append(type.invalid("must be `FieldsV1`"))
            }
            if entry["manager"].text.utf8.count > 128 { errors.append(entry["manager"].tooLong(128)) }
            if entry["subresource"].text.utf8.count > 256 { errors.append(entry["subresource"].tooLong(256)) }
            return errors
        }
    }
}
