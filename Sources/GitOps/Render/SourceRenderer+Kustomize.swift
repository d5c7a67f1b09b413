import KubeModel
import Kustomize
import Manifest

extension SourceRenderer {
    /// Builds a kustomization with the overrides of an application, without touching its files.
    public static let kustomize: Kustomizer = { tree, path, settings in
        let overrides = try KustomizationOverrides(settings, tree: tree, path: path)
        return try Kustomization.build(
            tree: tree, path: path, options: Kustomization.Options(overrides: overrides))
    }
}

extension KustomizationOverrides {
    /// Reads `spec.source.kustomize`.
    ///
    /// - Throws: ``GitOpsError`` with code `unsupported` for settings that have no effect here, so that nobody relies on
    ///   one; `invalidSpec` for a count that is none.
    init(_ settings: Value?, tree: any FileTree, path: String) throws {
        self.init()
        guard let settings else { return }
        func text(_ field: String) -> String { settings[field]?.stringValue ?? "" }
        func flag(_ field: String) -> Bool { settings[field]?.boolValue ?? false }
        func texts(_ field: String) -> [String: String] {
            (settings[field]?.objectValue ?? Object()).reduce(into: [:]) { texts, pair in
                texts[pair.key] = pair.value.stringValue
            }
        }
        for field in ["version", "kubeVersion"] where !text(field).isEmpty {
            throw GitOpsError(
                .unsupported,
                "spec.source.kustomize.\(field): there is one built-in kustomize; remove the field")
        }
        if flag("commonAnnotationsEnvsubst") {
            throw GitOpsError(
                .unsupported,
                "spec.source.kustomize.commonAnnotationsEnvsubst: variables are not supported yet")
        }
        namePrefix = text("namePrefix")
        nameSuffix = text("nameSuffix")
        namespace = text("namespace")
        images = (settings["images"]?.arrayValue ?? []).compactMap(\.stringValue)
        commonLabels = texts("commonLabels")
        commonAnnotations = texts("commonAnnotations")
        labelWithoutSelector = flag("labelWithoutSelector")
        labelIncludeTemplates = flag("labelIncludeTemplates")
        for entry in settings["replicas"]?.arrayValue ?? [] {
            // Argo CD takes numbers and texts of numbers.
            let count = entry["count"]?.integerValue ?? entry["count"]?.stringValue.flatMap { Int64($0) }
            guard let name = entry["name"]?.stringValue, let count, count >= 0 else {
                throw GitOpsError(
                    .invalidSpec,
                    "spec.source.kustomize.replicas: an entry needs a name and a count of at least 0")
            }
            replicas.append(Replica(name: name, count: count))
        }
        patches = (settings["patches"]?.arrayValue ?? []).map(Patch.init)
        let names = (settings["components"]?.arrayValue ?? []).compactMap(\.stringValue)
        components = try names.filter { name in
            guard flag("ignoreMissingComponents"), let place = TreePath.join(path, name) else { return true }
            return try tree.resolve(place) != nil
        }
    }
}

extension KustomizationOverrides.Patch {
    fileprivate init(_ entry: Value) {
        self.init(patch: entry["patch"]?.stringValue ?? "", path: entry["path"]?.stringValue ?? "")
        if let target = entry["target"], target.objectValue != nil {
            func text(_ field: String) -> String { target[field]?.stringValue ?? "" }
            var selector = Target()
            selector.group = text("group")
            selector.version = text("version")
            selector.kind = text("kind")
            selector.name = text("name")
            selector.namespace = text("namespace")
            selector.annotationSelector = text("annotationSelector")
            selector.labelSelector = text("labelSelector")
            self.target = selector
        }
        allowsNameChange = entry["options", "allowNameChange"]?.boolValue ?? false
        allowsKindChange = entry["options", "allowKindChange"]?.boolValue ?? false
    }
}
