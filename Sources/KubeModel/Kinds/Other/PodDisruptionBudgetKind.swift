import Manifest

/// PodDisruptionBudgets: how many pods must keep running when others are evicted.
struct PodDisruptionBudgetKind: KindRules {
    let descriptor = KindDescriptor(
        "policy/v1", "PodDisruptionBudget",
        hasStatus: true, countsGeneration: true)

    var metadataRules: MetadataRules { .none }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        let (minimum, maximum) = (spec["minAvailable"], spec["maxUnavailable"])
        var errors: [FieldError] = []
        if minimum.isPresent, maximum.isPresent {
            errors.append(
                .invalid(
                    spec.path,
                    [
                        "MinAvailable": minimum.value ?? .null,
                        "Selector": spec["selector"].value.map(GoJSON.ordered) ?? .null,
                        "MaxUnavailable": maximum.value ?? .null,
                        "UnhealthyPodEvictionPolicy": spec["unhealthyPodEvictionPolicy"].value ?? .null,
                    ], "minAvailable and maxUnavailable cannot be both set"))
        }
        for share in [minimum, maximum] where share.isPresent {
            errors += Share.faults(of: share) + Share.excess(of: share)
        }
        errors += SelectorValidation.faults(of: spec["selector"])
        return errors
            + spec["unhealthyPodEvictionPolicy"].optionalEnumeration(["AlwaysAllow", "IfHealthyBudget"])
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"].flatMap {
            object["status", $0].nonnegative()
        }
    }
}
