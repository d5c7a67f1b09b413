import Manifest

extension StructuralRules {
    /// The rules for a schema outside of junctors.
    static func structureFaults(of schema: Value, _ level: Level, at path: FieldPath) -> [FieldError] {
        var faults: [FieldError] = []
        let type = schema["type"]?.stringValue ?? ""
        let isEmbedded = schema["x-kubernetes-embedded-resource"]?.boolValue ?? false
        let isIntOrString = schema["x-kubernetes-int-or-string"]?.boolValue ?? false
        let preserves = schema["x-kubernetes-preserve-unknown-fields"]?.boolValue ?? false
        let properties = schema["properties"]?.objectValue ?? Object()

        if let items = schema["items"], items.objectValue != nil {
            faults += structureFaults(of: items, .item, at: path.child("items"))
        } else if type == "array" {
            faults.append(.required(path.child("items"), "must be specified"))
        }
        for pair in properties {
            faults += structureFaults(of: pair.value, .field, at: path.child("properties").key(pair.key))
        }
        if let additional = schema["additionalProperties"], !additional.isNull {
            let place = path.child("additionalProperties")
            if level == .root { faults.append(.forbidden(place, "must not be used at the root")) }
            if additional.objectValue != nil { faults += structureFaults(of: additional, .field, at: place) }
            if isEmbedded {
                faults.append(.forbidden(place, "must not be used if x-kubernetes-embedded-resource is set"))
            }
        }
        if isIntOrString {
            for keyword in ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"]
            where schema[keyword]?.boolValue == true {
                faults.append(
                    .invalid(path.child(keyword), true, "must be false if x-kubernetes-int-or-string is true")
                )
            }
        }
        faults += junctorFaults(of: schema, at: path)

        let place = path.child("type")
        if isEmbedded, type != "object" {
            let detail = "must be object if x-kubernetes-embedded-resource is true"
            faults.append(type.isEmpty ? .required(place, detail) : .invalid(place, .string(type), detail))
        } else if type.isEmpty, !isIntOrString, !preserves {
            faults.append(.required(place, "must not be empty \(level.rawValue)"))
        }
        if level == .root, !type.isEmpty, type != "object" {
            faults.append(.invalid(place, .string(type), "must be object at the root"))
        }
        faults += metadataFaults(of: properties, level, isResource: level == .root || isEmbedded, at: path)
        if isEmbedded, !preserves, properties.isEmpty {
            faults.append(
                .required(
                    path.child("properties"),
                    "must not be empty if x-kubernetes-embedded-resource is true without "
                        + "x-kubernetes-preserve-unknown-fields"))
        }
        return faults
    }

    /// What a resource's schema may say of the fields that every resource has.
    private static func metadataFaults(
        of properties: Object, _ level: Level, isResource: Bool, at path: FieldPath
    ) -> [FieldError] {
        guard isResource else { return [] }
        var faults: [FieldError] = []
        let path = path.child("properties")
        for name in ["kind", "apiVersion"] {
            guard let schema = properties[name], schema["type"] != "string" else { continue }
            faults.append(.invalid(path.key(name).child("type"), schema["type"] ?? "", "must be string"))
        }
        if let metadata = properties["metadata"] {
            let place = path.key("metadata")
            if metadata["type"] != "object" {
                faults.append(.invalid(place.child("type"), metadata["type"] ?? "", "must be object"))
            }
            if level == .root {
                let fields = metadata["properties"]?.objectValue ?? Object()
                let others = (metadata.objectValue ?? Object()).filter { pair in
                    !["type", "properties", "default"].contains(pair.key) && !isZero(pair.value)
                }
                if !others.isEmpty || fields.contains(where: { $0.key != "name" && $0.key != "generateName" })
                {
                    faults.append(
                        .forbidden(
                            place,
                            "must not specify anything other than name and generateName, but metadata is "
                                + "implicitly specified"))
                }
            }
        }
        return faults
    }

    // MARK: Junctors

    private static let intOrString: Value = [["type": "integer"], ["type": "string"]]

    /// The rules for what stands below `allOf`, `anyOf`, `oneOf` and `not`.
    private static func junctorFaults(
        of schema: Value, skipsAnyOf: Bool? = nil, at path: FieldPath
    ) -> [FieldError] {
        // The two spellings that int-or-string had before it had a keyword are let pass.
        let isPattern = schema["anyOf"] == intOrString
        var faults: [FieldError] = []
        func descend(_ keyword: String) {
            for (index, child) in (schema[keyword]?.arrayValue ?? []).enumerated() {
                let skips =
                    keyword == "allOf" && index == 0 && skipsAnyOf == nil && child["anyOf"] == intOrString
                faults += nestedFaults(of: child, skipsAnyOf: skips, at: path.child(keyword).index(index))
            }
        }
        if !(skipsAnyOf ?? isPattern) { descend("anyOf") }
        descend("allOf")
        descend("oneOf")
        if let not = schema["not"], !not.isNull {
            faults += nestedFaults(of: not, skipsAnyOf: false, at: path.child("not"))
        }
        if let pattern = schema["pattern"]?.stringValue, !pattern.isEmpty {
            do throws(RegularExpressionFault) { _ = try RegularExpression(pattern) } catch {
                faults.append(
                    .invalid(
                        path.child("pattern"), .string(pattern),
                        "must be a valid regular expression, but isn't: \(error)"))
            }
        }
        return faults
    }

    /// Keywords that say what a field is, which must stand outside of junctors.
    private static let structuralKeywords = [
        ("type", "empty"), ("additionalProperties", "undefined"), ("default", "undefined"),
        ("title", "empty"),
        ("description", "empty"), ("nullable", "false"), ("x-kubernetes-preserve-unknown-fields", "false"),
        ("x-kubernetes-embedded-resource", "false"), ("x-kubernetes-int-or-string", "false"),
        ("x-kubernetes-list-map-keys", "empty"), ("x-kubernetes-list-type", "undefined"),
        ("x-kubernetes-map-type", "undefined"), ("x-kubernetes-validations", "empty"),
    ]

    private static func nestedFaults(of schema: Value, skipsAnyOf: Bool, at path: FieldPath) -> [FieldError] {
        var faults = junctorFaults(of: schema, skipsAnyOf: skipsAnyOf, at: path)
        if let items = schema["items"], items.objectValue != nil {
            faults += nestedFaults(of: items, skipsAnyOf: false, at: path.child("items"))
        }
        let properties = schema["properties"]?.objectValue ?? Object()
        for pair in properties {
            faults += nestedFaults(
                of: pair.value, skipsAnyOf: false, at: path.child("properties").key(pair.key))
        }
        for (keyword, demand) in structuralKeywords {
            guard let value = schema[keyword], demand == "undefined" ? !value.isNull : !isZero(value) else {
                continue
            }
            if keyword == "additionalProperties", value == false { continue }
            faults.append(.forbidden(path.child(keyword), "must be \(demand) to be structural"))
        }
        if properties.contains(key: "metadata") {
            faults.append(
                .forbidden(
                    path.child("properties").key("metadata"), "must not be specified in a nested context"))
        }
        return faults
    }

    /// Every field that a junctor names must be named outside of it.
    static func completenessFaults(of schema: Value, at path: FieldPath) -> [FieldError] {
        junctors(of: schema, at: path).flatMap {
            completenessFaults(of: $0.schema, $0.path, in: schema, path)
        }
    }

    private static func completenessFaults(
        of nested: Value, _ nestedPath: FieldPath, in schema: Value?, _ path: FieldPath
    ) -> [FieldError] {
        guard let schema else { return [.required(path, "because it is defined in \(nestedPath)")] }
        var faults = junctors(of: nested, at: nestedPath).flatMap {
            completenessFaults(of: $0.schema, $0.path, in: schema, path)
        }
        if let items = nested["items"], items.objectValue != nil {
            faults += completenessFaults(
                of: items, nestedPath.child("items"), in: schema["items"], path.child("items"))
        }
        for pair in nested["properties"]?.objectValue ?? Object() {
            faults += completenessFaults(
                of: pair.value, nestedPath.child("properties").key(pair.key),
                in: schema["properties"]?[pair.key], path.child("properties").key(pair.key))
        }
        return faults
    }

    private static func junctors(of schema: Value, at path: FieldPath) -> [(schema: Value, path: FieldPath)] {
        var result: [(schema: Value, path: FieldPath)] = []
        if let not = schema["not"], !not.isNull { result.append((not, path.child("not"))) }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for (index, child) in (schema[keyword]?.arrayValue ?? []).enumerated() {
                result.append((child, path.child(keyword).index(index)))
            }
        }
        return result
    }
}
