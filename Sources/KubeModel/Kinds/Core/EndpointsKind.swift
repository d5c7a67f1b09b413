import Manifest

/// Endpoints: the addresses behind a service, before there were slices of them.
struct EndpointsKind: KindRules {
    let descriptor = KindDescriptor(
        "v1", "Endpoints",
        allowsCreateOnUpdate: true)

    func setDefaults(in object: inout Value) {
        object.updateItems("subsets") { subset in
            subset.updateItems("ports") { $0.fill("protocol", "TCP") }
        }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        object["subsets"].items.flatMap { subset -> [FieldError] in
            let (ready, others) = (subset["addresses"], subset["notReadyAddresses"])
            var errors: [FieldError] = []
            if ready.isEmpty, others.isEmpty {
                errors.append(subset.required("must specify `addresses` or `notReadyAddresses`"))
            }
            errors += (ready.items + others.items).flatMap(address)
            let ports = subset["ports"].items
            return errors + ports.flatMap { port($0, isOneOfMany: ports.count > 1) }
        }
    }

    private func address(_ address: ObjectField) -> [FieldError] {
        let (ip, host, node) = (address["ip"], address["hostname"], address["nodeName"])
        return IPAddress.faults(of: ip)
            + (host.text.isEmpty ? [] : host.invalid(NameSyntax.dns1123Label(host.text)))
            + (node.isPresent ? node.invalid(NameSyntax.dns1123Subdomain(node.text)) : [])
            + IPAddress.specialFaults(of: ip)
    }

    private func port(_ port: ObjectField, isOneOfMany: Bool) -> [FieldError] {
        let (name, number) = (port["name"], port["port"])
        var errors: [FieldError] = []
        if name.text.isEmpty {
            if isOneOfMany { errors.append(name.required()) }
        } else {
            errors += name.invalid(NameSyntax.dns1123Label(name.text))
        }
        errors += NameSyntax.portNumber(number.number).map { number.invalid($0, absent: 0) }
        return errors + port["protocol"].enumeration(["SCTP", "TCP", "UDP"])
    }

    var checksMetadataOnUpdate: Bool { true }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"]
    }
}
