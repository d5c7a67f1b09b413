import Manifest

/// Deployments: replicas of a pod template, replaced step by step when the template changes.
struct DeploymentKind: KindRules {
    let descriptor = KindDescriptor(
        "apps/v1", "Deployment",
        hasStatus: true, scale: .workload, countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.fill("replicas", 1)
            spec.ensure("strategy") { strategy in
                strategy.fill("type", "RollingUpdate")
                guard strategy.text("type") == "RollingUpdate" else { return }
                strategy.ensure("rollingUpdate") {
                    $0.fill("maxUnavailable", "25%")
                    $0.fill("maxSurge", "25%")
                }
            }
            spec.fill("revisionHistoryLimit", 10)
            spec.fill("progressDeadlineSeconds", 600)
            spec.ensure("template", PodDefaults.apply(toTemplate:))
        }
    }

    /// Annotations count too, as they carry the revision and the cause of a change.
    func isNewGeneration(_ object: Value, since old: Value) -> Bool {
        object["spec"] != old["spec"]
            || object.metadata.annotations != old.metadata.annotations
    }

    func prepareForStatusUpdate(_ object: inout Value, old: Value) {
        object["spec"] = old["spec"]
        object.metadata.fields["labels"] = old.metadata.fields["labels"]
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        let (selector, template) = (spec["selector"], spec["template"])
        var errors = spec["replicas"].nonnegative()
        errors += PodTemplate.requiredSelector(
            selector, emptyFault: "empty selector is invalid for deployment")
        errors += ReplicaSetKind.template(template, selector: selector)
        errors += Self.strategy(spec["strategy"])
        errors += spec["minReadySeconds"].nonnegative() + spec["revisionHistoryLimit"].nonnegative()
        let deadline = spec["progressDeadlineSeconds"]
        if let seconds = deadline.integer {
            errors += deadline.nonnegative()
            if seconds <= spec["minReadySeconds"].number {
                errors.append(deadline.invalid("must be greater than minReadySeconds"))
            }
        }
        return errors
    }

    private static func strategy(_ strategy: ObjectField) -> [FieldError] {
        let rolling = strategy["rollingUpdate"]
        switch strategy["type"].text {
        case "Recreate":
            return rolling.isPresent
                ? [rolling.forbidden("may not be specified when strategy `type` is 'Recreate'")] : []
        case "RollingUpdate":
            let (unavailable, surge) = (rolling["maxUnavailable"], rolling["maxSurge"])
            var errors = Share.faults(of: unavailable) + Share.faults(of: surge)
            if Share.isZero(unavailable), Share.isZero(surge) {
                errors.append(unavailable.invalid("may not be 0 when `maxSurge` is 0", absent: 0))
            }
            return errors + Share.excess(of: unavailable)
        case let type:
            return [
                .notSupported(
                    strategy.path, ["Type": .string(type), "RollingUpdate": rolling.value ?? .null],
                    supported: ["Recreate", "RollingUpdate"])
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
                "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
                "unavailableReplicas", "collisionCount",
            ], partsOfReplicas: ["updatedReplicas", "readyReplicas", "availableReplicas"])
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        (old == nil ? PodWarnings.hostname(object["metadata"], of: "Pod names and hostnames") : [])
            + PodTemplate.warnings(object, old: old, at: "spec", "template")
    }
}
