import Manifest

/// DaemonSets: a pod on each node.
struct DaemonSetKind: KindRules {
    let descriptor = KindDescriptor(
        "apps/v1", "DaemonSet",
        hasStatus: true, countsGeneration: true)

    /// Counts the changes of the template, as the field of an API version long gone did.
    private static let templateGeneration = "deprecated.daemonset.template.generation"

    func setDefaults(in object: inout Value) {
        // The annotation stands for a field that is always written.
        if object.metadata.annotations[Self.templateGeneration] == nil {
            object.metadata.annotations[Self.templateGeneration] = "0"
        }
        object.ensure("spec") { spec in
            spec.ensure("updateStrategy") { strategy in
                strategy.fill("type", "RollingUpdate")
                guard strategy.text("type") == "RollingUpdate" else { return }
                strategy.ensure("rollingUpdate") {
                    $0.fill("maxUnavailable", 1)
                    $0.fill("maxSurge", 0)
                }
            }
            spec.fill("revisionHistoryLimit", 10)
            spec.ensure("template", PodDefaults.apply(toTemplate:))
        }
    }

    func prepareForCreate(_ object: inout Value, context: KindContext) {
        resetForCreate(&object)
        object.metadata.annotations[Self.templateGeneration] = "1"
    }

    func prepareForUpdate(_ object: inout Value, old: Value, context: KindContext) {
        keepStored(&object, old: old)
        var generation = old.metadata.annotations[Self.templateGeneration].flatMap { Int64($0) } ?? 0
        if object["spec"]?["template"] != old["spec"]?["template"] { generation += 1 }
        object.metadata.annotations[Self.templateGeneration] = String(generation)
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        let (selector, template) = (spec["selector"], spec["template"])
        var errors = SelectorValidation.faults(of: selector)
        errors += PodTemplate.selection(selector, of: template)
        if selector.isPresent, SelectorValidation.isEmpty(selector) {
            errors.append(selector.invalid("empty selector is invalid for daemonset"))
        }
        errors += PodSpecValidation.faults(ofTemplate: template)
        errors += PodTemplate.alwaysRunning(template, ofKind: "DaemonSet")
        errors += spec["minReadySeconds"].nonnegative()
        return errors + Self.updateStrategy(spec["updateStrategy"])
            + spec["revisionHistoryLimit"].nonnegative()
    }

    private static func updateStrategy(_ strategy: ObjectField) -> [FieldError] {
        let rolling = strategy["rollingUpdate"]
        switch strategy["type"].text {
        case "OnDelete": return []
        case "RollingUpdate":
            guard rolling.isPresent else { return [rolling.required()] }
            let (unavailable, surge) = (rolling["maxUnavailable"], rolling["maxSurge"])
            var errors = Share.faults(of: unavailable) + Share.faults(of: surge)
            errors += Share.excess(of: unavailable) + Share.excess(of: surge)
            switch (Share.isZero(unavailable), Share.isZero(surge)) {
            case (false, false):
                errors.append(surge.invalid("may not be set when maxUnavailable is non-zero"))
            case (true, true): errors.append(unavailable.required("cannot be 0 when maxSurge is 0"))
            default: break
            }
            return errors
        case let type:
            return [
                .notSupported(
                    strategy.path, ["Type": .string(type), "RollingUpdate": rolling.value ?? .null],
                    supported: ["RollingUpdate", "OnDelete"])
            ]
        }
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(of: object) + object["spec", "selector"].immutable(since: old["spec", "selector"])
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        WorkloadStatus.faults(
            of: object["status"], since: old["status"],
            counts: [
                "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
                "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable",
                "collisionCount",
            ], partsOfReplicas: [])
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        PodTemplate.warnings(object, old: old, at: "spec", "template")
    }
}
