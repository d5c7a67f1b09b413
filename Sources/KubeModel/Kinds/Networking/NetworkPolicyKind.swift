import Manifest

/// NetworkPolicies: who may talk to whom.
struct NetworkPolicyKind: KindRules {
    let descriptor = KindDescriptor(
        "networking.k8s.io/v1", "NetworkPolicy",
        countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            for rules in ["ingress", "egress"] {
                spec.updateItems(rules) { rule in
                    rule.updateItems("ports") { $0.fill("protocol", "TCP") }
                }
            }
            guard spec["policyTypes"]?.arrayValue?.isEmpty != false else { return }
            spec["policyTypes"] =
                spec["egress"]?.arrayValue?.isEmpty == false ? ["Ingress", "Egress"] : ["Ingress"]
        }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        var errors = SelectorValidation.faults(of: spec["podSelector"])
        for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
            for rule in spec[rules].items {
                errors += rule["ports"].items.flatMap(port) + rule[peers].items.flatMap(peer)
            }
        }
        let types = spec["policyTypes"]
        if types.items.count > 2 {
            return errors + [types.invalid("may not specify more than two policyTypes")]
        }
        return errors + types.items.flatMap { $0.optionalEnumeration(["Ingress", "Egress"]) }
    }

    private func port(_ entry: ObjectField) -> [FieldError] {
        let (port, end) = (entry["port"], entry["endPort"])
        var errors = entry["protocol"].optionalEnumeration(["TCP", "UDP", "SCTP"])
        guard port.isPresent else {
            return end.isPresent
                ? errors + [end.invalid("may not be specified when `port` is not specified")] : errors
        }
        if case .string(let name)? = port.value {
            if end.isPresent {
                errors.append(end.invalid("may not be specified when `port` is non-numeric"))
            }
            return errors + port.invalid(NameSyntax.portName(name))
        }
        errors += port.invalid(NameSyntax.portNumber(port.number))
        if end.isPresent {
            if end.number < port.number {
                errors.append(end.invalid("must be greater than or equal to `port`"))
            }
            errors += end.invalid(NameSyntax.portNumber(end.number))
        }
        return errors
    }

    private func peer(_ peer: ObjectField) -> [FieldError] {
        let (pods, namespaces, block) = (peer["podSelector"], peer["namespaceSelector"], peer["ipBlock"])
        var errors = SelectorValidation.faults(of: pods) + SelectorValidation.faults(of: namespaces)
        if block.isPresent { errors += ipBlock(block) }
        if !pods.isPresent, !namespaces.isPresent, !block.isPresent {
            errors.append(peer.required("must specify a peer"))
        } else if block.isPresent, pods.isPresent || namespaces.isPresent {
            errors.append(peer.forbidden("may not specify both ipBlock and another peer"))
        }
        return errors
    }

    private func ipBlock(_ block: ObjectField) -> [FieldError] {
        let range = block["cidr"]
        guard !range.text.isEmpty else { return [range.required()] }
        var errors = IPRange.faults(of: range)
        guard let whole = IPRange(range.text) else { return errors }
        for exception in block["except"].items {
            errors += IPRange.faults(of: exception)
            if let part = IPRange(exception.text), !whole.strictlyContains(part) {
                errors.append(exception.invalid("must be a strict subset of `cidr`"))
            }
        }
        return errors
    }
}
