import KubeModel

/// Merges a strategic merge patch into an object as upstream does, which is not as an API server does.
///
/// Lists merge by the keys of ``MergeSchema``; items of the patch come first, in its order. `$patch` directives work
/// on objects, maps and lists; `$setElementOrder`, `$deleteFromPrimitiveList` and `$retainKeys` have no meaning and
/// stay in the output. Nodes of the patch become nodes of the result.
struct StrategicMerge {
    let scopes: KindScopes

    /// What became of a pair of nodes.
    struct Merged {
        /// nil where nothing is left.
        let node: Node?
        /// Whether a null is to be kept, because it was written out and the patch says nothing about it.
        var keepsNull = false

        static var nothing: Merged { Merged(node: nil) }
    }

    /// Merges a patch into an object; nil where the patch deletes the object.
    ///
    /// - Throws: `inapplicable` where kinds of nodes do not fit, `patchFailed` for an unknown directive.
    func apply(_ patch: Node, to object: Node) throws(KustomizeError) -> Node? {
        try merge(object, patch, schema: nil).node
    }

    func merge(_ destination: Node?, _ patch: Node?, schema: MergeSchema?) throws(KustomizeError) -> Merged {
        let schema = schema ?? self.schema(of: destination) ?? self.schema(of: patch)
        let present = destination.isMissingOrNull ? patch : destination
        guard let present, !present.isNull else {
            return try mergeMappings(destination, patch, schema: schema)
        }
        let kind = present.kind
        try destination?.expect(kind)
        try patch?.expect(kind)
        switch kind {
        case .mapping: return try mergeMappings(destination, patch, schema: schema)
        case .scalar: return Merged(node: patch ?? destination)
        case .sequence:
            guard case .merge(let keys)? = schema?.list else { return Merged(node: patch ?? destination) }
            return Merged(node: try mergeLists(destination, patch, keys: keys, schema: schema))
        }
    }

    /// The rules of an object that says what kind it is, wherever it stands.
    private func schema(of node: Node?) -> MergeSchema? {
        guard let node, node.isMapping, let kind = node.field("kind")?.text, !kind.isEmpty,
            let apiVersion = node.field("apiVersion")?.text, !apiVersion.isEmpty
        else { return nil }
        return scopes.mergeSchema(for: GroupVersionKind(apiVersion: apiVersion, kind: kind))
    }

    // MARK: Mappings

    private func mergeMappings(
        _ destination: Node?, _ patch: Node?, schema: MergeSchema?
    ) throws(KustomizeError) -> Merged {
        let chosen = try chooseMapping(destination, patch)
        guard let target = chosen.node else { return chosen }
        for name in Self.fieldNames(target, patch) {
            let theirs = patch?.field(name)
            let merged = try merge(target.field(name), theirs, schema: schema?.fields[name])
            let quotesKey = merged.node != nil && merged.node === theirs && Self.isKeyQuoted(name, in: patch)
            try target.set(name, to: merged.node, keepsNull: merged.keepsNull, quotesKey: quotesKey)
        }
        return chosen
    }

    /// Which of two mappings the fields are merged into.
    private func chooseMapping(_ destination: Node?, _ patch: Node?) throws(KustomizeError) -> Merged {
        guard let destination, !destination.isNull else {
            if let patch, patch.isMapping, try Directive(removingFrom: patch, ignoresUnknown: true) == .delete
            {
                return .nothing
            }
            // A null that is written out, and not merely a value left out, stays.
            if patch == nil, let destination, !destination.text.isEmpty {
                return Merged(node: .scalar(destination.text, tag: .null), keepsNull: true)
            }
            return Merged(node: patch)
        }
        guard let patch else { return Merged(node: destination) }
        if patch.isNull { return .nothing }
        switch try Directive(removingFrom: patch, ignoresUnknown: false) {
        case .delete: return .nothing
        case .replace: return Merged(node: patch)
        case .merge: return Merged(node: destination)
        }
    }

    private static func fieldNames(_ one: Node, _ other: Node?) -> [String] {
        var names = one.fields.map(\.key.text)
        if let other, other !== one { names += other.fields.map(\.key.text) }
        names.sort(by: precedesInBytes)
        var unique: [String] = []
        for name in names where unique.last != name { unique.append(name) }
        return unique
    }

    private static func isKeyQuoted(_ name: String, in mapping: Node?) -> Bool {
        guard let mapping, let place = mapping.fieldIndex(name) else { return false }
        return mapping.content[place].isQuoted
    }
}

extension StrategicMerge {
    /// What `$patch` says.
    enum Directive: String {
        case merge, replace, delete

        static let key = "$patch"

        /// The directive of a mapping or a list, which is taken out of it.
        ///
        /// - Throws: `patchFailed` for a word that is none.
        init(removingFrom patch: Node, ignoresUnknown: Bool) throws(KustomizeError) {
            switch patch.kind {
            case .mapping: self = try Self.ofMapping(patch, ignoresUnknown: ignoresUnknown)
            case .sequence: self = try Self.ofList(patch)
            case .scalar: self = .merge
            }
        }

        private static func ofMapping(_ patch: Node, ignoresUnknown: Bool) throws(KustomizeError) -> Directive
        {
            guard let word = patch.field(key) else { return .merge }
            guard let directive = Directive(rawValue: word.text) else {
                if ignoresUnknown { return .merge }
                throw KustomizeError(.patchFailed, "unknown patch strategy '\(word.text)'")
            }
            patch.clear(key)
            return directive
        }

        /// A directive for a list stands in an item of its own.
        private static func ofList(_ patch: Node) throws(KustomizeError) -> Directive {
            guard let item = patch.content.first(where: { $0.isMapping && $0.field(key) != nil }),
                item.content.count <= 2, let word = item.field(key)
            else { return .merge }
            guard let directive = Directive(rawValue: word.text) else {
                throw KustomizeError(.patchFailed, "unknown patch strategy '\(word.text)'")
            }
            try patch.setItem(nil, keys: [key], values: [word.text])
            return directive
        }
    }
}
