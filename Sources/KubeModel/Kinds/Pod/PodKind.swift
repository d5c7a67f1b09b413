import Manifest

/// Pods: defaults down to the containers, admission of priority and tolerations, few fields that may change.
struct PodKind: KindRules {
    let descriptor = KindDescriptor(
        "v1", "Pod", hasStatus: true,
        countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            PodDefaults.apply(to: &spec)
            PodDefaults.applyToPod(&spec)
        }
    }

    func prepareForCreate(_ object: inout Value, context: KindContext) {
        resetForCreate(&object)
        object.ensure("spec") { spec in
            Self.admitPriority(&spec, context: context)
            Self.admitTolerations(&spec)
        }
        object["status"] = [
            "phase": "Pending", "qosClass": .string(PodQuality.name(of: object["spec"])),
        ]
    }

    func prepareForStatusUpdate(_ object: inout Value, old: Value) {
        object["spec"] = old["spec"]
        object.metadata.fields["deletionTimestamp"] = old.metadata.fields["deletionTimestamp"]
        // What owns a pod is not the node's to say.
        object.metadata.fields["ownerReferences"] = old.metadata.fields["ownerReferences"]
        if object["status"]?.has("qosClass") != true {
            object.ensure("status") { $0["qosClass"] = old["status"]?["qosClass"] }
        }
    }

    /// The number behind the pod's priority class, as the priority admission sets it.
    private static func admitPriority(_ spec: inout Value, context: KindContext) {
        if let priority = context.priority(spec.text("priorityClassName")) {
            spec["priority"] = .integer(Int64(priority))
        }
        spec.fill("preemptionPolicy", "PreemptLowerPriority")
    }

    /// Five minutes' patience with a node that does not answer, unless the pod says otherwise.
    private static func admitTolerations(_ spec: inout Value) {
        var tolerations = spec["tolerations"]?.arrayValue ?? []
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            let isTolerated = tolerations.contains { toleration in
                (toleration.text("key") == key || toleration.text("key").isEmpty)
                    && ["", "NoExecute"].contains(toleration.text("effect"))
            }
            if isTolerated { continue }
            tolerations.append([
                "key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            ])
        }
        spec["tolerations"] = .array(tolerations)
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        var errors = PodSpecValidation.faults(of: spec, podName: object["metadata", "name"].text)
        if spec["serviceAccountName"].text.isEmpty {
            for source in spec["volumes"].items.flatMap({ $0["projected", "sources"].items })
            where source["serviceAccountToken"].isPresent {
                errors.append(
                    source["serviceAccountToken"].forbidden(
                        "must not be specified when serviceAccountName is not set"))
            }
        }
        let validation = ContainerValidation(
            in: .init(
                volumes: [:], resourceClaims: [], gracePeriod: nil, restartPolicy: "", usesHostUsers: true))
        for list in ["containers", "initContainers"] { errors += spec[list].items.flatMap(validation.image) }
        return errors
    }

    func faultsOnCreate(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        if !spec["ephemeralContainers"].isEmpty {
            errors.append(spec["ephemeralContainers"].forbidden("cannot be set on create"))
        }
        if !spec["nodeName"].text.isEmpty, !spec["schedulingGates"].isEmpty {
            errors.append(
                spec["nodeName"].forbidden("cannot be set until all schedulingGates have been cleared"))
        }
        return errors
    }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(of: object) + PodUpdateValidation.faults(of: object["spec"], since: old["spec"])
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        let node = object["spec", "nodeName"]
        if node.text != old["spec", "nodeName"].text {
            errors.append(.forbidden(FieldPath("status", "nodeName"), "may not be changed directly"))
        }
        errors += object["status", "qosClass"].immutable(since: old["status", "qosClass"], absent: "")
        return errors
    }

    /// Pods that no node runs, or that ran to their end, have nothing to wait for.
    func gracePeriod(of object: Value, requested: Int64?) -> Int64 {
        let isOver = ["Succeeded", "Failed"].contains(object["status"]?.text("phase") ?? "")
        guard let spec = object["spec"], !spec.text("nodeName").isEmpty, !isOver else { return 0 }
        let seconds = requested ?? spec["terminationGracePeriodSeconds"]?.integerValue ?? 0
        return seconds < 0 ? 1 : seconds
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        // Pods are updated by programs, which read no warnings.
        guard old == nil else { return [] }
        return PodWarnings.hostname(object["metadata"], of: "the Pod's hostname")
            + PodWarnings.texts(of: object["spec"], metadata: object["metadata"])
    }
}
