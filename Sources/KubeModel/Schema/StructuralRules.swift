public import Manifest

/// The rules that the schema of a custom resource must keep to be accepted.
///
/// A schema is structural where every field it reasons about has a type outside of `allOf`, `anyOf`, `oneOf` and
/// `not`; only then can objects be pruned and defaulted by it. Faults are worded as upstream's
/// `apiextensions` validation words them. Rules in the Common Expression Language are not read.
public enum StructuralRules {
    /// What is wrong with a schema.
    ///
    /// - Parameters:
    ///   - document: the value of `openAPIV3Schema`.
    ///   - path: where it stands: `spec.versions[0].schema.openAPIV3Schema`.
    ///   - hasStatus: whether the version has a status subresource, which restricts the root of the schema.
    public static func faults(of document: Value, at path: FieldPath, hasStatus: Bool = false) -> [FieldError]
    {
        var faults: [FieldError] = []
        if hasStatus { faults += rootFaults(of: document, at: path) }
        if document["nullable"]?.boolValue == true {
            faults.append(.forbidden(path.child("nullable"), "nullable cannot be true at the root"))
        }
        let unsupported = unsupportedField(in: document)
        if unsupported == nil {
            let structural =
                structureFaults(of: document, .root, at: path) + completenessFaults(of: document, at: path)
            if structural.isEmpty {
                faults += defaultFaults(of: document, at: path)
            } else {
                faults += structural.sorted { $0.description.byteOrder(to: $1.description) < 0 }
            }
        }
        faults += KeywordRules(isRoot: true).faults(of: document, at: path)
        if faults.isEmpty, let unsupported { faults.append(.invalid(path, "", unsupported)) }
        return faults
    }

    /// Where in a document a schema stands.
    enum Level: String {
        case root = "at the root"
        case item = "for specified array items"
        case field = "for specified object fields"
    }

    // MARK: The root

    /// The keywords that say nothing of fields besides `status`, as Go names them.
    private static let rootKeywords = [
        "Description", "Type", "Format", "Title", "Maximum", "ExclusiveMaximum", "Minimum",
        "ExclusiveMinimum",
        "MaxLength", "MinLength", "Pattern", "MaxItems", "MinItems", "UniqueItems", "MultipleOf", "Required",
        "Items", "Properties", "ExternalDocs", "Example", "XPreserveUnknownFields", "XValidations",
    ]

    private static func goName(_ keyword: String) -> String {
        switch keyword {
        case "x-kubernetes-preserve-unknown-fields": "XPreserveUnknownFields"
        case "x-kubernetes-validations": "XValidations"
        default: keyword.prefix(1).uppercased() + keyword.dropFirst()
        }
    }

    /// With a status subresource the status is validated by its own part of the schema.
    private static func rootFaults(of document: Value, at path: FieldPath) -> [FieldError] {
        for pair in document.objectValue ?? Object() where !isZero(pair.value) {
            if pair.key == "type" {
                if pair.value != "object" {
                    return [
                        .invalid(
                            path.child("type"), pair.value,
                            #"only "object" is allowed as the type at the root of the schema if the status "#
                                + "subresource is enabled")
                    ]
                }
            } else if !rootKeywords.contains(goName(pair.key)) {
                return [
                    .invalid(
                        path, document,
                        "only [\(rootKeywords.joined(separator: " "))] fields are allowed at the root of the schema "
                            + "if the status subresource is enabled")
                ]
            }
        }
        return []
    }

    /// Whether a keyword with this value says nothing.
    static func isZero(_ value: Value) -> Bool {
        switch value {
        case .null, .bool(false), .string(""), .integer(0): true
        case .array(let list): list.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }

    /// Why a document cannot be read as a structural schema at all.
    private static func unsupportedField(in document: Value) -> String? {
        for keyword in [
            "id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions",
        ]
        where document[keyword].map({ !isZero($0) }) ?? false {
            return "OpenAPIV3Schema '\(keyword == "$schema" ? "schema" : keyword)' is not supported"
        }
        if document["x-kubernetes-preserve-unknown-fields"]?.boolValue == false {
            return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
        }
        if document["items"]?.arrayValue != nil {
            return "OpenAPIV3Schema 'items' must be a schema, but is an array"
        }
        for (_, child) in children(of: document) {
            if let message = unsupportedField(in: child) { return message }
        }
        return nil
    }

    /// The schemas within a schema, with the steps that lead to them.
    static func children(of document: Value) -> [(path: (FieldPath) -> FieldPath, schema: Value)] {
        var children: [(path: (FieldPath) -> FieldPath, schema: Value)] = []
        for pair in document["properties"]?.objectValue ?? Object() {
            children.append(({ $0.child("properties").key(pair.key) }, pair.value))
        }
        for keyword in ["items", "additionalProperties", "not"] {
            if let child = document[keyword], child.objectValue != nil {
                children.append(({ $0.child(keyword) }, child))
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for (index, child) in (document[keyword]?.arrayValue ?? []).enumerated() {
                children.append(({ $0.child(keyword).index(index) }, child))
            }
        }
        return children
    }

    // MARK: Defaults

    /// Defaults must be valid by the very schema they stand in, and hold nothing that would be pruned.
    private static func defaultFaults(of document: Value, at path: FieldPath) -> [FieldError] {
        var faults: [FieldError] = []
        if let value = document["default"], !value.isNull {
            let schema = Schema.customResource(document)
            let place = path.child("default")
            var draft = schema.draft
            draft.isEmbeddedResource = document["x-kubernetes-embedded-resource"]?.boolValue ?? false
            let own = Schema(draft)
            if own.pruned(value).value != value {
                faults.append(.invalid(place, value, "must not have unknown fields"))
            }
            faults += own.validate(value, at: place.description)
        }
        for keyword in ["items", "additionalProperties"] {
            if let child = document[keyword], child.objectValue != nil {
                faults += defaultFaults(of: child, at: path.child(keyword))
            }
        }
        for pair in document["properties"]?.objectValue ?? Object() {
            faults += defaultFaults(of: pair.value, at: path.child("properties").key(pair.key))
        }
        return faults
    }
}
