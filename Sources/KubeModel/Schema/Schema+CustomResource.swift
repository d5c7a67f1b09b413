public import Manifest

extension Schema {
    /// The schema of a custom resource's version, as its definition gives it under `openAPIV3Schema`.
    ///
    /// The document is taken as it is; ``StructuralRules`` tells whether a server would accept it. Rules in the
    /// Common Expression Language (`x-kubernetes-validations`) are not evaluated, but for ``ImmutableField``.
    public static func customResource(_ document: Value) -> Schema {
        var draft = Draft(customResource: document)
        draft.isEmbeddedResource = true
        return Schema(draft)
    }
}

extension Schema.Draft {
    fileprivate init(customResource document: Value) {
        func flag(_ key: String) -> Bool { document[key]?.boolValue ?? false }
        func strings(_ key: String) -> [String] {
            (document[key]?.arrayValue ?? []).compactMap(\.stringValue)
        }

        self.init()
        isIntOrString = flag("x-kubernetes-int-or-string")
        type = isIntOrString ? .any : document["type"]?.stringValue.flatMap(Schema.JSONType.init) ?? .any
        format = document["format"]?.stringValue.flatMap { Schema.supportedFormat($0, of: type) }
        properties = Schema.Properties(
            (document["properties"]?.objectValue ?? Object()).map { ($0.key, Self.link($0.value)) })
        items = document["items"].flatMap { $0.objectValue == nil ? nil : Self.link($0) }
        if let additional = document["additionalProperties"], !additional.isNull {
            additionalProperties = Self.link(additional)
        }
        required = strings("required")
        defaultValue = document["default"]
        enumeration = document["enum"]?.arrayValue ?? []
        isNullable = flag("nullable")
        preservesUnknownFields = flag("x-kubernetes-preserve-unknown-fields")
        isEmbeddedResource = flag("x-kubernetes-embedded-resource")
        listType = document["x-kubernetes-list-type"]?.stringValue.flatMap(Schema.ListType.init)
        listMapKeys = strings("x-kubernetes-list-map-keys")
        mapType = document["x-kubernetes-map-type"]?.stringValue.flatMap(Schema.MapType.init)
        constraints = Schema.Constraints(document)
    }

    fileprivate static func link(_ document: Value) -> Schema.Link {
        Schema.Link(Schema(Schema.Draft(customResource: document)))
    }
}

extension Schema.Constraints {
    /// The constraints of a schema document, nil where it has none.
    fileprivate init?(_ document: Value) {
        func number(_ key: String) -> Double? { document[key]?.doubleValue }
        func count(_ key: String) -> Int? { document[key]?.integerValue.map { Int(clamping: $0) } }
        func schemas(_ key: String) -> [Schema] {
            (document[key]?.arrayValue ?? []).map { Schema(Schema.Draft(customResource: $0)) }
        }

        self.init()
        minimum = number("minimum")
        maximum = number("maximum")
        exclusiveMinimum = document["exclusiveMinimum"]?.boolValue ?? false
        exclusiveMaximum = document["exclusiveMaximum"]?.boolValue ?? false
        multipleOf = number("multipleOf")
        minLength = count("minLength")
        maxLength = count("maxLength")
        minItems = count("minItems")
        maxItems = count("maxItems")
        minProperties = count("minProperties")
        maxProperties = count("maxProperties")
        uniqueItems = document["uniqueItems"]?.boolValue ?? false
        pattern = document["pattern"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        expression = pattern.flatMap { try? RegularExpression($0) }
        forbidsOtherFields = document["additionalProperties"]?.boolValue == false
        allOf = schemas("allOf")
        anyOf = schemas("anyOf")
        oneOf = schemas("oneOf")
        not = document["not"].flatMap { $0.isNull ? nil : Schema(Schema.Draft(customResource: $0)) }
        if isEmpty { return nil }
    }
}

extension Schema {
    /// The format where a value of the type is checked against it, else nil: unknown formats count for nothing.
    fileprivate static func supportedFormat(_ format: String, of type: JSONType) -> String? {
        switch type {
        case .any, .string: StringFormat(format) == nil ? nil : format
        case .integer: format == "int32" || format == "int64" ? format : nil
        case .number: format == "float" || format == "double" ? format : nil
        case .object, .array, .boolean: nil
        }
    }
}
