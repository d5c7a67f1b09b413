import Manifest

/// Ingresses: hosts and paths in front of services.
struct IngressKind: KindRules {
    let descriptor = KindDescriptor(
        "networking.k8s.io/v1", "Ingress", hasStatus: true,
        countsGeneration: true)

    private static let classAnnotation = "kubernetes.io/ingress.class"

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        let (rules, backend) = (spec["rules"], spec["defaultBackend"])
        if rules.isEmpty, !backend.isPresent {
            errors.append(
                .invalid(
                    spec.path, rules.value ?? .null, "either `defaultBackend` or `rules` must be specified"))
        }
        if backend.isPresent { errors += Self.backend(backend) }
        errors += rules.items.flatMap(Self.rule)
        for secure in spec["tls"].items {
            errors += secure["hosts"].items.flatMap(Self.host)
            let secret = secure["secretName"]
            if !secret.text.isEmpty { errors += secret.invalid(NameSyntax.dns1123Subdomain(secret.text)) }
        }
        let name = spec["ingressClassName"]
        return errors + (name.isPresent ? name.invalid(NameSyntax.dns1123Subdomain(name.text)) : [])
    }

    private static func host(_ host: ObjectField) -> [FieldError] {
        host.invalid(
            host.text.contains("*")
                ? NameSyntax.wildcardSubdomain(host.text) : NameSyntax.dns1123Subdomain(host.text))
    }

    private static func rule(_ rule: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        let name = rule["host"]
        if !name.text.isEmpty {
            if IPAddress(name.text) != nil {
                errors.append(name.invalid("must be a DNS name, not an IP address"))
            }
            errors += host(name)
        }
        let http = rule["http"]
        guard http.isPresent else { return errors }
        if http["paths"].isEmpty { errors.append(http["paths"].required()) }
        return errors + http["paths"].items.flatMap(path)
    }

    private static func path(_ entry: ObjectField) -> [FieldError] {
        let (path, type) = (entry["path"], entry["pathType"])
        guard type.isPresent else { return [type.required("pathType must be specified")] }
        var errors: [FieldError] = []
        switch type.text {
        case "Exact", "Prefix":
            if !path.text.hasPrefix("/") {
                errors.append(path.invalid("must be an absolute path", absent: ""))
            }
            for sequence in ["//", "/./", "/../", "%2f", "%2F"] where path.text.contains(sequence) {
                errors.append(path.invalid("must not contain '\(sequence)'"))
            }
            for suffix in ["/..", "/."] where path.text.hasSuffix(suffix) {
                errors.append(path.invalid("cannot end with '\(suffix)'"))
            }
        case "ImplementationSpecific":
            if !path.text.isEmpty, !path.text.hasPrefix("/") {
                errors.append(path.invalid("must be an absolute path"))
            }
        default: errors.append(type.notSupported(["Exact", "ImplementationSpecific", "Prefix"]))
        }
        return errors + backend(entry["backend"])
    }

    private static func backend(_ backend: ObjectField) -> [FieldError] {
        let (resource, service) = (backend["resource"], backend["service"])
        switch (resource.isPresent, service.isPresent) {
        case (true, true):
            return [.invalid(backend.path, "", "cannot set both resource and service backends")]
        case (true, false): return ObjectReference.faults(of: resource)
        case (false, false): return [.invalid(backend.path, "", "resource or service backend is required")]
        case (false, true): return self.service(service, backend: backend)
        }
    }

    private static func service(_ service: ObjectField, backend: ObjectField) -> [FieldError] {
        let name = service["name"]
        var errors =
            name.text.isEmpty ? [name.required()] : name.invalid(NameSyntax.dns1123Label(name.text))
        let (portName, number) = (service["port", "name"], service["port", "number"])
        if !portName.text.isEmpty, number.number != 0 {
            errors.append(.invalid(backend.path, "", "cannot set both port name & port number"))
        } else if !portName.text.isEmpty {
            errors += portName.invalid(NameSyntax.portName(portName.text))
        } else if number.number != 0 {
            errors += number.invalid(NameSyntax.portNumber(number.number))
        } else {
            errors.append(backend.required("port name or number is required"))
        }
        return errors
    }

    func faultsOnCreate(of object: ObjectField) -> [FieldError] {
        let (name, annotation) = (
            object["spec", "ingressClassName"], object["metadata", "annotations"].key(Self.classAnnotation)
        )
        guard annotation.isPresent, name.isPresent, annotation.text != name.text else { return [] }
        return [
            .invalid(
                FieldPath("annotations", Self.classAnnotation), .string(annotation.text),
                "must match `ingressClassName` when both are specified")
        ]
    }

    var checksMetadataOnUpdate: Bool { true }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        guard old == nil, object["metadata", "annotations"].key(Self.classAnnotation).isPresent else {
            return []
        }
        return [
            "annotation \"\(Self.classAnnotation)\" is deprecated, please use 'spec.ingressClassName' instead"
        ]
    }
}

/// References to objects by group, kind and name.
enum ObjectReference {
    static func faults(of reference: ObjectField) -> [FieldError] {
        let group = reference["apiGroup"]
        return (group.isPresent ? group.invalid(NameSyntax.dns1123Subdomain(group.text)) : [])
            + names(of: reference)
    }

    /// The faults of the kind and the name, which must both be given.
    static func names(of reference: ObjectField) -> [FieldError] {
        ["kind", "name"].flatMap { name in
            let field = reference[name]
            return field.text.isEmpty ? [field.required()] : field.invalid(NameSyntax.pathSegment(field.text))
        }
    }
}
