import Manifest

/// What may be said with each keyword of a custom resource's schema, wherever it stands.
struct KeywordRules {
    /// Whether the schema is of whole objects.
    var isRoot = false
    /// Why defaults are forbidden, nil where they are allowed.
    var forbidsDefaults: String?
    /// Whether the schema is of `metadata`, `kind` or `apiVersion`, or stands within.
    var isInMetadata = false

    private static let types = ["array", "boolean", "integer", "number", "object", "string"]

    func faults(of schema: Value, at path: FieldPath) -> [FieldError] {
        guard schema.objectValue != nil else { return [] }
        var faults = keywordFaults(of: schema, at: path)
        faults += childFaults(of: schema, at: path)
        faults += mergeFaults(of: schema, at: path)
        faults += ruleFaults(of: schema, at: path)
        return faults
    }

    // MARK: Single keywords

    private func keywordFaults(of schema: Value, at path: FieldPath) -> [FieldError] {
        var faults: [FieldError] = []
        let type = schema["type"]?.stringValue ?? ""
        if !type.isEmpty, !Self.types.contains(type), type != "null" {
            faults.append(.notSupported(path.child("type"), .string(type), supported: Self.types))
        }
        if let value = schema["default"], !value.isNull, let forbidsDefaults {
            faults.append(.forbidden(path.child("default"), "must not be set \(forbidsDefaults)"))
        }
        for keyword in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] {
            if let value = schema[keyword], !StructuralRules.isZero(value) {
                faults.append(.forbidden(path.child(keyword), "\(keyword) is not supported"))
            }
        }
        if type == "null" {
            faults.append(
                .forbidden(path.child("type"), "type cannot be set to null, use nullable as an alternative"))
        }
        if schema["items"]?.arrayValue?.isEmpty == false {
            faults.append(.forbidden(path.child("items"), "items must be a schema object and not an array"))
        }
        if isInMetadata, schema["x-kubernetes-embedded-resource"]?.boolValue == true {
            faults.append(
                .forbidden(
                    path.child("x-kubernetes-embedded-resource"), "must not be used inside of resource meta"))
        }
        if schema["uniqueItems"]?.boolValue == true {
            faults.append(
                .forbidden(
                    path.child("uniqueItems"),
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        return faults
    }

    // MARK: Schemas within

    private func childFaults(of schema: Value, at path: FieldPath) -> [FieldError] {
        var faults: [FieldError] = []
        let properties = schema["properties"]?.objectValue ?? Object()
        if let additional = schema["additionalProperties"], !additional.isNull {
            let place = path.child("additionalProperties")
            if !properties.isEmpty, additional != true {
                faults.append(
                    .forbidden(place, "additionalProperties and properties are mutual exclusive"))
            }
            var rules = below
            if isInMetadata {
                rules.forbidsDefaults = "inside additionalProperties applying to object metadata"
            }
            faults += rules.faults(of: additional, at: place)
        }
        let isResource = isRoot || schema["x-kubernetes-embedded-resource"]?.boolValue == true
        for pair in properties {
            var rules = below
            if isResource, ["metadata", "kind", "apiVersion"].contains(pair.key) {
                rules.isInMetadata = true
                if isRoot { rules.forbidsDefaults = "in top-level \(pair.key)" }
            }
            faults += rules.faults(of: pair.value, at: path.child("properties").key(pair.key))
        }
        if let not = schema["not"] { faults += below.faults(of: not, at: path.child("not")) }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for (index, child) in (schema[keyword]?.arrayValue ?? []).enumerated() {
                faults += below.faults(of: child, at: path.child(keyword).index(index))
            }
        }
        if let items = schema["items"] { faults += below.faults(of: items, at: path.child("items")) }
        return faults
    }

    private var below: KeywordRules {
        KeywordRules(isRoot: false, forbidsDefaults: forbidsDefaults, isInMetadata: isInMetadata)
    }

    // MARK: Merging

    private func mergeFaults(of schema: Value, at path: FieldPath) -> [FieldError] {
        var faults: [FieldError] = []
        let type = schema["type"]?.stringValue ?? ""
        if schema["x-kubernetes-preserve-unknown-fields"]?.boolValue == false {
            faults.append(
                .invalid(
                    path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined"))
        }
        for (keyword, wanted, values) in [
            ("x-kubernetes-map-type", "object", ["atomic", "granular"]),
            ("x-kubernetes-list-type", "array", ["atomic", "set", "map"]),
        ] {
            guard let value = schema[keyword]?.stringValue else { continue }
            if type != wanted {
                let detail = "must be \(wanted) if \(keyword) is specified"
                let place = path.child("type")
                faults.append(
                    type.isEmpty ? .required(place, detail) : .invalid(place, .string(type), detail))
            }
            if !values.contains(value) {
                faults.append(.notSupported(path.child(keyword), .string(value), supported: values))
            }
        }
        let listType = schema["x-kubernetes-list-type"]?.stringValue
        let keys = (schema["x-kubernetes-list-map-keys"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !keys.isEmpty, listType != "map" {
            let place = path.child("x-kubernetes-list-type")
            let detail = "must be map if x-kubernetes-list-map-keys is non-empty"
            faults.append(listType.map { .invalid(place, .string($0), detail) } ?? .required(place, detail))
        }
        let items = schema["items"]
        if listType == "set", type == "array", let items { faults += setFaults(of: items, at: path) }
        if listType == "map" { faults += mapFaults(keys: keys, items: items, at: path) }
        if let listType, listType == "set" || listType == "map", let items {
            faults += keyFaults(keys: listType == "map" ? keys : [], items, listType, at: path)
        }
        return faults
    }

    private func setFaults(of items: Value, at path: FieldPath) -> [FieldError] {
        let detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
        let listType = items["x-kubernetes-list-type"]
        switch items["type"]?.stringValue {
        case "array"?:
            guard let listType, listType != "atomic" else { return [] }
            return [.invalid(path.child("items", "x-kubernetes-list-type"), listType, detail)]
        case "object"?:
            if items["x-kubernetes-map-type"] == "atomic" { return [] }
            return [.invalid(path.child("items", "x-kubernetes-map-type"), listType ?? .null, detail)]
        default:
            return []
        }
    }

    private func mapFaults(keys: [String], items: Value?, at path: FieldPath) -> [FieldError] {
        var faults: [FieldError] = []
        let place = path.child("x-kubernetes-list-map-keys")
        if keys.isEmpty {
            faults.append(.required(place, "must not be empty if x-kubernetes-list-type is map"))
        }
        guard let items else {
            faults.append(
                .required(path.child("items"), "must have a schema if x-kubernetes-list-type is map"))
            return faults
        }
        guard items.objectValue != nil else {
            faults.append(
                .invalid(
                    path.child("items"), items,
                    "must only have a single schema if x-kubernetes-list-type is map"))
            return faults
        }
        guard items["type"] == "object" else {
            faults.append(
                .invalid(
                    path.child("items", "type"), items["type"] ?? "",
                    "must be object if parent array's x-kubernetes-list-type is map"))
            return faults
        }
        let list = Value.array(keys.map(Value.string))
        var seen: Set<String> = []
        for key in keys {
            if let property = items["properties"]?[key] {
                if property["type"] == "array" || property["type"] == "object" {
                    faults.append(
                        .invalid(
                            path.child("items", "properties").key(key).child("type"), "object",
                            "must be a scalar type if parent array's x-kubernetes-list-type is map"))
                }
            } else {
                faults.append(.invalid(place, list, "entries must all be names of item properties"))
            }
            if !seen.insert(key).inserted {
                faults.append(.invalid(place, list, "must not contain duplicate entries"))
            }
        }
        return faults
    }

    /// Keys must always have a value, or items could not be told apart.
    private func keyFaults(keys: [String], _ items: Value, _ listType: String, at path: FieldPath)
        -> [FieldError]
    {
        var faults: [FieldError] = []
        if items["nullable"]?.boolValue == true {
            faults.append(
                .forbidden(
                    path.child("items", "nullable"),
                    "cannot be nullable when x-kubernetes-list-type is \(listType)"))
        }
        let required = (items["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        for key in keys {
            guard let property = items["properties"]?[key] else { continue }
            let place = path.child("items", "properties").key(key)
            if !required.contains(key), property["default"]?.isNull ?? true {
                faults.append(
                    .required(
                        place.child("default"),
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required "
                            + "property"))
            }
            if property["nullable"]?.boolValue == true {
                faults.append(
                    .forbidden(
                        place.child("nullable"),
                        "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"))
            }
        }
        return faults
    }

    /// Rules in the Common Expression Language are kept, not read; only that there is one is checked.
    private func ruleFaults(of schema: Value, at path: FieldPath) -> [FieldError] {
        (schema["x-kubernetes-validations"]?.arrayValue ?? []).enumerated().compactMap { index, rule in
            let text = rule["rule"]?.stringValue ?? ""
            guard !text.contains(where: { !$0.isWhitespace }) else { return nil }
            return .required(
                path.child("x-kubernetes-validations").index(index).child("rule"), "rule is not specified")
        }
    }
}
