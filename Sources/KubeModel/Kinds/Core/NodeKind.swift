import Manifest

/// Nodes: the machines pods run on.
struct NodeKind: KindRules {
    let descriptor = KindDescriptor(
        "v1", "Node", isNamespaced: false, hasStatus: true)

    func setDefaults(in object: inout Value) {
        object.update("status") { status in
            if !status.has("allocatable"), status.has("capacity") {
                status["allocatable"] = status["capacity"]
            }
        }
    }

    /// A node may come with its status, as it registers itself.
    func prepareForCreate(_ object: inout Value, context: KindContext) {}

    func faults(of object: ObjectField) -> [FieldError] {
        var errors = taints(object)
        for list in ["capacity", "allocatable"] {
            for (name, amount) in object["status", list].entries {
                let field = ObjectField(amount.value, path: FieldPath("status", list, name))
                errors += ResourceValidation.amount(field, of: name)
            }
        }
        return errors + object["spec", "podCIDRs"].items.flatMap(IPRange.faults)
    }

    private func taints(_ object: ObjectField) -> [FieldError] {
        var seen: Set<String> = []
        // The path is upstream's, which looks for the taints in the metadata.
        let taints = ObjectField(object["spec", "taints"].value, path: FieldPath("metadata", "taints"))
        return taints.items.flatMap { taint -> [FieldError] in
            let (key, value, effect) = (taint["key"], taint["value"], taint["effect"])
            var errors = key.invalid(NameSyntax.qualifiedName(key.text))
            let faults = NameSyntax.labelValue(value.text)
            if !faults.isEmpty { errors.append(value.invalid(faults.joined(separator: ";"))) }
            errors += effect.text.isEmpty ? [effect.required()] : SchedulingValidation.taintEffect(effect)
            if !seen.insert("\(key.text)/\(effect.text)").inserted {
                errors.append(
                    .duplicate(
                        taint.path,
                        [
                            "Key": .string(key.text), "Value": .string(value.text),
                            "Effect": .string(effect.text), "TimeAdded": taint["timeAdded"].value ?? .null,
                        ], "taints must be unique by key and effect pair"))
            }
            return errors
        }
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        var errors = faults(of: object)
        let (ranges, before) = (object["spec", "podCIDRs"], old["spec", "podCIDRs"])
        if !before.isEmpty, !ranges.isSame(as: before) {
            errors.append(
                ranges.forbidden("node updates may not change podCIDR except from \"\" to valid"))
        }
        let provider = object["spec", "providerID"]
        if !old["spec", "providerID"].text.isEmpty, provider.text != old["spec", "providerID"].text {
            errors.append(
                provider.forbidden("node updates may not change providerID except from \"\" to valid"))
        }
        return errors
    }
}
