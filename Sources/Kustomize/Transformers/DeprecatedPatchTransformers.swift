import KubeModel

/// Applies `patchesStrategicMerge`: patches that name their targets themselves.
struct PatchStrategicMergeTransformer: Transformer {
    private let patches: [Resource]
    private let scopes: KindScopes

    /// - Parameters:
    ///   - entries: files, or patches themselves.
    ///   - text: more patches.
    /// - Throws: `invalidKustomization` where there is no patch.
    init(
        _ entries: [String], text: String = "", loader: Loader, reader: ResourceReader
    ) throws(KustomizeError) {
        guard !entries.isEmpty || !text.isEmpty else {
            throw KustomizeError(.invalidKustomization, "empty file path and empty patch content")
        }
        var patches: [Resource] = []
        for entry in entries {
            let inline: [Resource]?
            do throws(KustomizeError) { inline = try reader.resources(of: Array(entry.utf8)) } catch {
                inline = nil
            }
            if let inline {
                patches += inline
            } else {
                patches += try reader.resources(in: entry, loader: loader)
            }
        }
        if !text.isEmpty { patches += try reader.resources(of: Array(text.utf8)) }
        guard !patches.isEmpty else {
            throw KustomizeError(
                .invalidKustomization,
                "patch appears to be empty; files=[\(entries.joined(separator: " "))], Patch=\(text)")
        }
        self.patches = patches
        scopes = reader.scopes
    }

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        for patch in patches {
            try resources.apply(patch, to: [try resources.target(patch.originalID)], scopes: scopes)
        }
    }
}

/// Applies one entry of `patchesJson6902`.
struct PatchJson6902Transformer: Transformer {
    private let patch: JSONPatch
    private let target: Selector

    /// - Throws: `invalidKustomization` where target or patch are missing.
    init(_ entry: PatchEntry, loader: Loader) throws(KustomizeError) {
        guard let target = entry.target, !target.name.isEmpty else {
            throw KustomizeError(.invalidKustomization, "must specify the target name")
        }
        self.target = target
        var bytes = Array(entry.patch.utf8)
        switch (entry.path.isEmpty, entry.patch.isEmpty) {
        case (true, true):
            throw KustomizeError(.invalidKustomization, "empty file path and empty jsonOp")
        case (false, false):
            throw KustomizeError(.invalidKustomization, "must specify a file path or jsonOp, not both")
        case (false, true):
            bytes = try loader.load(entry.path)
            guard !bytes.isEmpty else {
                throw KustomizeError(
                    .invalidKustomization, "patch file '\(entry.path)' empty seems to be empty")
            }
        case (true, false): break
        }
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(KustomizeError) { patch = try JSONPatch(patchText: bytes) } catch {
            throw error.within("decoding \(text)")
        }
        guard !patch.operations.isEmpty else {
            throw KustomizeError(
                .invalidKustomization, "patch appears to be empty; file=\(entry.path), JsonOp=\(text)")
        }
    }

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        for resource in try resources.select(target) { try resource.applyJSONPatch(patch) }
        resources.identitiesChanged()
    }
}

extension ResourceReader {
    /// The resources in a file.
    ///
    /// - Throws: what loading and reading throw; faults of YAML name the file.
    func resources(in path: String, loader: Loader) throws(KustomizeError) -> [Resource] {
        let bytes = try loader.load(path)
        do throws(KustomizeError) { return try resources(of: bytes) } catch {
            guard error.code == .malformed else { throw error }
            throw KustomizeError(.malformed, "\(error.message) in File: \(path)")
        }
    }
}
