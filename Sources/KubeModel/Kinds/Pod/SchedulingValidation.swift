import Manifest

/// The rules for where a pod may run: affinity, tolerations, spreading, gates.
enum SchedulingValidation {
    static func affinity(_ affinity: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        let node = affinity["nodeAffinity"]
        let required = node["requiredDuringSchedulingIgnoredDuringExecution"]
        if required.isPresent { errors += nodeSelector(required) }
        for term in node["preferredDuringSchedulingIgnoredDuringExecution"].items {
            errors += weight(term) + nodeSelectorTerm(term["preference"])
        }
        for name in ["podAffinity", "podAntiAffinity"] {
            let pod = affinity[name]
            errors += pod["requiredDuringSchedulingIgnoredDuringExecution"].items.flatMap(podTerm)
            for term in pod["preferredDuringSchedulingIgnoredDuringExecution"].items {
                errors += weight(term) + podTerm(term["podAffinityTerm"])
            }
        }
        return errors
    }

    private static func weight(_ term: ObjectField) -> [FieldError] {
        let weight = term["weight"]
        return (1...100).contains(weight.number)
            ? [] : [weight.invalid("must be in the range 1-100", absent: 0)]
    }

    /// The faults of a selector of nodes; volumes have one too.
    static func nodeSelector(_ selector: ObjectField) -> [FieldError] {
        let terms = selector["nodeSelectorTerms"]
        if terms.isEmpty { return [terms.required("must have at least one node selector term")] }
        return terms.items.flatMap(nodeSelectorTerm)
    }

    private static func nodeSelectorTerm(_ term: ObjectField) -> [FieldError] {
        term["matchExpressions"].items.flatMap(nodeRequirement)
            + term["matchFields"].items.flatMap(nodeFieldRequirement)
    }

    private static func nodeRequirement(_ requirement: ObjectField) -> [FieldError] {
        let (operation, values) = (requirement["operator"], requirement["values"])
        var errors: [FieldError] = []
        switch operation.text {
        case "In", "NotIn":
            if values.isEmpty {
                errors.append(values.required("must be specified when `operator` is 'In' or 'NotIn'"))
            }
        case "Exists", "DoesNotExist":
            if !values.isEmpty {
                errors.append(
                    values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
            }
        case "Gt", "Lt":
            if values.texts.count != 1 {
                errors.append(
                    values.required("must be specified single value when `operator` is 'Lt' or 'Gt'"))
            }
        default: errors.append(operation.invalid("not a valid selector operator", absent: ""))
        }
        errors += requirement["key"].invalid(NameSyntax.qualifiedName(requirement["key"].text))
        return errors + values.items.flatMap { $0.invalid(NameSyntax.labelValue($0.text)) }
    }

    private static func nodeFieldRequirement(_ requirement: ObjectField) -> [FieldError] {
        let (operation, values, key) = (requirement["operator"], requirement["values"], requirement["key"])
        var errors: [FieldError] = []
        if !["In", "NotIn"].contains(operation.text) {
            errors.append(operation.invalid("not a valid selector operator", absent: ""))
        } else if values.texts.count != 1 {
            errors.append(
                values.required(
                    "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
        }
        if key.text != "metadata.name" {
            return errors + [key.invalid("not a valid field selector key", absent: "")]
        }
        return errors + values.items.flatMap { $0.invalid(NameSyntax.dns1123Subdomain($0.text)) }
    }

    private static func podTerm(_ term: ObjectField) -> [FieldError] {
        var errors = SelectorValidation.faults(of: term["labelSelector"])
        errors += SelectorValidation.faults(of: term["namespaceSelector"])
        for namespace in term["namespaces"].texts {
            errors += NameSyntax.dns1123Label(namespace).map {
                .invalid(term.path.child("namespace"), .string(namespace), $0)
            }
        }
        let key = term["topologyKey"]
        if key.text.isEmpty { errors.append(key.required("can not be empty")) }
        return errors + key.invalid(NameSyntax.qualifiedName(key.text))
    }

    static func tolerations(_ tolerations: ObjectField) -> [FieldError] {
        tolerations.items.flatMap { toleration -> [FieldError] in
            let (key, operation) = (toleration["key"], toleration["operator"])
            let (value, effect) = (toleration["value"], toleration["effect"])
            var errors: [FieldError] = []
            if !key.text.isEmpty { errors += key.invalid(NameSyntax.qualifiedName(key.text)) }
            if key.text.isEmpty, operation.text != "Exists" {
                errors.append(
                    operation.invalid(
                        "operator must be Exists when `key` is empty, which means \"match all values and all "
                            + "keys\"", absent: ""))
            }
            if toleration["tolerationSeconds"].isPresent, effect.text != "NoExecute" {
                errors.append(
                    effect.invalid("effect must be 'NoExecute' when `tolerationSeconds` is set", absent: ""))
            }
            switch operation.text {
            case "", "Equal":
                let faults = NameSyntax.labelValue(value.text)
                if !faults.isEmpty {
                    errors.append(
                        .invalid(operation.path, .string(value.text), faults.joined(separator: ";")))
                }
            case "Exists":
                if !value.text.isEmpty {
                    errors.append(
                        .invalid(
                            operation.path, .string(value.text),
                            "value must be empty when `operator` is 'Exists'"))
                }
            default: errors.append(operation.notSupported(["Equal", "Exists"]))
            }
            return errors + (effect.text.isEmpty ? [] : taintEffect(effect))
        }
    }

    /// The fault of what a taint does to pods that do not tolerate it.
    static func taintEffect(_ effect: ObjectField) -> [FieldError] {
        effect.optionalEnumeration(["NoSchedule", "PreferNoSchedule", "NoExecute"])
    }

    static func spreadConstraints(_ constraints: ObjectField) -> [FieldError] {
        let items = constraints.items
        return items.indices.flatMap { place -> [FieldError] in
            let constraint = items[place]
            let (skew, key) = (constraint["maxSkew"], constraint["topologyKey"])
            let (action, domains) = (constraint["whenUnsatisfiable"], constraint["minDomains"])
            var errors: [FieldError] = []
            if skew.number <= 0 { errors.append(skew.invalid("must be greater than zero", absent: 0)) }
            if key.text.isEmpty { errors.append(key.required("can not be empty")) }
            if !["DoNotSchedule", "ScheduleAnyway"].contains(action.text) {
                errors.append(action.notSupported(["DoNotSchedule", "ScheduleAnyway"]))
            }
            let isRepeated = items[(place + 1)...].contains {
                $0["topologyKey"].text == key.text && $0["whenUnsatisfiable"].text == action.text
            }
            if isRepeated {
                errors.append(
                    .duplicate(
                        constraint.path.child("{topologyKey, whenUnsatisfiable}"),
                        "{\(key.text), \(action.text)}"))
            }
            if let number = domains.integer {
                if number <= 0 { errors.append(domains.invalid("must be greater than zero")) }
                if action.text != "DoNotSchedule" {
                    errors.append(
                        domains.invalid(
                            "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(action.text)"))
                }
            }
            for name in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
                errors += constraint[name].optionalEnumeration(["Honor", "Ignore"])
            }
            return errors + SelectorValidation.faults(of: constraint["labelSelector"])
        }
    }

    static func gates(_ gates: ObjectField) -> [FieldError] {
        var seen: Set<String> = []
        return gates.items.flatMap { gate -> [FieldError] in
            let name = gate["name"].text
            return NameSyntax.qualifiedName(name).map { .invalid(gate.path, .string(name), $0) }
                + (seen.insert(name).inserted ? [] : [.duplicate(gate.path, .string(name))])
        }
    }
}
