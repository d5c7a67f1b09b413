import KubeModel
import Manifest

extension REST {
    func patch(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let patch = try RequestPatch(context)
        let options = try WriteOptions(context.query, kind: "PatchOptions", isApply: patch.isApply)
        let write = ObjectWrite(context, options: options, rest: self)
        return try await update(write) { current in
            switch (patch, current) {
            case (.apply(let configuration), _):
                return try applied(configuration, to: current, write)
            case (_, nil):
                throw context.notFound
            case (_, let current?):
                let document = try patch.result(on: current, resource: context.resource)
                var warnings: [String] = []
                var object: Value
                do throws(APIError) {
                    object = try write.decode(
                        BodyReader.Document(object: document), body: [], found: &warnings)
                } catch {
                    throw patch.refusal(error)
                }
                try fillNamespace(&object, context)
                try checkName(object, context)
                object = write.fieldManager.update(
                    live: current, new: object, manager: write.manager, at: write.now)
                return .update(object, warnings)
            }
        }
    }

    /// The outcome of a server-side apply.
    private func applied(
        _ configuration: BodyReader.Document, to current: Value?, _ write: ObjectWrite
    ) throws(APIError) -> Draft {
        let context = write.context
        let wanted = configuration.object
        guard current != nil || write.subresource.isEmpty else { throw context.notFound }
        var warnings: [String] = []
        // Only what the configuration says counts; its defaults would be owned by whoever applies it.
        _ = try write.decode(
            BodyReader.Document(object: wanted, duplicates: configuration.duplicates), body: [],
            found: &warnings)
        var object = try write.fieldManager.apply(
            live: current, applied: wanted, manager: write.manager, force: write.options.force, at: write.now)
        var ignored: [String] = []
        object = try write.decode(BodyReader.Document(object: object), body: [], found: &ignored)
        if current == nil, !object.metadata.uid.isEmpty {
            throw .conflict(
                context.resource.groupResource, name: context.target.name,
                "uid mismatch: the provided object specified uid \(object.metadata.uid), and no existing object "
                    + "was found")
        }
        // The name may be left to the address only where the object has one already.
        try fillNamespace(&object, context)
        try checkName(object, context)
        return current == nil ? .create(object, warnings) : .update(object, warnings)
    }
}

/// The body of a PATCH request.
enum RequestPatch: Sendable {
    case json(JSONPatch)
    case merge(Value)
    case strategicMerge(Value)
    case apply(BodyReader.Document)

    var isApply: Bool { if case .apply = self { true } else { false } }

    private static let builtinTypes = [
        "application/json-patch+json", "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ]
    private static let customTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml",
    ]

    /// Reads a patch by its media type.
    ///
    /// - Throws: 415 for other media types, 413 for too large bodies, `badRequest` for malformed ones.
    init(_ context: RequestContext) throws(APIError) {
        let request = context.request
        let type = MediaType.list(request.headers["content-type"] ?? "").first?.name ?? ""
        guard context.resource.custom == nil || Self.customTypes.contains(type) else {
            throw .unsupportedMediaType(supported: Self.customTypes)
        }
        guard Self.builtinTypes.contains(type) else {
            throw .generic(code: 415, serverMessage: "415: Unsupported Media Type")
        }
        guard request.body.count <= BodyReader.limit else {
            throw .requestEntityTooLarge("limit is \(BodyReader.limit)")
        }
        do throws(KubeModelError) {
            switch type {
            case "application/json-patch+json":
                self = .json(try JSONPatch(try Self.document(request.body)))
            case "application/merge-patch+json": self = .merge(try Self.document(request.body))
            case "application/strategic-merge-patch+json":
                self = .strategicMerge(try Self.document(request.body))
            default: self = .apply(try Self.configuration(context))
            }
        } catch {
            throw error.apiError
        }
    }

    private static func document(_ body: [UInt8]) throws(KubeModelError) -> Value {
        do throws(ManifestError) {
            return try JSON.parse(body)
        } catch {
            throw KubeModelError(
                .malformedPatch, "error decoding patch: \(GoJSONFault.message(of: body) ?? error.message)")
        }
    }

    private static func configuration(_ context: RequestContext) throws(KubeModelError) -> BodyReader.Document
    {
        do throws(APIError) {
            return try BodyReader.parse(context.request.body, .yaml, expecting: context.resource.kind.kind)
        } catch {
            throw KubeModelError(.malformedPatch, "error decoding YAML: \(error.message)")
        }
    }

    /// The failure of a patch whose result cannot be decoded.
    ///
    /// Upstream converts the result of a strategic merge patch by other means than it decodes bodies, and words
    /// values of wrong types its own way.
    func refusal(_ error: APIError) -> APIError {
        guard case .strategicMerge(let patch) = self, let mismatch = GoTypeMismatch(error.message) else {
            return error
        }
        return .invalid(
            GroupKind(group: "", kind: ""), name: "",
            errors: [
                .invalid(
                    FieldPath("patch"), .string(GoFormat.description(of: patch)), mismatch.conversionFault)
            ])
    }

    /// The object that the patch makes of another.
    ///
    /// - Throws: what upstream answers where the patch does not fit.
    func result(on object: Value, resource: ResourceDefinition) throws(APIError) -> Value {
        do throws(KubeModelError) {
            switch self {
            case .json(let patch): return try patch.apply(to: object)
            case .merge(let patch): return try MergePatch.apply(patch, to: object)
            case .strategicMerge(let patch):
                guard let schema = resource.schema else {
                    return try StrategicMergePatch.apply(patch, to: object, schema: OpenPatchSchema())
                }
                return try StrategicMergePatch.apply(patch, to: object, schema: schema)
            case .apply: return object
            }
        } catch {
            throw error.apiError
        }
    }
}
