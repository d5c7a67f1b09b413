import Manifest

/// ReplicationControllers: what ReplicaSets were before they had selectors of their own.
struct ReplicationControllerKind: KindRules {
    let descriptor = KindDescriptor(
        "v1", "ReplicationController", hasStatus: true, scale: .workload, countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.fill("replicas", 1)
            spec.update("template", PodDefaults.apply(toTemplate:))
        }
        guard let labels = object["spec"]?["template"]?["metadata"]?["labels"] else { return }
        object.ensure("spec") { if !$0.has("selector") { $0["selector"] = labels } }
        if object.metadata.labels.isEmpty { object["metadata", default: .emptyObject]["labels"] = labels }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        let (selector, template) = (spec["selector"], spec["template"])
        var errors = spec["minReadySeconds"].nonnegative()
        if selector.isEmpty { errors.append(selector.required()) }
        errors += spec["replicas"].nonnegative()
        guard template.isPresent else { return errors + [template.required()] }
        let labels = template["metadata", "labels"]
        if selector.entries.contains(where: { labels.key($0.key).text != $0.field.text }) {
            errors.append(labels.invalid("`selector` does not match template `labels`"))
        }
        return errors + PodSpecValidation.faults(ofTemplate: template)
            + PodTemplate.alwaysRunning(template, ofKind: "ReplicationController")
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        PodTemplate.warnings(object, old: old, at: "spec", "template")
    }
}
