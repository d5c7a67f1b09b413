import Manifest

/// PersistentVolumes: storage of the cluster that claims are bound to.
struct PersistentVolumeKind: KindRules {
    let descriptor = KindDescriptor(
        "v1", "PersistentVolume", isNamespaced: false,
        hasStatus: true)

    /// Keeps a volume that a claim is bound to from being deleted under it.
    private static let protection = "kubernetes.io/pv-protection"

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.fill("persistentVolumeReclaimPolicy", "Retain")
            spec.fill("volumeMode", "Filesystem")
            spec.update("hostPath") { if !$0.has("type") { $0["type"] = "" } }
        }
        object.ensure("status") { $0.fill("phase", "Pending") }
    }

    func prepareForCreate(_ object: inout Value, context: KindContext) {
        object["status"] = ["phase": "Pending"]
        let finalizers = object.metadata.finalizers
        if !finalizers.contains(Self.protection) {
            object.metadata.finalizers = finalizers + [Self.protection]
        }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        let modes = spec["accessModes"]
        if modes.isEmpty { errors.append(modes.required()) }
        errors += PersistentVolumeClaimKind.accessModes(modes)
        let capacity = spec["capacity"]
        if capacity.isEmpty { errors.append(capacity.required()) }
        let storage = capacity.key("storage")
        if !storage.isPresent || capacity.entries.count > 1 {
            errors.append(
                .notSupported(
                    capacity.path, capacity.value.map(GoJSON.ordered) ?? .null, supported: ["storage"]))
        }
        for (name, amount) in capacity.entries {
            errors += ResourceValidation.amount(amount, of: name)
            if name == "storage", ResourceValidation.quantity(amount).isZero {
                errors += ResourceValidation.positive(amount)
            }
        }
        errors += spec["persistentVolumeReclaimPolicy"].optionalEnumeration(["Delete", "Recycle", "Retain"])
        errors += spec["volumeMode"].optionalEnumeration(["Block", "Filesystem"])
        let affinity = spec["nodeAffinity"]
        if affinity.isPresent {
            errors +=
                affinity["required"].isPresent
                ? SchedulingValidation.nodeSelector(affinity["required"])
                : [affinity["required"].required("must specify required node constraints")]
        }
        let sources = PodDefaults.volumeSources + ["local"]
        let given = sources.filter { spec[$0].isPresent }
        if given.isEmpty { errors.append(spec.required("must specify a volume type")) }
        return errors
            + given.dropFirst().map { spec[$0].forbidden("may not specify more than 1 volume type") }
    }

    var checksMetadataOnUpdate: Bool { true }
}
