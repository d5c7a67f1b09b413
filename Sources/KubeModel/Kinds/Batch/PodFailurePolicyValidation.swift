import Manifest

/// The rules for what the failures of a job's pods mean.
enum PodFailurePolicyValidation {
    static func faults(of policy: ObjectField, in spec: ObjectField) -> [FieldError] {
        let rules = policy["rules"]
        let pod = spec["template", "spec"]
        let containers = Set((pod["containers"].items + pod["initContainers"].items).map { $0["name"].text })
        return (rules.items.count > 20 ? [rules.tooMany(20)] : [])
            + rules.items.flatMap { rule($0, in: spec, containers: containers) }
    }

    private static func rule(
        _ rule: ObjectField, in spec: ObjectField, containers: Set<String>
    ) -> [FieldError] {
        let (action, codes, conditions) = (rule["action"], rule["onExitCodes"], rule["onPodConditions"])
        var errors: [FieldError] = []
        let actions = ["Count", "FailIndex", "FailJob", "Ignore"]
        if action.text.isEmpty {
            errors.append(action.required(validValues(actions)))
        } else if action.text == "FailIndex" {
            if !spec["backoffLimitPerIndex"].isPresent {
                errors.append(action.invalid("requires the backoffLimitPerIndex to be set"))
            }
        } else {
            errors += action.optionalEnumeration(actions)
        }
        if codes.isPresent { errors += exitCodes(codes, containers: containers) }
        errors += podConditions(conditions)
        if codes.isPresent, !conditions.isEmpty {
            errors.append(
                .invalid(
                    rule.path,
                    omittingValue: "specifying both OnExitCodes and OnPodConditions is not supported"))
        } else if !codes.isPresent, conditions.isEmpty {
            errors.append(
                .invalid(
                    rule.path,
                    omittingValue: "specifying one of OnExitCodes and OnPodConditions is required"))
        }
        return errors
    }

    /// A list of texts as `%q` prints a slice.
    private static func validValues(_ values: [String]) -> String {
        "valid values: [" + values.map { GoFormat.quoted($0) }.joined(separator: " ") + "]"
    }

    private static func podConditions(_ conditions: ObjectField) -> [FieldError] {
        var errors = conditions.items.count > 20 ? [conditions.tooMany(20)] : []
        for condition in conditions.items {
            let (type, status) = (condition["type"], condition["status"])
            errors += type.invalid(NameSyntax.qualifiedName(type.text))
            let known = ["False", "True", "Unknown"]
            errors +=
                status.text.isEmpty
                ? [status.required(validValues(known))] : status.optionalEnumeration(known)
        }
        return errors
    }

    private static func exitCodes(_ codes: ObjectField, containers: Set<String>) -> [FieldError] {
        let (operation, container, values) = (codes["operator"], codes["containerName"], codes["values"])
        let operators = ["In", "NotIn"]
        var errors =
            operation.text.isEmpty
            ? [operation.required(validValues(operators))] : operation.optionalEnumeration(operators)
        if container.isPresent, !containers.contains(container.text) {
            errors.append(
                container.invalid(
                    "must be one of the container or initContainer names in the pod template"))
        }
        if values.items.isEmpty {
            errors.append(values.invalid("at least one value is required"))
        } else if values.items.count > 255 {
            errors.append(values.tooMany(255))
        }
        var seen: Set<Int64> = []
        for value in values.items {
            if operation.text == "In", value.number == 0 {
                errors.append(value.invalid("must not be 0 for the In operator"))
            }
            if !seen.insert(value.number).inserted { errors.append(value.duplicate()) }
        }
        let numbers = values.items.map(\.number)
        if zip(numbers, numbers.dropFirst()).contains(where: >) {
            errors.append(values.invalid("must be ordered"))
        }
        return errors
    }
}
