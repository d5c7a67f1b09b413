import KubeModel
import Manifest

/// Merge rules and scopes out of an OpenAPI document that a kustomization names.
struct CustomSchema {
    private let definitions: Object
    private var names: [GroupVersionKind: String] = [:]
    /// Whether kinds whose paths are in the document are namespaced.
    private(set) var isNamespaced: [GroupVersionKind: Bool] = [:]

    /// Reads a document in JSON or YAML.
    ///
    /// - Throws: `invalidKustomization`.
    init(_ bytes: [UInt8]) throws(KustomizeError) {
        let document: Value
        do throws(ManifestError) {
            document = try YAML.parse(bytes, options: .lenient).first ?? .null
        } catch {
            throw KustomizeError(.invalidKustomization, "invalid schema file: \(error)")
        }
        definitions = document["definitions"]?.objectValue ?? Object()
        for definition in definitions {
            for kind in definition.value["x-kubernetes-group-version-kind"]?.arrayValue ?? [] {
                if let gvk = Self.gvk(kind) { names[gvk] = definition.key }
            }
        }
        for path in document["paths"]?.objectValue ?? Object() {
            guard let kind = path.value["get"]?["x-kubernetes-group-version-kind"], let gvk = Self.gvk(kind)
            else { continue }
            if path.key.contains("namespaces/{namespace}") {
                isNamespaced[gvk] = true
            } else if isNamespaced[gvk] == nil {
                isNamespaced[gvk] = false
            }
        }
    }

    private static func gvk(_ value: Value) -> GroupVersionKind? {
        guard let version = value["version"]?.stringValue, let kind = value["kind"]?.stringValue else {
            return nil
        }
        return GroupVersionKind(group: value["group"]?.stringValue ?? "", version: version, kind: kind)
    }

    /// The rules of a kind; nil where the document does not define it.
    ///
    /// - Parameter usesBuiltin: whether the types of the built-in schema count too, and first.
    func schema(for gvk: GroupVersionKind, usesBuiltin: Bool) -> MergeSchema? {
        guard let name = names[gvk] else { return nil }
        return rules(named: name, Resolution(usesBuiltin: usesBuiltin))
    }

    /// How far down a type is followed: types may contain themselves.
    private struct Resolution {
        let usesBuiltin: Bool
        var depth = 0

        var deeper: Resolution { Resolution(usesBuiltin: usesBuiltin, depth: depth + 1) }
        var isTooDeep: Bool { depth > 24 }
    }

    private func rules(named name: String, _ resolution: Resolution) -> MergeSchema? {
        if resolution.usesBuiltin, let builtin = BuiltinMergeSchemas.definitions[name] { return builtin }
        return definitions[name].flatMap { rules(of: $0, resolution.deeper) }
    }

    private func rules(of schema: Value, _ resolution: Resolution) -> MergeSchema? {
        if resolution.isTooDeep { return nil }
        if let reference = schema["$ref"]?.stringValue {
            return reference.split(separator: "/").last.flatMap { rules(named: String($0), resolution) }
        }
        var list: MergeSchema.ListRule?
        let strategy = schema["x-kubernetes-patch-strategy"]?.stringValue ?? ""
        if strategy.split(separator: ",").contains("merge") { list = .merge(keys: Self.keys(of: schema)) }
        var fields: [String: MergeSchema] = [:]
        if schema["type"]?.stringValue == "array" {
            fields = schema["items"].flatMap { rules(of: $0, resolution.deeper) }?.fields ?? [:]
        }
        for property in schema["properties"]?.objectValue ?? Object() {
            if let rules = rules(of: property.value, resolution.deeper) { fields[property.key] = rules }
        }
        guard list != nil || !fields.isEmpty else { return nil }
        return MergeSchema(list: list, fields: fields)
    }

    private static func keys(of schema: Value) -> [String] {
        if let keys = schema["x-kubernetes-list-map-keys"]?.arrayValue {
            return keys.compactMap(\.stringValue)
        }
        return schema["x-kubernetes-patch-merge-key"]?.stringValue.map { [$0] } ?? []
    }
}
