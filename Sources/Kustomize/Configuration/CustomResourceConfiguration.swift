import KubeModel
import Manifest

/// What the definitions of custom resources (`crds:`) say of their fields: which hold labels, annotations, names.
struct CustomResourceConfiguration {
    private let types: Object
    private var configuration = TransformerConfiguration()

    /// The configuration that a file of OpenAPI definitions amounts to.
    ///
    /// - Throws: `invalidKustomization`.
    static func configuration(_ bytes: [UInt8], path: String) throws(KustomizeError)
        -> TransformerConfiguration
    {
        let document: Value
        do throws(ManifestError) { document = try YAML.parse(bytes, options: .lenient).first ?? .null } catch
        {
            throw KustomizeError(
                .invalidKustomization, "unable to parse open API definition from '\(path)': yaml: \(error)")
        }
        var reader = CustomResourceConfiguration(types: document.objectValue ?? Object())
        for type in reader.types.keys where reader.isResource(type) {
            let kind = type.split(separator: ".").last.map(String.init) ?? type
            try reader.read(type, of: kind, path: [], seen: [])
        }
        reader.configuration.sort()
        return reader.configuration
    }

    private init(types: Object) { self.types = types }

    private func properties(of type: String) -> Object? { types[type]?["Schema"]?["properties"]?.objectValue }

    private func isResource(_ type: String) -> Bool {
        guard let properties = properties(of: type) else { return false }
        return ["kind", "apiVersion", "metadata"].allSatisfy { properties.contains(key: $0) }
    }

    private mutating func read(
        _ type: String, of kind: String, path: [String], seen: Set<String>
    ) throws(KustomizeError) {
        guard !seen.contains(type), let properties = properties(of: type) else { return }
        for property in properties {
            let place = path + [property.key]
            let spec = FieldSpec(place.joined(separator: "/"), kind: kind)
            let schema = property.value
            if schema["x-kubernetes-annotation"] != nil { try configuration.commonAnnotations.merge(spec) }
            if schema["x-kubernetes-label-selector"] != nil { try configuration.commonLabels.merge(spec) }
            if schema["x-kubernetes-identity"] != nil { try configuration.namePrefix.merge(spec) }
            if let version = schema["x-kubernetes-object-ref-api-version"]?.stringValue,
                let target = schema["x-kubernetes-object-ref-kind"]?.stringValue
            {
                let key = schema["x-kubernetes-object-ref-name-key"]?.stringValue ?? "name"
                let referrer = FieldSpec((place + [key]).joined(separator: "/"), kind: kind)
                try configuration.merge(
                    TransformerConfiguration.NameReference(
                        gvk: GroupVersionKind(group: "", version: version, kind: target),
                        referrers: [referrer]))
            }
            if let reference = schema["$ref"]?.stringValue {
                try read(reference, of: kind, path: place, seen: seen.union([type]))
            }
        }
    }
}
