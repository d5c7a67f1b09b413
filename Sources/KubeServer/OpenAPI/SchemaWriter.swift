import KubeModel
import Manifest

/// Writes schemas as OpenAPI documents hold them, and notes which types the written ones refer to.
///
/// Descriptions are not kept, so the documents are good for merging and validating, not for explaining.
struct SchemaWriter {
    /// The two dialects clients ask for.
    enum Dialect {
        case v2, v3

        var referencePrefix: String {
            switch self {
            case .v2: "#/definitions/"
            case .v3: "#/components/schemas/"
            }
        }
    }

    let dialect: Dialect
    /// The types written so far, by name.
    private(set) var definitions: [String: Value] = [:]
    private var pending: [Schema] = []

    init(_ dialect: Dialect) { self.dialect = dialect }

    /// Adds the schema of a kind's objects and all types it refers to; answers the schema's name.
    ///
    /// - Parameter kinds: what `x-kubernetes-group-version-kind` says of it.
    mutating func add(_ schema: Schema, named name: String, kinds: [GroupVersionKind]) {
        guard definitions[name] == nil else { return }
        var value = body(of: schema)
        if schema.definition == nil { addObjectFields(to: &value) }
        value["x-kubernetes-group-version-kind"] = .array(kinds.map(Self.kindValue))
        definitions[name] = value
        while let next = pending.popLast() {
            guard let name = next.definition, definitions[name] == nil else { continue }
            definitions[name] = body(of: next)
        }
    }

    /// The fields every object has, which the definition of a custom resource leaves out and clients that validate
    /// need (upstream's `controller/openapi/builder` of apiextensions adds the same).
    private mutating func addObjectFields(to value: inout Value) {
        var properties: Object = ["apiVersion": ["type": "string"], "kind": ["type": "string"]]
        if let metadata = Self.objectMeta { properties["metadata"] = use(metadata) }
        for pair in value["properties"]?.objectValue ?? Object() where properties[pair.key] == nil {
            properties[pair.key] = pair.value
        }
        value["properties"] = .object(properties)
        // True of every root, and said of fields only.
        value["x-kubernetes-embedded-resource"] = nil
    }

    private static let objectMeta = SchemaCatalog.builtin.schema(
        named: "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")

    static func kindValue(_ kind: GroupVersionKind) -> Value {
        ["group": .string(kind.group), "kind": .string(kind.kind), "version": .string(kind.version)]
    }

    /// A field's schema: a reference to a named type, or the schema itself.
    private mutating func use(_ schema: Schema) -> Value {
        guard let name = schema.definition else { return body(of: schema) }
        if definitions[name] == nil { pending.append(schema) }
        let reference: Value = ["$ref": .string(dialect.referencePrefix + name)]
        let extensions = fieldExtensions(of: schema)
        if dialect == .v2 {
            // A reference may not have siblings in the standard, but kubectl reads the extensions from there.
            var field = reference.objectValue ?? Object()
            for pair in extensions { field[pair.key] = pair.value }
            return .object(field)
        }
        guard schema.defaultValue != nil || !extensions.isEmpty else { return reference }
        var field: Object = ["allOf": [reference]]
        if let value = schema.defaultValue { field["default"] = value }
        for pair in extensions { field[pair.key] = pair.value }
        return .object(field)
    }

    /// What is said of a field rather than of its type.
    private func fieldExtensions(of schema: Schema) -> [Object.Pair] {
        var pairs: [Object.Pair] = []
        let strategy = Self.text(of: schema.patchStrategy)
        if !strategy.isEmpty {
            pairs.append(.init(key: "x-kubernetes-patch-strategy", value: .string(strategy)))
        }
        if let key = schema.patchMergeKey {
            pairs.append(.init(key: "x-kubernetes-patch-merge-key", value: .string(key)))
        }
        return pairs
    }

    private static func text(of strategy: Schema.PatchStrategy) -> String {
        let names: [(Schema.PatchStrategy, String)] = [
            (.merge, "merge"), (.replace, "replace"), (.retainKeys, "retainKeys"),
        ]
        return names.filter { strategy.contains($0.0) }.map(\.1).joined(separator: ",")
    }

    private mutating func body(of schema: Schema) -> Value {
        var fields = Object()
        writeType(of: schema, to: &fields)
        if let value = schema.defaultValue { fields["default"] = value }
        if !schema.enumeration.isEmpty { fields["enum"] = .array(schema.enumeration) }
        if !schema.required.isEmpty { fields["required"] = .array(schema.required.map(Value.string)) }
        if !schema.properties.isEmpty {
            var properties = Object()
            for (name, property) in schema.properties { properties[name] = use(property) }
            fields["properties"] = .object(properties)
        }
        if let items = schema.items { fields["items"] = use(items) }
        if let additional = schema.additionalProperties { fields["additionalProperties"] = use(additional) }
        writeConstraints(of: schema, to: &fields)
        writeExtensions(of: schema, to: &fields)
        return .object(fields)
    }

    private func writeType(of schema: Schema, to fields: inout Object) {
        if schema.isIntOrString, schema.definition != nil {
            fields["type"] = "string"
            fields["format"] = "int-or-string"
        } else if schema.format == "quantity" {
            fields["type"] = "string"
        } else {
            if schema.type != .any { fields["type"] = .string(schema.type.rawValue) }
            if let format = schema.format { fields["format"] = .string(format) }
        }
        if schema.isNullable, dialect == .v3 { fields["nullable"] = true }
    }

    private func writeConstraints(of schema: Schema, to fields: inout Object) {
        guard let constraints = schema.constraints else { return }
        if let minimum = constraints.minimum { fields["minimum"] = Self.number(minimum) }
        if let maximum = constraints.maximum { fields["maximum"] = Self.number(maximum) }
        if let pattern = constraints.pattern { fields["pattern"] = .string(pattern) }
        let bounds = [
            ("minLength", constraints.minLength), ("maxLength", constraints.maxLength),
            ("minItems", constraints.minItems), ("maxItems", constraints.maxItems),
        ]
        for (key, bound) in bounds {
            if let bound { fields[key] = .integer(Int64(bound)) }
        }
    }

    /// A bound, as an integer where it is one.
    private static func number(_ bound: Double) -> Value {
        Int64(exactly: bound).map(Value.integer) ?? .double(Real(bound))
    }

    private func writeExtensions(of schema: Schema, to fields: inout Object) {
        for pair in fieldExtensions(of: schema) { fields[pair.key] = pair.value }
        if let type = schema.listType { fields["x-kubernetes-list-type"] = .string(type.rawValue) }
        if !schema.listMapKeys.isEmpty {
            fields["x-kubernetes-list-map-keys"] = .array(schema.listMapKeys.map(Value.string))
        }
        if let type = schema.mapType { fields["x-kubernetes-map-type"] = .string(type.rawValue) }
        if schema.isIntOrString, schema.definition == nil { fields["x-kubernetes-int-or-string"] = true }
        if schema.preservesUnknownFields { fields["x-kubernetes-preserve-unknown-fields"] = true }
        if schema.isEmbeddedResource { fields["x-kubernetes-embedded-resource"] = true }
    }
}
