import Manifest

/// CustomResourceDefinitions: kinds that users add, apart from the schemas of their objects.
struct CustomResourceDefinitionKind: KindRules {
    let descriptor = KindDescriptor(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", isNamespaced: false, hasStatus: true,
        countsGeneration: true, allowsUnconditionalUpdate: false)

    var metadataRules: MetadataRules { .withoutFinalizers }

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.ensure("names") { names in
                let kind = names.text("kind")
                if !kind.isEmpty {
                    names.fill("singular", .string(kind.lowercased()))
                    names.fill("listKind", .string(kind + "List"))
                }
            }
            spec.fill("conversion", ["strategy": "None"])
            spec.update("conversion") { conversion in
                conversion.update("webhook") { webhook in
                    webhook.update("clientConfig") { client in
                        client.update("service") { $0.fill("port", 443) }
                    }
                }
            }
        }
    }

    func prepareForCreate(_ object: inout Value, context: KindContext) {
        resetForCreate(&object)
        // What is not known yet is written out too.
        object["status"] = [
            "conditions": .null, "acceptedNames": ["plural": "", "kind": ""], "storedVersions": .null,
        ]
        recordStoredVersion(in: &object)
    }

    func prepareForUpdate(_ object: inout Value, old: Value, context: KindContext) {
        keepStored(&object, old: old)
        recordStoredVersion(in: &object)
    }

    /// Adds the version that objects are stored in from now on to those that ever were.
    private func recordStoredVersion(in object: inout Value) {
        let versions = object["spec"]?["versions"]?.arrayValue ?? []
        guard let name = versions.first(where: { $0["storage"] == true })?["name"] else { return }
        object.ensure("status") { status in
            let stored = status["storedVersions"]?.arrayValue ?? []
            if !stored.contains(name) { status["storedVersions"] = .array(stored + [name]) }
        }
    }

    func nameFaults(of object: ObjectField) -> [String] {
        let (spec, name) = (object["spec"], object["metadata", "name"].text)
        return name == "\(spec["names", "plural"].text).\(spec["group"].text)"
            ? [] : [#"must be spec.names.plural+"."+spec.group"#]
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        return Self.group(spec["group"]) + spec["scope"].enumeration(["Cluster", "Namespaced"])
            + CustomVersionValidation.faults(of: spec["versions"]) + Self.names(spec["names"])
            + Self.conversion(spec["conversion"]) + Self.storedVersions(of: object)
            + Self.unpruned(spec["preserveUnknownFields"])
    }

    /// Groups of the Kubernetes community are for definitions it has approved.
    func faultsOnCreate(of object: ObjectField) -> [FieldError] {
        let group = object["spec", "group"].text
        let isProtected = ["k8s.io", "kubernetes.io"].contains { group == $0 || group.hasSuffix("." + $0) }
        let approval = object["metadata", "annotations"].key("api-approved.kubernetes.io")
        guard isProtected, !approval.text.hasPrefix("unapproved") else { return [] }
        let pointer = "see https://github.com/kubernetes/enhancements/pull/1111"
        let demand = "protected groups must have approval annotation \"api-approved.kubernetes.io\""
        if approval.text.isEmpty { return [approval.required("\(demand), \(pointer)")] }
        let parts = approval.text.split(separator: "://", maxSplits: 1)
        return parts.count == 2 && !parts[1].hasPrefix("/")
            ? []
            : [
                approval.invalid(
                    "\(demand) with either a URL or a reason starting with \"unapproved\", \(pointer)")
            ]
    }

    private static func group(_ group: ObjectField) -> [FieldError] {
        if group.text.isEmpty { return [group.required()] }
        let faults = NameSyntax.dns1123Subdomain(group.text)
        if !faults.isEmpty { return [group.invalid(faults.joined(separator: ","))] }
        return group.text.contains(".")
            ? [] : [group.invalid("should be a domain with at least one dot")]
    }

    private static func names(_ names: ObjectField) -> [FieldError] {
        var errors = ["plural", "singular", "kind", "listKind"].filter { names[$0].text.isEmpty }
            .map { names[$0].required() }
        func check(_ field: ObjectField, _ text: String, prefix: String = "") {
            let faults = text.isEmpty ? [] : NameSyntax.dns1035Label(text)
            if !faults.isEmpty { errors.append(field.invalid(prefix + faults.joined(separator: ","))) }
        }
        for name in ["plural", "singular"] { check(names[name], names[name].text) }
        for name in ["kind", "listKind"] {
            check(
                names[name], names[name].text.lowercased(),
                prefix: "may have mixed case, but should otherwise match: ")
        }
        for field in names["shortNames"].items { check(field, field.text) }
        let (kind, listKind) = (names["kind"].text, names["listKind"])
        if !kind.isEmpty, kind == listKind.text {
            errors.append(listKind.invalid("kind and listKind may not be the same"))
        }
        for field in names["categories"].items { check(field, field.text) }
        return errors
    }

    private static func conversion(_ conversion: ObjectField) -> [FieldError] {
        guard conversion.isPresent else { return [] }
        let (strategy, webhook) = (conversion["strategy"], conversion["webhook"])
        var errors = strategy.enumeration(["None", "Webhook"])
        let client = ObjectField(
            webhook["clientConfig"].value, path: conversion.path.child("webhookClientConfig"))
        let versions = ObjectField(
            webhook["conversionReviewVersions"].value,
            path: conversion.path.child("conversionReviewVersions"))
        guard strategy.text == "Webhook" else {
            for field in [client, versions] where !field.isEmpty {
                errors.append(field.forbidden("should not be set when strategy is not set to Webhook"))
            }
            return errors
        }
        if !client.isPresent {
            errors.append(client.required("required when strategy is set to Webhook"))
        } else if client["url"].isPresent == client["service"].isPresent {
            errors.append(client.required("exactly one of url or service is required"))
        }
        if versions.isEmpty {
            errors.append(versions.required())
        } else if !versions.texts.contains(where: { ["v1", "v1beta1"].contains($0) }) {
            errors.append(versions.invalid("must include at least one of v1, v1beta1"))
        }
        return errors
    }

    private static func storedVersions(of object: ObjectField) -> [FieldError] {
        let stored = object["status", "storedVersions"]
        if stored.isEmpty { return [stored.invalid("must have at least one stored version")] }
        let versions = object["spec", "versions"].items
        var errors: [FieldError] = []
        for version in versions where version["storage"].isTrue {
            let name = version["name"].text
            if !stored.texts.contains(name) {
                errors.append(stored.invalid("must have the storage version \(name)"))
            }
        }
        let names = Set(versions.map { $0["name"].text })
        return errors
            + stored.items.filter { !names.contains($0.text) }.map { version in
                version.invalid(
                    "missing from spec.versions; \(version.text) was previously a storage version, and must "
                        + "remain in spec.versions until a storage migration ensures no data remains persisted in "
                        + "\(version.text) and removes \(version.text) from status.storedVersions")
            }
    }

    private static func unpruned(_ flag: ObjectField) -> [FieldError] {
        flag.isTrue
            ? [
                flag.invalid(
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                        + "spec.versions[*].schema instead")
            ] : []
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        let (spec, before) = (object["spec"], old["spec"])
        var errors = faults(of: object)
        let isEstablished = old["status", "conditions"].items.contains {
            $0["type"].text == "Established" && $0["status"].text == "True"
        }
        if isEstablished {
            errors += spec["scope"].immutable(since: before["scope"])
            errors += spec["names", "kind"].immutable(since: before["names", "kind"])
        }
        return errors + spec["group"].immutable(since: before["group"])
            + spec["names", "plural"].immutable(since: before["names", "plural"])
    }
}
