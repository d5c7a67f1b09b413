import KubeModel
import Manifest

extension REST {
    private static let kind = GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")

    func getScale(_ context: RequestContext) throws(APIError) -> APIResponse {
        let paths = try scalePaths(context)
        let object = try context.renderer.value(try stored(context))
        return try answer(Self.scale(of: object, paths), context)
    }

    func updateScale(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let document = try BodyReader.read(context.request, expecting: "Scale")
        let options = try WriteOptions(context.query, kind: "UpdateOptions")
        try Self.checkKind(document.object)
        try checkName(document.object, context)
        return try await writeScale(context, options) { _ in document.object }
    }

    func patchScale(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let patch = try RequestPatch(context)
        let options = try WriteOptions(context.query, kind: "PatchOptions", isApply: patch.isApply)
        return try await writeScale(context, options) { scale in
            switch patch {
            case .apply(let configuration):
                return try MergePatch.apply(configuration.object, to: scale)
            case .json(let patch): return try patch.apply(to: scale)
            case .merge(let patch), .strategicMerge(let patch): return try MergePatch.apply(patch, to: scale)
            }
        }
    }

    /// Writes the number of replicas that `make` derives from the current scale.
    private func writeScale(
        _ context: RequestContext, _ options: WriteOptions, _ make: (Value) throws -> Value
    ) async throws(APIError) -> APIResponse {
        let paths = try scalePaths(context)
        let write = ObjectWrite(context, options: options, rest: self)
        let result = try await self.write(context.key()) { stored in
            guard let stored else { throw context.notFound }
            let current = try context.renderer.value(stored)
            let scale: Value
            do { scale = try make(Self.scale(of: current, paths)) } catch let error as KubeModelError {
                throw error.apiError
            }
            var object = current
            try Self.setReplicas(of: &object, from: scale, paths, name: context.target.name)
            object.metadata.resourceVersion =
                scale.metadata.resourceVersion.isEmpty
                ? current.metadata.resourceVersion : scale.metadata.resourceVersion
            if !scale.metadata.uid.isEmpty { object.metadata.uid = scale.metadata.uid }
            object = write.fieldManager.update(
                live: current, new: object, manager: write.manager, at: write.now)
            let updated = try await prepared(object, since: current, write, [])
            return (try change(from: current, to: updated, write), updated)
        }
        let object =
            try result.object.map { object throws(APIError) in try context.renderer.value(object) }
            ?? result.extra
        return try answer(Self.scale(of: write.options.isDryRun ? result.extra : object, paths), context)
    }

    private static func checkKind(_ scale: Value) throws(APIError) {
        guard scale.kind == kind.kind, scale.apiVersion == kind.apiVersion else {
            throw .badRequest(
                "\(scale.kind) in version \(GoFormat.quoted(GroupVersionKind(scale)?.version ?? "")) cannot be "
                    + "handled as a Scale: no kind \(GoFormat.quoted(scale.kind)) is registered for version "
                    + "\(GoFormat.quoted(scale.apiVersion)) in scheme \"pkg/api/legacyscheme/scheme.go:30\"")
        }
    }

    private static func setReplicas(
        of object: inout Value, from scale: Value, _ paths: ScalePaths, name: String
    ) throws(APIError) {
        let replicas = scale["spec", "replicas"]?.integerValue ?? 0
        guard replicas >= 0 else {
            throw .invalid(
                GroupKind(group: kind.group, kind: kind.kind), name: name,
                errors: [
                    .invalid(
                        FieldPath("spec", "replicas"), .integer(replicas),
                        "must be greater than or equal to 0")
                ])
        }
        object.set(.integer(replicas), at: paths.specReplicas)
    }

    private func scalePaths(_ context: RequestContext) throws(APIError) -> ScalePaths {
        guard let paths = strategy(of: context.resource).scale else { throw .generic(code: 404) }
        return paths
    }

    /// The scale that an object shows.
    private static func scale(of object: Value, _ paths: ScalePaths) -> Value {
        let metadata = object.metadata
        var shown: Object = [:]
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            shown[field] = metadata.fields[field]
        }
        var spec: Object = [:]
        let wanted = value(in: object, at: paths.specReplicas)?.integerValue ?? 0
        if wanted != 0 { spec["replicas"] = .integer(wanted) }
        var status: Object = ["replicas": value(in: object, at: paths.statusReplicas) ?? 0]
        if let selector = selector(of: object, paths), !selector.isEmpty {
            status["selector"] = .string(selector)
        }
        return [
            "kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion), "metadata": .object(shown),
            "spec": .object(spec), "status": .object(status),
        ]
    }

    private static func selector(of object: Value, _ paths: ScalePaths) -> String? {
        switch value(in: object, at: paths.selector) {
        case .string(let text)?: return text
        case .object(let selector)?:
            let isLabelSelector = selector["matchLabels"] != nil || selector["matchExpressions"] != nil
            if isLabelSelector {
                return (try? LabelSelector(field: .object(selector)))?.description
            }
            return LabelSelector(StringMap(selector)).description
        default: return nil
        }
    }

    /// The value at the end of a way of keys, nil where it, or the way itself, is missing.
    private static func value(in object: Value, at path: [String]) -> Value? {
        guard !path.isEmpty else { return nil }
        var node: Value? = object
        for key in path { node = node?[key] }
        return node
    }
}

/// Where objects of a kind hold what their scale shows, as the names that lead there.
struct ScalePaths: Sendable {
    let specReplicas: [String]
    let statusReplicas: [String]
    /// Empty where the kind has no selector.
    let selector: [String]

    /// The places of a built-in kind.
    init(_ scale: KindDescriptor.Scale) {
        specReplicas = scale.specReplicas
        statusReplicas = scale.statusReplicas
        selector = scale.selector
    }

    /// The places that a custom resource's definition names.
    init(_ scale: CustomVersion.Scale) {
        let path = { (text: String) in text.split(separator: ".").map(String.init) }
        specReplicas = path(scale.specReplicasPath)
        statusReplicas = path(scale.statusReplicasPath)
        selector = scale.labelSelectorPath.map(path) ?? []
    }
}
