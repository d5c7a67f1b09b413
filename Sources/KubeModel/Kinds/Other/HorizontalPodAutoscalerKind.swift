import Manifest

/// HorizontalPodAutoscalers: replicas by load.
struct HorizontalPodAutoscalerKind: KindRules {
    let descriptor = KindDescriptor(
        "autoscaling/v2", "HorizontalPodAutoscaler", hasStatus: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.fill("minReplicas", 1)
            if spec["metrics"]?.arrayValue?.isEmpty != false {
                spec["metrics"] = [
                    [
                        "type": "Resource",
                        "resource": [
                            "name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80],
                        ],
                    ]
                ]
            }
            spec.update("behavior") { behavior in
                behavior.ensure("scaleUp") { rules in
                    rules.fill("stabilizationWindowSeconds", 0)
                    rules.fill("selectPolicy", "Max")
                    rules.fill("policies", [Self.policy("Pods", 4), Self.policy("Percent", 100)])
                }
                behavior.ensure("scaleDown") { rules in
                    rules.fill("selectPolicy", "Max")
                    rules.fill("policies", [Self.policy("Percent", 100)])
                }
            }
        }
    }

    private static func policy(_ type: Value, _ value: Value) -> Value {
        ["type": type, "value": value, "periodSeconds": 15]
    }

    func faults(of object: ObjectField) -> [FieldError] { faults(of: object, lowest: 1) }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(of: object, lowest: old["spec", "minReplicas"].integer == 0 ? 0 : 1)
    }

    private func faults(of object: ObjectField, lowest: Int64) -> [FieldError] {
        let spec = object["spec"]
        let (minimum, maximum) = (spec["minReplicas"], spec["maxReplicas"])
        var errors: [FieldError] = []
        if let number = minimum.integer, number < lowest {
            errors.append(minimum.invalid("must be greater than or equal to \(lowest)"))
        }
        if maximum.number < 1 { errors.append(maximum.invalid("must be greater than 0", absent: 0)) }
        if let number = minimum.integer, maximum.number < number {
            errors.append(
                maximum.invalid("must be greater than or equal to `minReplicas`", absent: 0))
        }
        errors += ObjectReference.names(of: spec["scaleTargetRef"])
        let metrics = spec["metrics"]
        errors += metrics.items.flatMap(MetricValidation.faults)
        if minimum.integer == 0,
            !metrics.items.contains(where: { ["Object", "External"].contains($0["type"].text) })
        {
            errors.append(
                metrics.forbidden(
                    "must specify at least one Object or External metric to support scaling to zero replicas")
            )
        }
        for direction in ["scaleUp", "scaleDown"] { errors += rules(spec["behavior", direction]) }
        return errors
    }

    private func rules(_ rules: ObjectField) -> [FieldError] {
        guard rules.isPresent else { return [] }
        var errors: [FieldError] = []
        let (window, policies) = (rules["stabilizationWindowSeconds"], rules["policies"])
        if window.number < 0 { errors.append(window.invalid("must be greater than or equal to zero")) }
        if window.number > 3600 { errors.append(window.invalid("must be less than or equal to 3600")) }
        errors += rules["selectPolicy"].optionalEnumeration(["Disabled", "Max", "Min"])
        if policies.isEmpty { errors.append(policies.required("must specify at least one Policy")) }
        for policy in policies.items {
            if !["Pods", "Percent"].contains(policy["type"].text) {
                errors.append(policy["type"].notSupported(["Percent", "Pods"]))
            }
            for name in ["value", "periodSeconds"] where policy[name].number <= 0 {
                errors.append(policy[name].invalid("must be greater than zero", absent: 0))
            }
            if policy["periodSeconds"].number > 1800 {
                errors.append(policy["periodSeconds"].invalid("must be less than or equal to 1800"))
            }
        }
        return errors
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        ["currentReplicas", "desiredReplicas"].flatMap { object["status", $0].nonnegative() }
    }
}
