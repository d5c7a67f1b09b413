import Manifest

/// The rules for services.
enum ServiceValidation {
    static func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        let type = spec["type"].text
        let isHeadless = spec["clusterIP"].text == "None"
        var errors: [FieldError] = []
        let ports = spec["ports"]
        if ports.isEmpty, !isHeadless, type != "ExternalName" { errors.append(ports.required()) }
        errors += typeFaults(of: spec, type: type, isHeadless: isHeadless)
        var names: Set<String> = []
        for port in ports.items {
            errors += Self.port(port, isOneOfMany: ports.items.count > 1, names: &names)
        }
        errors += MetadataValidation.labels(spec["selector"])
        errors += sessionAffinity(of: spec)
        errors += addresses(of: spec, type: type)
        for address in spec["externalIPs"].items {
            let faults = IPAddress.faults(of: address)
            errors += faults.isEmpty ? IPAddress.specialFaults(of: address) : faults
        }
        errors += spec["type"].enumeration(["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
        errors += portConflicts(ports, type: type)
        return errors + loadBalancer(spec, type: type) + trafficPolicies(spec, type: type)
    }

    private static func typeFaults(of spec: ObjectField, type: String, isHeadless: Bool) -> [FieldError] {
        switch type {
        case "LoadBalancer" where isHeadless, "NodePort" where isHeadless:
            return [
                .invalid(
                    spec["clusterIPs"].path.index(0), "None", "may not be set to 'None' for \(type) services")
            ]
        case "ExternalName":
            var errors = ["clusterIPs", "ipFamilies", "ipFamilyPolicy"].filter { !spec[$0].isEmpty }
                .map { spec[$0].forbidden("may not be set for ExternalName services") }
            let name = spec["externalName"]
            let domain = name.text.hasSuffix(".") ? String(name.text.dropLast()) : name.text
            if domain.isEmpty {
                errors.append(name.required())
            } else {
                errors += NameSyntax.dns1123Subdomain(domain).map { .invalid(name.path, .string(domain), $0) }
            }
            return errors
        default: return []
        }
    }

    private static func port(
        _ port: ObjectField, isOneOfMany: Bool, names: inout Set<String>
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let name = port["name"]
        if name.text.isEmpty {
            if isOneOfMany { errors.append(name.required()) }
        } else {
            errors += name.invalid(NameSyntax.dns1123Label(name.text))
            if !names.insert(name.text).inserted { errors.append(name.duplicate()) }
        }
        errors += NameSyntax.portNumber(port["port"].number).map { port["port"].invalid($0, absent: 0) }
        errors += port["protocol"].enumeration(["SCTP", "TCP", "UDP"])
        errors += PortReference.faults(of: port["targetPort"])
        let application = port["appProtocol"]
        return errors
            + (application.isPresent ? application.invalid(NameSyntax.qualifiedName(application.text)) : [])
    }

    private static func sessionAffinity(of spec: ObjectField) -> [FieldError] {
        let affinity = spec["sessionAffinity"]
        var errors = affinity.enumeration(["ClientIP", "None"])
        let config = spec["sessionAffinityConfig"]
        if affinity.text == "ClientIP" {
            let timeout = config["clientIP", "timeoutSeconds"]
            if !(1...86400).contains(timeout.number) {
                errors.append(timeout.invalid("must be greater than 0 and less than 86400"))
            }
        } else if affinity.text == "None", config.isPresent {
            errors.append(config.forbidden("must not be set when session affinity is None"))
        }
        return errors
    }

    private static func addresses(of spec: ObjectField, type: String) -> [FieldError] {
        guard type != "ExternalName" else { return [] }
        var errors: [FieldError] = []
        for family in spec["ipFamilies"].items {
            errors += family.optionalEnumeration(["IPv4", "IPv6"])
        }
        errors += spec["ipFamilyPolicy"].optionalEnumeration([
            "PreferDualStack", "RequireDualStack", "SingleStack",
        ])
        let addresses = spec["clusterIPs"]
        let first = spec["clusterIP"]
        if !first.text.isEmpty, let named = addresses.items.first, named.text != first.text {
            errors.append(addresses.invalid("first value must match `clusterIP`"))
        }
        for address in addresses.items where address.text != "None" {
            errors += IPAddress.faults(of: address)
        }
        return errors
    }

    private static func portConflicts(_ ports: ObjectField, type: String) -> [FieldError] {
        var errors: [FieldError] = []
        if type == "ClusterIP" {
            for port in ports.items where port["nodePort"].number != 0 {
                errors.append(port["nodePort"].forbidden("may not be used when `type` is 'ClusterIP'"))
            }
        }
        var nodePorts: Set<String> = []
        for port in ports.items where port["nodePort"].number != 0 {
            let key = "\(port["protocol"].text)/\(port["nodePort"].number)"
            if !nodePorts.insert(key).inserted { errors.append(port["nodePort"].duplicate()) }
        }
        var numbers: Set<String> = []
        for port in ports.items
        where !numbers.insert("\(port["protocol"].text)/\(port["port"].number)").inserted {
            errors.append(
                .duplicate(
                    port.path,
                    [
                        "Name": "", "Protocol": .string(port["protocol"].text), "AppProtocol": .null,
                        "Port": .integer(port["port"].number), "TargetPort": 0, "NodePort": 0,
                    ]))
        }
        return errors
    }

    private static func loadBalancer(_ spec: ObjectField, type: String) -> [FieldError] {
        var errors: [FieldError] = []
        let only = "may only be used when `type` is 'LoadBalancer'"
        let ranges = spec["loadBalancerSourceRanges"]
        if !ranges.isEmpty {
            // The field's capital is upstream's.
            let path = spec.path.child("LoadBalancerSourceRanges")
            if type != "LoadBalancer" { errors.append(.forbidden(path, only)) }
            for (place, range) in ranges.texts.enumerated() {
                let text = range.split(separator: " ").joined()
                errors += IPRange.faults(of: ObjectField(.string(text), path: path.index(place)))
            }
        }
        let allocates = spec["allocateLoadBalancerNodePorts"]
        if type != "LoadBalancer", allocates.isPresent { errors.append(allocates.forbidden(only)) }
        let group = spec["loadBalancerClass"]
        if group.isPresent {
            if type != "LoadBalancer" { errors.append(group.forbidden(only)) }
            errors += group.invalid(NameSyntax.qualifiedName(group.text))
        }
        return errors
    }

    private static func trafficPolicies(_ spec: ObjectField, type: String) -> [FieldError] {
        var errors: [FieldError] = []
        let external = spec["externalTrafficPolicy"]
        if ServiceAddress.isExternallyAccessible(spec.value ?? .emptyObject) {
            errors += external.enumeration(["Cluster", "Local"])
        } else if !external.text.isEmpty {
            errors.append(external.invalid("may only be set for externally-accessible services"))
        }
        let health = spec["healthCheckNodePort"]
        if type == "LoadBalancer", external.text == "Local" {
            errors +=
                health.number == 0
                ? [health.required()] : health.invalid(NameSyntax.portNumber(health.number))
        } else if health.number != 0 {
            errors.append(
                health.invalid(
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
        }
        errors += spec["internalTrafficPolicy"].optionalEnumeration(["Cluster", "Local"])
        return errors
            + spec["trafficDistribution"].optionalEnumeration([
                "PreferClose", "PreferSameNode", "PreferSameZone",
            ])
    }

    /// The faults of a change of what was assigned once and for all.
    static func faults(ofUpdate spec: ObjectField, since old: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        let wasAddressed = old["type"].text != "ExternalName"
        if wasAddressed, spec["type"].text != "ExternalName" {
            if !old["clusterIPs"].isEmpty, spec["clusterIPs"].texts.first != old["clusterIPs"].texts.first {
                errors.append(
                    .invalid(
                        spec["clusterIPs"].path.index(0), spec["clusterIPs"].value ?? .null,
                        "may not change once set"))
            }
            if !old["ipFamilies"].isEmpty, spec["ipFamilies"].texts.first != old["ipFamilies"].texts.first {
                errors.append(
                    .invalid(
                        spec["ipFamilies"].path.index(0), spec["ipFamilies"].value ?? .null,
                        "may not change once set"))
            }
        }
        let health = spec["healthCheckNodePort"]
        if old["healthCheckNodePort"].number != 0, health.number != 0,
            health.number != old["healthCheckNodePort"].number
        {
            errors.append(health.forbidden("field is immutable"))
        }
        let group = spec["loadBalancerClass"]
        if old["type"].text == "LoadBalancer", spec["type"].text == "LoadBalancer",
            !group.isSame(as: old["loadBalancerClass"])
        {
            errors.append(group.invalid("may not change once set"))
        }
        return errors
    }
}
