import Manifest

/// The rules for a container's environment.
enum EnvironmentValidation {
    /// The fields of a pod that variables may take their text from, sorted.
    private static let podFields = [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]
    private static let resources = [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
        "requests.ephemeral-storage",
        "requests.memory",
    ]

    static func variables(_ variables: ObjectField) -> [FieldError] {
        variables.items.flatMap { variable -> [FieldError] in
            let name = variable["name"]
            let faults =
                name.text.isEmpty
                ? [name.required()] : name.invalid(NameSyntax.environmentVariable(name.text))
            return faults + source(of: variable)
        }
    }

    private static func source(of variable: ObjectField) -> [FieldError] {
        let source = variable["valueFrom"]
        guard source.isPresent else { return [] }
        var errors: [FieldError] = []
        var count = 0
        if source["fieldRef"].isPresent {
            count += 1
            errors += fieldReference(source["fieldRef"], known: podFields)
        }
        if source["resourceFieldRef"].isPresent {
            count += 1
            errors += resourceReference(source["resourceFieldRef"], isInVolume: false)
        }
        for name in ["configMapKeyRef", "secretKeyRef"] where source[name].isPresent {
            count += 1
            errors += keyReference(source[name])
        }
        if source["fileKeyRef"].isPresent { count += 1 }
        if count == 0 {
            errors.append(
                .invalid(
                    source.path, "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or "
                        + "`fileKeyRef`"))
        } else if !variable["value"].text.isEmpty {
            errors.append(.invalid(source.path, "", "may not be specified when `value` is not empty"))
        } else if count > 1 {
            errors.append(.invalid(source.path, "", "may not have more than one field specified at a time"))
        }
        return errors
    }

    /// The faults of a reference to a field of the pod, also in volumes.
    static func fieldReference(_ reference: ObjectField, known: [String]) -> [FieldError] {
        if reference["apiVersion"].text.isEmpty { return [reference["apiVersion"].required()] }
        let field = reference["fieldPath"]
        if field.text.isEmpty { return [field.required()] }
        if field.text.hasSuffix("']"), let open = field.text.firstRange(of: "['") {
            let name = String(field.text[..<open.lowerBound])
            let key = String(field.text[open.upperBound...].dropLast(2))
            switch name {
            case "metadata.annotations", "metadata.labels":
                let text = name == "metadata.labels" ? key : key.lowercased()
                return NameSyntax.qualifiedName(text).map { .invalid(reference.path, .string(text), $0) }
            default: return [.invalid(reference.path, .string(name), "does not support subscript")]
            }
        }
        let convertible = podFields + ["metadata.annotations", "metadata.labels", "spec.restartPolicy"]
        if !convertible.contains(field.text) {
            return [
                field.invalid("error converting fieldPath: field label not supported: \(field.text)")
            ]
        }
        return known.contains(field.text) ? [] : [field.notSupported(known)]
    }

    /// The faults of a reference to a container's requests or limits, also in volumes.
    static func resourceReference(_ reference: ObjectField, isInVolume: Bool) -> [FieldError] {
        let resource = reference["resource"]
        var errors: [FieldError] = []
        if isInVolume, reference["containerName"].text.isEmpty {
            errors.append(reference["containerName"].required())
        } else if resource.text.isEmpty {
            errors.append(resource.required())
        } else if !resources.contains(resource.text), !resource.text.hasPrefix("requests.hugepages-"),
            !resource.text.hasPrefix("limits.hugepages-")
        {
            errors.append(resource.notSupported(resources))
        }
        return errors + divisor(reference["divisor"], of: resource.text)
    }

    private static func divisor(_ divisor: ObjectField, of resource: String) -> [FieldError] {
        guard !ResourceValidation.quantity(divisor).isZero else { return [] }
        let amounts = [
            "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
        ]
        let supported: [String]
        let name: String
        switch resource {
        case "limits.cpu", "requests.cpu": (supported, name) = (["1m", "1"], "cpu")
        case "limits.memory", "requests.memory": (supported, name) = (amounts, "memory")
        case "limits.ephemeral-storage", "requests.ephemeral-storage":
            (supported, name) = (amounts, "local ephemeral storage")
        case _ where resource.contains(".hugepages-"): (supported, name) = (amounts, "hugepages")
        default: return []
        }
        guard !supported.contains(divisor.text) else { return [] }
        let list = name == "cpu" ? "1m and 1" : amounts.joined(separator: ", ")
        return [
            .invalid(
                divisor.path, .string(resource),
                "only divisor's values \(list) are supported with the \(name) resource")
        ]
    }

    /// The faults of a reference to a key of a ConfigMap or Secret.
    private static func keyReference(_ reference: ObjectField) -> [FieldError] {
        let (name, key) = (reference["name"], reference["key"])
        return name.invalid(NameSyntax.dns1123Subdomain(name.text))
            + (key.text.isEmpty ? [key.required()] : key.invalid(NameSyntax.configMapKey(key.text)))
    }

    static func sources(_ sources: ObjectField) -> [FieldError] {
        sources.items.flatMap { source -> [FieldError] in
            var errors: [FieldError] = []
            let prefix = source["prefix"]
            if !prefix.text.isEmpty { errors += prefix.invalid(NameSyntax.environmentVariable(prefix.text)) }
            let given = ["configMapRef", "secretRef"].filter { source[$0].isPresent }
            for reference in given {
                let name = source[reference]["name"]
                errors +=
                    name.text.isEmpty
                    ? [name.required()]
                    : name.invalid(NameRule.dns1123Subdomain.faults(of: name.text, isPrefix: true))
            }
            if given.isEmpty {
                errors.append(
                    .invalid(sources.path, "", "must specify one of: `configMapRef` or `secretRef`"))
            } else if given.count > 1 {
                errors.append(
                    .invalid(sources.path, "", "may not have more than one field specified at a time"))
            }
            return errors
        }
    }
}
