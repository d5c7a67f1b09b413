import Manifest

/// Leases: who holds a lock, and since when.
struct LeaseKind: KindRules {
    let descriptor = KindDescriptor(
        "coordination.k8s.io/v1", "Lease", allowsUnconditionalUpdate: false,
        allowsCreateOnUpdate: true)

    var metadataRules: MetadataRules { .withoutFinalizers }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        let (duration, transitions) = (spec["leaseDurationSeconds"], spec["leaseTransitions"])
        var errors: [FieldError] = []
        if let seconds = duration.integer, seconds <= 0 {
            errors.append(duration.invalid("must be greater than 0"))
        }
        errors += transitions.nonnegative()
        let (strategy, holder) = (spec["strategy"], spec["preferredHolder"])
        if strategy.isPresent {
            // Upstream names the field twice.
            let path = strategy.path.child("strategy")
            if !strategy.text.contains("/"), strategy.text != "OldestEmulationVersion" {
                errors.append(
                    .notSupported(path, .string(strategy.text), supported: ["OldestEmulationVersion"]))
            } else {
                errors += NameSyntax.qualifiedName(strategy.text)
                    .map { .invalid(path, .string(strategy.text), $0) }
            }
        }
        if !holder.text.isEmpty, strategy.text.isEmpty {
            errors.append(holder.forbidden("may only be specified if `strategy` is defined"))
        }
        return errors
    }
}
