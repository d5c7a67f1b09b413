import Manifest

/// EndpointSlices: some of the addresses behind a service.
struct EndpointSliceKind: KindRules {
    let descriptor = KindDescriptor(
        "discovery.k8s.io/v1", "EndpointSlice", countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.updateItems("ports") { port in
            if !port.has("name") { port["name"] = "" }
            port.fill("protocol", "TCP")
        }
    }

    func isNewGeneration(_ object: Value, since old: Value) -> Bool {
        var (new, before) = (object, old)
        for field in ["labels", "annotations"]
        where new.metadata.fields[field] != before.metadata.fields[field] {
            return true
        }
        new["metadata"] = nil
        before["metadata"] = nil
        return new != before
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let type = object["addressType"]
        var errors = type.enumeration(["FQDN", "IPv4", "IPv6"])
        let (endpoints, ports) = (object["endpoints"], object["ports"])
        if endpoints.items.count > 1000 {
            errors.append(endpoints.tooMany(1000))
        } else {
            errors += endpoints.items.flatMap { endpoint($0, type: type.text) }
        }
        if ports.items.count > 20_000 { return errors + [ports.tooMany(20_000)] }
        var names: Set<String> = []
        for port in ports.items {
            let name = port["name"]
            if !name.text.isEmpty { errors += name.invalid(NameSyntax.dns1123Label(name.text)) }
            if !names.insert(name.text).inserted { errors.append(name.duplicate()) }
            errors += port["protocol"].enumeration(["SCTP", "TCP", "UDP"])
            let application = port["appProtocol"]
            if application.isPresent {
                errors += application.invalid(NameSyntax.qualifiedName(application.text))
            }
        }
        return errors
    }

    private func endpoint(_ endpoint: ObjectField, type: String) -> [FieldError] {
        let addresses = endpoint["addresses"]
        var errors: [FieldError] = []
        if addresses.isEmpty {
            errors.append(addresses.required("must contain at least 1 address"))
        } else if addresses.items.count > 100 {
            errors.append(addresses.tooMany(100))
        }
        for address in addresses.items where type == "IPv4" || type == "IPv6" {
            let faults = IPAddress.faults(of: address)
            errors += faults
            if faults.isEmpty, IPAddress(address.text)?.isVersion6 != (type == "IPv6") {
                errors.append(address.invalid("must be an \(type) address"))
            }
            errors += IPAddress.specialFaults(of: address)
        }
        let (host, node) = (endpoint["hostname"], endpoint["nodeName"])
        return errors + (host.isPresent ? host.invalid(NameSyntax.dns1123Label(host.text)) : [])
            + (node.isPresent ? node.invalid(NameSyntax.dns1123Subdomain(node.text)) : [])
    }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(of: object) + object["addressType"].immutable(since: old["addressType"], absent: "")
    }
}
