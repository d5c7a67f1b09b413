import Manifest

/// ReplicaSets: a number of equal pods.
struct ReplicaSetKind: KindRules {
    let descriptor = KindDescriptor(
        "apps/v1", "ReplicaSet",
        hasStatus: true, scale: .workload, countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.fill("replicas", 1)
            spec.ensure("template", PodDefaults.apply(toTemplate:))
        }
    }

    /// The faults of a template of pods that run for ever and are selected by the labels they get.
    static func template(_ template: ObjectField, selector: ObjectField) -> [FieldError] {
        let selection =
            SelectorValidation.isSelectingAll(selector) ? [] : PodTemplate.selection(selector, of: template)
        return selection + PodSpecValidation.faults(ofTemplate: template)
            + PodTemplate.alwaysRunning(template, ofKind: "ReplicaSet")
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        let selector = spec["selector"]
        return spec["replicas"].nonnegative() + spec["minReadySeconds"].nonnegative()
            + PodTemplate.requiredSelector(
                selector, emptyFault: "empty selector is invalid for deployment")
            + Self.template(spec["template"], selector: selector)
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(of: object) + object["spec", "selector"].immutable(since: old["spec", "selector"])
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        WorkloadStatus.faults(
            of: object["status"], since: old["status"],
            counts: [
                "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas",
                "observedGeneration",
            ], partsOfReplicas: ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"])
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        (old == nil ? PodWarnings.hostname(object["metadata"], of: "Pod names and hostnames") : [])
            + PodTemplate.warnings(object, old: old, at: "spec", "template")
    }
}
