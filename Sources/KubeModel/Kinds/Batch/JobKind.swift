import Manifest

/// Jobs: pods that run to an end.
struct JobKind: KindRules {
    let descriptor = KindDescriptor(
        "batch/v1", "Job", hasStatus: true, countsGeneration: true)

    /// The labels by which a job finds its pods, each under its present and its former name.
    private static let uidLabels = ["batch.kubernetes.io/controller-uid", "controller-uid"]
    private static let nameLabels = ["batch.kubernetes.io/job-name", "job-name"]

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            Self.setDefaults(inSpec: &spec)
            spec.fill("completionMode", "NonIndexed")
            spec.fill("suspend", false)
            spec.fill("manualSelector", false)
        }
        if object.metadata.labels.isEmpty,
            let labels = object["spec"]?["template"]?["metadata"]?["labels"]
        {
            object["metadata", default: .emptyObject]["labels"] = labels
        }
    }

    private static func setDefaults(inSpec spec: inout Value) {
        if !spec.has("completions"), !spec.has("parallelism") { spec["completions"] = 1 }
        spec.fill("parallelism", 1)
        let (countsPerIndex, hasPolicy) = (spec.has("backoffLimitPerIndex"), spec.has("podFailurePolicy"))
        spec.fill("backoffLimit", countsPerIndex ? .integer(Int64(Int32.max)) : 6)
        spec.fill("podReplacementPolicy", hasPolicy ? "Failed" : "TerminatingOrFailed")
        spec.update("podFailurePolicy") { policy in
            policy.updateItems("rules") { rule in
                rule.updateItems("onPodConditions") { $0.fill("status", "True") }
            }
        }
        spec.ensure("template", PodDefaults.apply(toTemplate:))
    }

    func prepareForCreate(_ object: inout Value, context: KindContext) {
        resetForCreate(&object)
        guard object["spec"]?["manualSelector"]?.boolValue != true else { return }
        let (uid, name) = (object.metadata.uid, object.metadata.name)
        object.ensure("spec") { spec in
            spec.ensure("template") { template in
                for label in Self.uidLabels { template.metadata.labels.fill(label, uid) }
                for label in Self.nameLabels { template.metadata.labels.fill(label, name) }
            }
            spec.ensure("selector") { selector in
                selector.ensure("matchLabels") { $0.fill(Self.uidLabels[0], .string(uid)) }
            }
        }
    }

    func prepareForUpdate(_ object: inout Value, old: Value, context: KindContext) {
        keepStored(&object, old: old)
        // Programs older than the prefixed labels leave them out.
        guard object["spec"]?["manualSelector"]?.boolValue != true else { return }
        object.ensure("spec") { spec in
            if !spec.has("selector") { spec["selector"] = old["spec"]?["selector"] }
        }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        let (selector, template) = (spec["selector"], spec["template"])
        var errors = Self.generatedSelector(of: object)
        errors += JobSpecValidation.faults(of: spec)
        errors += selector.isPresent ? SelectorValidation.faults(of: selector) : [selector.required()]
        errors += PodTemplate.selection(selector, of: template)
        let completions = spec["completions"].number
        if spec["completionMode"].text == "Indexed", completions > 0 {
            let name = object["metadata", "name"]
            let host = "\(name.text)-\(completions - 1)"
            if !NameSyntax.dns1123Label(host).isEmpty {
                errors.append(
                    name.invalid("will not able to create pod with invalid DNS label: \(host)"))
            }
        }
        return errors
    }

    /// The faults of labels that get in the way of those the server generates.
    private static func generatedSelector(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        guard !spec["manualSelector"].isTrue, spec["selector"].isPresent else { return [] }
        let (uid, name) = (object["metadata", "uid"], object["metadata", "name"].text)
        var errors = uid.text.isEmpty ? [uid.required()] : []
        let labels = spec["template", "metadata", "labels"]
        // The former names are checked before the present ones.
        let expected = [
            (uidLabels[1], uid.text), (nameLabels[1], name), (uidLabels[0], uid.text),
            (nameLabels[0], name),
        ]
        for (key, text) in expected {
            let label = labels.key(key)
            if !label.isPresent {
                errors.append(label.required("must be '\(text)'"))
            } else if label.text != text {
                errors.append(
                    .invalid(
                        label.path, labels.value.map(GoJSON.ordered) ?? .null, "must be '\(text)'"))
            }
        }
        let texts = Value.object(Object(expected.map { Object.Pair(key: $0.0, value: .string($0.1)) }))
        if SelectorValidation.matches(spec["selector"], labels: ObjectField(texts)) == false {
            errors.append(spec["selector"].invalid("`selector` not auto-generated"))
        }
        return errors
    }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        let (spec, before) = (object["spec"], old["spec"])
        var errors = faults(of: object)
        let completions = spec["completions"]
        if spec["completionMode"].text != "Indexed" {
            errors += completions.immutable(since: before["completions"])
        } else if completions.value != before["completions"].value, completions.isPresent,
            completions.number != spec["parallelism"].number
        {
            errors.append(
                completions.invalid("can only be modified in tandem with \(spec["parallelism"].path)"))
        }
        errors += spec["selector"].immutable(since: before["selector"])
        errors += Self.template(spec, since: before, mayBeMoved: isWaiting(old))
        for name in [
            "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy",
        ] {
            errors += spec[name].immutable(since: before[name])
        }
        return errors
    }

    /// Whether the job is suspended and has never run, so that its pods may still be sent elsewhere.
    private func isWaiting(_ job: ObjectField) -> Bool {
        job["spec", "suspend"].isTrue && !job["status", "startTime"].isPresent
    }

    private static func template(
        _ spec: ObjectField, since old: ObjectField, mayBeMoved: Bool
    ) -> [FieldError] {
        var before = old["template"].value ?? .emptyObject
        if mayBeMoved, let template = spec["template"].value {
            for field in ["nodeSelector", "tolerations", "schedulingGates"] {
                before["spec", default: .emptyObject][field] = template["spec"]?[field]
            }
            let affinity = template["spec"]?["affinity"]?["nodeAffinity"]
            before["spec", "affinity", "nodeAffinity"] = affinity
            if before["spec"]?["affinity"] == .emptyObject { before["spec", "affinity"] = nil }
            for field in ["labels", "annotations"] {
                before["metadata", default: .emptyObject][field] = template["metadata"]?[field]
            }
            for list in ["containers", "initContainers"] {
                let resources = (template["spec"]?[list]?.arrayValue ?? []).map { $0["resources"] }
                guard var containers = before["spec"]?[list]?.arrayValue else { continue }
                for place in containers.indices where place < resources.count {
                    containers[place]["resources"] = resources[place]
                }
                before["spec", default: .emptyObject][list] = .array(containers)
            }
        }
        return spec["template"].immutable(since: ObjectField(before, path: old["template"].path))
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        let status = object["status"]
        return ["active", "succeeded", "failed", "ready", "terminating"].flatMap { status[$0].nonnegative() }
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        (old == nil ? PodWarnings.hostname(object["metadata"], of: "Pod names and hostnames") : [])
            + PodTemplate.warnings(object, old: old, at: "spec", "template")
    }
}

extension StringMap {
    /// Sets a text that is not there.
    fileprivate mutating func fill(_ name: String, _ text: String) {
        if !contains(name) { self[name] = text }
    }
}
