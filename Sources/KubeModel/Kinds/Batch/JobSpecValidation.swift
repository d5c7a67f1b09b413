import Manifest

/// The rules for the specs of jobs, also of those that CronJobs make.
enum JobSpecValidation {
    static func faults(of spec: ObjectField) -> [FieldError] {
        var errors = [
            "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
            "backoffLimitPerIndex", "maxFailedIndexes",
        ].flatMap { spec[$0].nonnegative() }
        if spec["maxFailedIndexes"].isPresent, !spec["backoffLimitPerIndex"].isPresent {
            errors.append(spec["backoffLimitPerIndex"].required("when maxFailedIndexes is specified"))
        }
        let manager = spec["managedBy"]
        if manager.isPresent {
            errors += NameSyntax.domainPrefixedPath(manager)
            if manager.text.utf8.count > 63 { errors.append(manager.tooLong(63)) }
        }
        errors += indexes(of: spec)
        if spec["podFailurePolicy"].isPresent {
            errors += PodFailurePolicyValidation.faults(of: spec["podFailurePolicy"], in: spec)
        }
        errors += successPolicy(of: spec)
        errors += replacement(of: spec)
        errors += PodSpecValidation.faults(ofTemplate: spec["template"])
        return errors + restartPolicy(of: spec)
    }

    private static func indexes(of spec: ObjectField) -> [FieldError] {
        let (mode, completions) = (spec["completionMode"], spec["completions"])
        let (parallelism, failed) = (spec["parallelism"], spec["maxFailedIndexes"])
        var errors = mode.optionalEnumeration(["NonIndexed", "Indexed"])
        guard mode.text == "Indexed" else {
            if mode.isPresent, mode.text != "NonIndexed" { return errors }
            for name in ["backoffLimitPerIndex", "maxFailedIndexes"] where spec[name].isPresent {
                errors.append(spec[name].invalid("requires indexed completion mode"))
            }
            return errors
        }
        if !completions.isPresent {
            errors.append(completions.required("when completion mode is Indexed"))
        }
        if parallelism.number > 100_000 {
            errors.append(
                parallelism.invalid(
                    "must be less than or equal to 100000 when completion mode is Indexed"))
        }
        if completions.isPresent, failed.number > completions.number {
            errors.append(failed.invalid("must be less than or equal to completions"))
        }
        if failed.number > 100_000 { errors.append(failed.invalid("must be less than or equal to 100000")) }
        if completions.number > 100_000, spec["backoffLimitPerIndex"].isPresent {
            let when = "when completions are above 100000 and used with backoff limit per index"
            if !failed.isPresent {
                errors.append(failed.required("must be specified when completions is above 100000"))
            }
            for field in [parallelism, failed] where field.number > 10_000 {
                errors.append(field.invalid("must be less than or equal to 10000 \(when)"))
            }
        }
        return errors
    }

    private static func replacement(of spec: ObjectField) -> [FieldError] {
        spec["podReplacementPolicy"].optionalEnumeration(
            spec["podFailurePolicy"].isPresent ? ["Failed"] : ["Failed", "TerminatingOrFailed"])
    }

    private static func restartPolicy(of spec: ObjectField) -> [FieldError] {
        let policy = spec["template", "spec", "restartPolicy"]
        switch policy.text {
        case "", "Always": return [policy.required(#"valid values: "OnFailure", "Never""#)]
        case "OnFailure" where spec["podFailurePolicy"].isPresent:
            return [policy.invalid(#"only "Never" is supported when podFailurePolicy is specified"#)]
        case "OnFailure", "Never": return []
        default: return [policy.notSupported(["OnFailure", "Never"])]
        }
    }

    private static func successPolicy(of spec: ObjectField) -> [FieldError] {
        let policy = spec["successPolicy"]
        guard policy.isPresent else { return [] }
        guard spec["completionMode"].text == "Indexed" else {
            return [policy.invalid("requires indexed completion mode")]
        }
        let rules = policy["rules"]
        var errors: [FieldError] = []
        if rules.isEmpty {
            errors.append(
                rules.required("at least one rules must be specified when the successPolicy is specified"))
        }
        if rules.items.count > 20 { errors.append(rules.tooMany(20)) }
        let completions = spec["completions"].number
        for rule in rules.items {
            let (count, indexes) = (rule["succeededCount"], rule["succeededIndexes"])
            if !count.isPresent, !indexes.isPresent {
                errors.append(
                    rule.required("at least one of succeededCount or succeededIndexes must be specified"))
            }
            errors += count.nonnegative()
            if count.number > completions {
                errors.append(
                    count.invalid(
                        "must be less than or equal to \(completions) (the number of specified completions)"))
            }
        }
        return errors
    }
}
