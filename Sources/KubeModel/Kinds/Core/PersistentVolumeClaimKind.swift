import Manifest

/// PersistentVolumeClaims: a wish for storage, which cannot change except to grow.
struct PersistentVolumeClaimKind: KindRules {
    let descriptor = KindDescriptor(
        "v1", "PersistentVolumeClaim",
        hasStatus: true)

    /// Keeps a claim that pods use from being deleted under them.
    private static let protection = "kubernetes.io/pvc-protection"

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { $0.fill("volumeMode", "Filesystem") }
        object.ensure("status") { $0.fill("phase", "Pending") }
    }

    func prepareForCreate(_ object: inout Value, context: KindContext) {
        object["status"] = ["phase": "Pending"]
        let finalizers = object.metadata.finalizers
        if !finalizers.contains(Self.protection) {
            object.metadata.finalizers = finalizers + [Self.protection]
        }
    }

    static func faults(ofSpec spec: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        let modes = spec["accessModes"]
        if modes.isEmpty { errors.append(modes.required("at least 1 access mode is required")) }
        errors += SelectorValidation.faults(of: spec["selector"])
        errors += accessModes(modes)
        let requests = spec["resources", "requests"]
        let storage = ObjectField(requests.value?["storage"], path: spec["resources"].path.key("storage"))
        errors += storage.isPresent ? ResourceValidation.positive(storage) : [storage.required()]
        let storageClass = spec["storageClassName"]
        if !storageClass.text.isEmpty {
            errors += storageClass.invalid(NameSyntax.dns1123Subdomain(storageClass.text))
        }
        return errors + spec["volumeMode"].optionalEnumeration(["Block", "Filesystem"])
    }

    /// The faults of how a volume is shared; of volumes too.
    static func accessModes(_ modes: ObjectField) -> [FieldError] {
        let known = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
        var errors = modes.texts.filter { !known.contains($0) }
            .map { FieldError.notSupported(modes.path, .string($0), supported: known) }
        if modes.texts.contains("ReadWriteOncePod"),
            modes.texts.contains(where: { known.dropLast().contains($0) })
        {
            errors.append(modes.forbidden("may not use ReadWriteOncePod with other access modes"))
        }
        return errors
    }

    func faults(of object: ObjectField) -> [FieldError] { Self.faults(ofSpec: object["spec"]) }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        let isBound = object["status", "phase"].text == "Bound"
        var (spec, before) = (object["spec"].value ?? .emptyObject, old["spec"].value ?? .emptyObject)
        if before.text("volumeName").isEmpty { before["volumeName"] = spec["volumeName"] }
        if !before.has("storageClassName") { before["storageClassName"] = spec["storageClassName"] }
        if isBound, spec["resources"]?["requests"] != nil {
            spec["resources", "requests", "storage"] = before["resources", "requests", "storage"]
        }
        if isBound, spec.has("volumeAttributesClassName") {
            spec["volumeAttributesClassName"] = before["volumeAttributesClassName"]
        }
        var errors = faults(of: object)
        if spec != before {
            let difference = ValueDifference.text(from: before, to: spec)
            errors.append(
                object["spec"].forbidden(
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                        + "bound claims\n\(difference)"))
        }
        let size = object["spec", "resources", "requests", "storage"]
        let present = ResourceValidation.quantity(size)
        if present < ResourceValidation.quantity(old["spec", "resources", "requests", "storage"]),
            present <= ResourceValidation.quantity(old["status", "capacity", "storage"])
        {
            errors.append(size.forbidden("field can not be less than status.capacity"))
        }
        let mode = ObjectField(object["spec", "volumeMode"].value, path: FieldPath("volumeMode"))
        return errors + mode.immutable(since: old["spec", "volumeMode"])
    }
}
