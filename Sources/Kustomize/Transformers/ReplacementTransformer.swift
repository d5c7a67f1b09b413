import KubeModel
import Manifest

/// Copies values from fields to other fields.
struct ReplacementTransformer: Transformer {
    private let replacements: [ReplacementEntry]

    /// - Throws: `invalidKustomization` for a file that holds no replacements.
    init(_ entries: [ReplacementEntry], loader: Loader) throws(KustomizeError) {
        var replacements: [ReplacementEntry] = []
        for entry in entries {
            guard !entry.path.isEmpty else {
                replacements.append(entry)
                continue
            }
            guard entry.source == nil, entry.targets?.isEmpty ?? true else {
                throw KustomizeError(
                    .invalidKustomization, "cannot specify both path and inline replacement")
            }
            replacements += try Self.read(try loader.load(entry.path))
        }
        self.replacements = replacements
    }

    private static func read(_ bytes: [UInt8]) throws(KustomizeError) -> [ReplacementEntry] {
        let document: Value
        do throws(ManifestError) { document = try YAML.parse(bytes, options: .lenient).first ?? .null } catch
        {
            throw KustomizeError(.invalidKustomization, "error converting YAML to JSON: yaml: \(error)")
        }
        let items: [Value]
        switch document {
        case .array(let list): items = list
        case .object: items = [document]
        default:
            throw KustomizeError(
                .invalidKustomization,
                "unsupported replacement type encountered within replacement path: \(document.kindDescription)"
            )
        }
        var entries: [ReplacementEntry] = []
        for item in items {
            var fields = StrictObject(
                item.objectValue ?? Object(), type: "Replacement", refusesUnknown: false, coercesText: true)
            do throws(KustomizeError) { entries.append(try ReplacementEntry(&fields)) } catch {
                throw error.within("error unmarshaling JSON: while decoding JSON")
            }
        }
        return entries
    }

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        for replacement in replacements {
            guard replacement.source != nil || replacement.sourceValue != nil,
                let targets = replacement.targets
            else {
                throw KustomizeError(
                    .invalidKustomization, "replacements must specify a source and at least one target")
            }
            let value = try Self.value(of: replacement, in: resources)
            for target in targets { try Self.copy(value, to: target, in: resources) }
        }
        for resource in resources.resources { resource.identityChanged() }
        resources.identitiesChanged()
    }

    // MARK: Source

    private static func value(
        of replacement: ReplacementEntry, in resources: ResourceMap
    ) throws(KustomizeError) -> Node {
        if let text = replacement.sourceValue {
            guard replacement.source == nil else {
                throw KustomizeError(
                    .invalidKustomization, "value and resource selectors are mutually exclusive")
            }
            return .scalar(text)
        }
        guard let source = replacement.source else { return .scalar("") }
        let resource = try self.resource(source, in: resources)
        let path = source.fieldPath.isEmpty ? "metadata.name" : source.fieldPath
        let found: Node?
        do throws(KustomizeError) { found = try resource.node.lookup(FieldPath.splitBrackets(path)) } catch {
            throw error.within("error looking up replacement source")
        }
        guard let found, !found.isEmpty else {
            throw KustomizeError(
                .replacementFailed,
                "fieldPath `\(path)` is missing for replacement source \(source.selector.id)")
        }
        return try refined(found, source.options)
    }

    private static func resource(
        _ source: ReplacementEntry.Source, in resources: ResourceMap
    ) throws(KustomizeError) -> Resource {
        let candidates =
            source.selector.name.isEmpty ? resources.resources : resources.named(source.selector.name)
        let found = candidates.filter { source.selector.isSource($0) }
        if found.count == 1 { return found[0] }
        var text = "\(source.selector.id)"
        if !source.fieldPath.isEmpty { text += ":\(source.fieldPath)" }
        if let options = source.options, !options.delimiter.isEmpty || options.creates {
            text += ":\(options.delimiter)(\(options.index)), create=\(options.creates)"
        }
        throw KustomizeError(
            .replacementFailed,
            found.isEmpty ? "nothing selected by \(text)" : "multiple matches for selector \(text)")
    }

    private static func refined(
        _ node: Node, _ options: ReplacementEntry.Options?
    ) throws(KustomizeError) -> Node {
        guard let options, !options.delimiter.isEmpty else { return node }
        guard node.kind == .scalar else {
            throw KustomizeError(.replacementFailed, "delimiter option can only be used with scalar nodes")
        }
        let parts = node.text.components(separatedBy: options.delimiter)
        guard parts.indices.contains(options.index) else {
            throw KustomizeError(
                .replacementFailed, "options.index \(options.index) is out of bounds for value \(node.text)")
        }
        let copy = node.copy()
        copy.text = parts[options.index]
        return copy
    }

    // MARK: Targets

    private static func copy(
        _ value: Node, to target: ReplacementEntry.Target, in resources: ResourceMap
    ) throws(KustomizeError) {
        guard let select = target.select else {
            throw KustomizeError(.invalidKustomization, "target must specify resources to select")
        }
        let matcher = try SelectorMatcher(select)
        var rejections: [(selector: Selector, matcher: SelectorMatcher)] = []
        for reject in target.reject { rejections.append((reject, try SelectorMatcher(reject))) }
        let paths = target.fieldPaths.isEmpty ? ["metadata.name"] : target.fieldPaths
        for resource in resources.resources where !resource.isEmpty {
            guard matcher.matchesMetadata(of: resource) else { continue }
            let isRejected = rejections.contains { reject in
                let asksMetadata =
                    !reject.selector.labelSelector.isEmpty || !reject.selector.annotationSelector.isEmpty
                return asksMetadata && reject.matcher.matchesMetadata(of: resource)
            }
            if isRejected { continue }
            let ids = [resource.currentID] + resource.previousIDs
            if rejections.contains(where: { reject in
                !reject.selector.hasNoID && ids.contains { reject.matcher.matches($0) }
            }) {
                continue
            }
            guard ids.contains(where: { matcher.matches($0) }) else { continue }
            for path in paths {
                try FieldReplacement(path, options: target.options).set(value, in: resource.node)
            }
            resource.identityChanged()
        }
    }
}

extension Selector {
    /// The identity that the selector asks for.
    fileprivate var id: ResourceID {
        ResourceID(
            gvk: GroupVersionKind(group: group, version: version, kind: kind), name: name,
            namespace: namespace)
    }

    /// Whether a resource is or was what a source asks for; nothing is a pattern here.
    fileprivate func isSource(_ resource: Resource) -> Bool {
        let wanted = id
        return ([resource.currentID] + resource.previousIDs).contains { id in
            (name.isEmpty || name == id.name) && id.gvk.isSelected(by: wanted.gvk)
                && (namespace.isEmpty || wanted.effectiveNamespace == ResourceID.effectiveNamespace(of: id))
        }
    }
}

extension ResourceID {
    /// The namespace by which a source finds a resource: whether its kind has one is not asked.
    fileprivate static func effectiveNamespace(of id: ResourceID) -> String {
        id.namespace.isEmpty ? "default" : id.namespace
    }
}

extension String {
    /// The parts between the occurrences of a separator that is not empty.
    func components(separatedBy separator: String) -> [String] {
        let (text, mark) = (Array(utf8), Array(separator.utf8))
        guard !mark.isEmpty, text.count >= mark.count else { return [self] }
        var parts: [String] = []
        var (start, place) = (0, 0)
        while place + mark.count <= text.count {
            if text[place..<place + mark.count].elementsEqual(mark) {
                parts.append(String(decoding: text[start..<place], as: UTF8.self))
                place += mark.count
                start = place
            } else {
                place += 1
            }
        }
        parts.append(String(decoding: text[start...], as: UTF8.self))
        return parts
    }
}
