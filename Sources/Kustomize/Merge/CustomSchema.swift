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
            document = try YAML.parse(bytes).first ?? .null
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
        guard let version = value["version"]?.stringValue, let kind = value["kind"]?.stringValue else { return nil }
        return GroupVersionKind(group: value["group"]?.stringValue ?? "", version: version, kind: kind)
    }

    /// The rules of a kind; nil where the document does not define it.
    func schema(for gvk: GroupVersionKind) -> MergeSchema? {
        guard let name = names[gvk], let definition = definitions[name] else { return nil }
        return rules(of: definition, depth: 0)
    }

    /// Types that contain themselves are followed a few levels down, deeper than anybody patches.
    private func rules(of schema: Value, depth: Int) -> MergeSchema? {
        guard depth < 24, let schema = resolved(schema) else { return nil }
        var list: MergeSchema.ListRule?
        let strategy = schema["x-kubernetes-patch-strategy"]?.stringValue ?? ""
        if strategy.split(separator: ",").contains("merge") { list = .merge(keys: Self.keys(of: schema)) }
        var fields: [String: MergeSchema] = [:]
        var holder = schema
        if schema["type"]?.stringValue == "array", let items = schema["items"].flatMap(resolved) { holder = items }
        for property in holder["properties"]?.objectValue ?? Object() {
            if let rules = rules(of: property.value, depth: depth + 1) { fields[property.key] = rules }
        }
        guard list != nil || !fields.isEmpty else { return nil }
        return MergeSchema(list: list, fields: fields)
    }

    private static func keys(of schema: Value) -> [String] {
        if let keys = schema["x-kubernetes-list-map-keys"]?.arrayValue { return keys.compactMap(\.stringValue) }
        return schema["x-kubernetes-patch-merge-key"]?.stringValue.map { [$0] } ?? []
    }

    /// The definition that a schema refers to, with the extensions that stand beside the reference.
    private func resolved(_ schema: Value) -> Value? {
        var schema = schema
        for _ in 0..<16 {
            guard let reference = schema["$ref"]?.stringValue else { return schema }
            guard let name = reference.split(separator: "/").last, let target = definitions[String(name)] else {
                return nil
            }
            schema = target
        }
        return nil
    }
}
