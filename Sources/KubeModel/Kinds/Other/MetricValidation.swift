import Manifest

/// The rules for the metrics by which an autoscaler decides.
enum MetricValidation {
    private static let sources = [
        ("Object", "object"), ("External", "external"), ("Pods", "pods"), ("Resource", "resource"),
        ("ContainerResource", "containerResource"),
    ]

    static func faults(of metric: ObjectField) -> [FieldError] {
        let type = metric["type"]
        let known = sources.map(\.0).sorted()
        var errors: [FieldError] = []
        if type.text.isEmpty { errors.append(type.required("must specify a metric source type")) }
        if !known.contains(type.text) { errors.append(type.notSupported(known)) }
        let given = sources.map(\.1).filter { metric[$0].isPresent }
        if let first = given.first { errors += source(metric[first], kind: first) }
        guard let expected = sources.first(where: { $0.0 == type.text })?.1 else {
            return errors + [type.notSupported(known)]
        }
        if !metric[expected].isPresent {
            errors.append(
                metric[expected].required("must populate information for the given metric source"))
        }
        if given.count != 1 {
            errors += given.filter { $0 != expected }
                .map { metric[$0].forbidden("must populate the given metric source only") }
        }
        return errors
    }

    private static func source(_ source: ObjectField, kind: String) -> [FieldError] {
        let target = source["target"]
        var errors: [FieldError] = []
        switch kind {
        case "object":
            errors += ObjectReference.names(of: source["describedObject"])
            errors += identifier(source["metric"]) + self.target(target)
            if !target["value"].isPresent, !target["averageValue"].isPresent {
                errors.append(
                    target["averageValue"].required("must set either a target value or averageValue"))
            }
        case "external":
            errors += identifier(source["metric"]) + self.target(target)
            switch (target["value"].isPresent, target["averageValue"].isPresent) {
            case (false, false):
                errors.append(
                    target["averageValue"].required(
                        "must set either a target value for metric or a per-pod target"))
            case (true, true):
                errors.append(
                    target["value"].forbidden(
                        "may not set both a target value for metric and a per-pod target"))
            default: break
            }
        case "pods":
            errors += identifier(source["metric"]) + self.target(target)
            if !target["averageValue"].isPresent {
                errors.append(
                    target["averageValue"].required("must specify a positive target averageValue"))
            }
        default: errors += resource(source, kind: kind)
        }
        return errors
    }

    private static func resource(_ source: ObjectField, kind: String) -> [FieldError] {
        let (name, container, target) = (source["name"], source["container"], source["target"])
        var errors: [FieldError] = []
        if name.text.isEmpty {
            errors.append(name.required("must specify a resource name"))
        } else if kind == "containerResource" {
            errors += ResourceValidation.containerResourceName(name.text, at: name.path)
        }
        if kind == "containerResource" {
            errors +=
                container.text.isEmpty
                ? [container.required("must specify a container")]
                : container.invalid(NameSyntax.dns1123Label(container.text))
        }
        errors += self.target(target)
        let (utilization, value) = (target["averageUtilization"], target["averageValue"])
        switch (utilization.isPresent, value.isPresent) {
        case (false, false):
            errors.append(
                utilization.required("must set either a target raw value or a target utilization"))
        case (true, true):
            errors.append(
                value.forbidden("may not set both a target raw value and a target utilization"))
        default: break
        }
        return errors
    }

    private static func identifier(_ metric: ObjectField) -> [FieldError] {
        let name = metric["name"]
        return name.text.isEmpty
            ? [name.required("must specify a metric name")]
            : name.invalid(NameSyntax.pathSegment(name.text))
    }

    private static func target(_ target: ObjectField) -> [FieldError] {
        let type = target["type"]
        var errors: [FieldError] = []
        if type.text.isEmpty { errors.append(type.required("must specify a metric target type")) }
        if !["AverageValue", "Utilization", "Value"].contains(type.text) {
            errors.append(
                type.invalid("must be either Utilization, Value, or AverageValue", absent: ""))
        }
        let utilization = target["averageUtilization"]
        if let number = utilization.integer, number < 1 {
            errors.append(utilization.invalid("must be greater than 0"))
        }
        for name in ["value", "averageValue"] where target[name].isPresent {
            if ResourceValidation.quantity(target[name]) <= .zero {
                errors.append(target[name].invalid("must be positive"))
            }
        }
        return errors
    }
}
