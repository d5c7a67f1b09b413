import KubeModel
import Manifest

/// Applies one entry of `patches`: strategic merge patches or a JSON patch, whichever the text is.
struct PatchTransformer: Transformer {
    private enum Patch {
        case strategicMerge([Resource])
        case json(JSONPatch)
    }

    private let patch: Patch
    private let target: Selector?
    private let scopes: KindScopes
    /// Where the patch stands, for messages.
    private let source: String

    /// - Throws: `invalidKustomization` where there is no patch, or one that is neither kind or both.
    init(_ entry: PatchEntry, loader: Loader, reader: ResourceReader) throws(KustomizeError) {
        let inline = entry.patch.trimmingWhitespace()
        let bytes: [UInt8]
        switch (inline.isEmpty, entry.path.isEmpty) {
        case (true, true):
            throw KustomizeError(
                .invalidKustomization, "must specify one of patch and path in\n\(entry.configText)")
        case (false, false):
            throw KustomizeError(
                .invalidKustomization, "patch and path can't be set at the same time\n\(entry.configText)")
        case (false, true):
            bytes = Array(inline.utf8)
            source = "[patch: \(GoFormat.quoted(inline))]"
        case (true, false):
            do throws(KustomizeError) { bytes = try loader.load(entry.path) } catch {
                throw error.within("failed to get the patch file from path(\(entry.path))")
            }
            source = "[path: \(GoFormat.quoted(entry.path))]"
        }
        scopes = reader.scopes
        target = entry.target
        patch = try Self.patch(bytes, source: source, reader: reader)
        if case .strategicMerge(let resources) = patch {
            for resource in resources {
                if entry.allowsNameChange { try resource.enable(BuildAnnotation.allowNameChange) }
                if entry.allowsKindChange { try resource.enable(BuildAnnotation.allowKindChange) }
            }
        }
    }

    private static func patch(
        _ bytes: [UInt8], source: String, reader: ResourceReader
    ) throws(KustomizeError) -> Patch {
        let resources: [Resource]?
        do throws(KustomizeError) { resources = try reader.resources(of: bytes) } catch { resources = nil }
        let json: JSONPatch?
        do throws(KustomizeError) { json = try JSONPatch(patchText: bytes) } catch { json = nil }
        switch (resources, json) {
        case (let resources?, let json?) where !resources.isEmpty && !json.operations.isEmpty:
            throw KustomizeError(
                .invalidKustomization, "illegally qualifies as both an SM and JSON patch: \(source)")
        case (nil, nil):
            throw KustomizeError(.invalidKustomization, "unable to parse SM or JSON patch from \(source)")
        // What holds nothing changes nothing, with or without a target (since kustomize 5.8).
        case (let resources?, _): return .strategicMerge(resources)
        case (nil, let json?): return .json(json)
        }
    }

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        switch patch {
        case .json(let patch): try apply(patch, to: resources)
        case .strategicMerge(let patches): try apply(patches, to: resources)
        }
    }

    private func apply(_ patches: [Resource], to resources: ResourceMap) throws(KustomizeError) {
        guard let target else {
            for patch in patches {
                let id = patch.originalID
                let found: Resource
                do throws(KustomizeError) { found = try resources.target(id) } catch {
                    throw error.within(
                        "no resource matches strategic merge patch \(GoFormat.quoted("\(id)"))")
                }
                try found.applyStrategicMerge(patch, scopes: scopes)
                if patch.mayChangeIdentity { resources.identitiesChanged() }
            }
            return
        }
        if patches.isEmpty { return }
        guard patches.count == 1 else {
            throw KustomizeError(
                .invalidKustomization,
                "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` "
                    + "field: \(source)")
        }
        let selected: [Resource]
        do throws(KustomizeError) { selected = try resources.select(target) } catch {
            throw error.within("unable to find patch target \(GoFormat.quoted("\(target)")) in `resources`")
        }
        try resources.apply(patches[0], to: selected, scopes: scopes)
    }

    private func apply(_ patch: JSONPatch, to resources: ResourceMap) throws(KustomizeError) {
        guard let target else {
            throw KustomizeError(.invalidKustomization, "must specify a target for JSON patch \(source)")
        }
        resources.identitiesChanged()
        for resource in try resources.select(target) {
            try resource.storePreviousID()
            try resource.applyJSONPatch(patch)
        }
    }
}

extension PatchEntry {
    fileprivate var configText: String {
        (path.isEmpty ? "" : "path: \(path)\n") + (patch.isEmpty ? "" : "patch: \(patch)\n")
    }
}

extension Resource {
    /// Whether a patch is allowed to change what its target is.
    var mayChangeIdentity: Bool {
        isEnabled(BuildAnnotation.allowNameChange) || isEnabled(BuildAnnotation.allowKindChange)
    }
}

extension ResourceMap {
    /// Merges a patch into several resources, each with its own copy; those it deletes go.
    ///
    /// - Throws: what a merge throws; `conflict` where two resources are one afterwards.
    func apply(_ patch: Resource, to selected: [Resource], scopes: KindScopes) throws(KustomizeError) {
        for resource in selected where !resource.isEmpty {
            let copy = patch.copy()
            // Labels and annotations of the copy become text, nulls included, as upstream copies them.
            try copy.takeMetadata(from: patch)
            let gvk = resource.gvk
            try copy.setAPIVersion(gvk.apiVersion)
            try copy.setKind(patch.kind)
            try resource.applyStrategicMerge(copy, scopes: scopes)
        }
        if patch.mayChangeIdentity { identitiesChanged() }
        dropEmpty()
        guard patch.mayChangeIdentity else { return }
        let all = resources
        setResources([])
        try append(contentsOf: all)
    }
}

extension JSONPatch {
    /// Reads a patch from JSON or YAML.
    ///
    /// - Throws: `malformed` for what is no list of operations.
    init(patchText bytes: [UInt8]) throws(KustomizeError) {
        guard !bytes.isEmpty else { throw KustomizeError(.malformed, "empty json patch operations") }
        let value: Value
        do throws(ManifestError) {
            // A text that begins as a JSON list is read as JSON, so that YAML's looser rules do not apply to it.
            value =
                try bytes[0] == UInt8(ascii: "[")
                ? JSON.parse(bytes) : YAML.parse(bytes, options: .lenient).first ?? .null
        } catch {
            throw KustomizeError(.malformed, error.description)
        }
        guard value.isNull || value.arrayValue != nil else {
            throw KustomizeError(
                .malformed,
                "json: cannot unmarshal \(value.jsonTypeName) into Go value of type jsonpatch.Patch")
        }
        do throws(KubeModelError) {
            self = value.isNull ? JSONPatch([]) : try JSONPatch(value)
        } catch {
            throw KustomizeError(.malformed, error.message)
        }
    }
}

extension String {
    /// The text without white space at its ends.
    func trimmingWhitespace() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
