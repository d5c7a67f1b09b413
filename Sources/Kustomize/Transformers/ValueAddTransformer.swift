import Manifest

/// Writes one value to fields, or into a path that a field holds.
struct ValueAddTransformer: Transformer {
    struct Target {
        var selector: Selector?
        var fieldPath = ""
        /// Where the value goes in a path; 0 puts it in the place of the whole.
        var filePathPosition = 0
    }

    let value: String
    let targets: [Target]

    /// - Throws: `invalidKustomization` where there is no target, or one without path.
    init(_ fields: inout StrictObject, loader: Loader) throws(KustomizeError) {
        let text = try fields.string("value").trimmingWhitespace()
        value = text.isEmpty ? TreePath.name(of: loader.root) : text
        var targets = try fields.objects("targets", "Target", Target.init) ?? []
        let path = try fields.string("targetFilePath")
        if !path.isEmpty {
            let bytes = try loader.load(path)
            let document: Value
            do throws(ManifestError) {
                document = try YAML.parse(bytes, options: .lenient).first ?? .null
            } catch {
                throw KustomizeError(.invalidKustomization, "error converting YAML to JSON: yaml: \(error)")
            }
            var file = StrictObject(
                document.objectValue ?? Object(), type: "", refusesUnknown: false, coercesText: true)
            targets += try file.objects("targets", "Target", Target.init) ?? []
        }
        guard !targets.isEmpty else {
            throw KustomizeError(.invalidKustomization, "must specify at least one target")
        }
        for target in targets {
            guard !target.fieldPath.isEmpty else {
                throw KustomizeError(.invalidKustomization, "fieldPath cannot be empty")
            }
            guard target.filePathPosition >= 0 else {
                throw KustomizeError(
                    .invalidKustomization,
                    "value of FilePathPosition (\(target.filePathPosition)) cannot be negative")
            }
        }
        self.targets = targets
    }

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        for target in targets {
            let selected = try target.selector.map { (selector) throws(KustomizeError) in
                try resources.select(selector)
            }
            for resource in selected ?? resources.resources where !resource.isEmpty {
                if target.fieldPath == "metadata/namespace" {
                    try NamespaceTransformer(namespace: value, specs: []).apply(to: resource)
                } else {
                    try set(target, in: resource)
                }
                resource.identityChanged()
            }
        }
        resources.identitiesChanged()
    }

    private func set(_ target: Target, in resource: Resource) throws(KustomizeError) {
        let path = FieldPath.split(target.fieldPath, at: "/")
        guard let field = try resource.node.lookup(path, creating: .scalar) else { return }
        try field.expect(.scalar)
        var text = value
        if target.filePathPosition > 0 {
            text = Self.inserting(value, into: field.text, at: target.filePathPosition - 1)
        }
        try field.setScalar(.scalar(text))
    }

    /// A path with one more part; behind the end it goes last.
    private static func inserting(_ part: String, into path: String, at place: Int) -> String {
        let isAbsolute = path.hasPrefix("/")
        var parts = path.split(separator: "/").map(String.init)
        parts.insert(part, at: min(place, parts.count))
        let joined = parts.joined(separator: "/")
        return isAbsolute ? "/\(joined)" : joined
    }
}

extension ValueAddTransformer.Target {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        selector = try fields.object("selector", "Selector", Selector.init)
        fieldPath = try fields.string("fieldPath")
        filePathPosition = Int(try fields.integer("filePathPosition"))
    }
}
