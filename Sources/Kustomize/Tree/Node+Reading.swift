import Manifest

/// Makes nodes of a parsed YAML document: anchors, aliases and merge keys are replaced by what they stand for.
struct NodeReader {
    /// How many nodes the aliases of one document may add.
    private static let aliasLimit = 200_000

    private var aliasNodes = 0
    /// Where the nodes begin that are being made for aliases.
    private var aliased: [Int] = []
    private var comments = CommentReader()

    init() {}

    /// A reader that keeps comments.
    init(commentsOf stream: YAMLStream) { comments = CommentReader(stream) }

    /// The node of a document, or of a part of one.
    ///
    /// - Throws: `malformed` where aliases expand without end or merge what is no mapping.
    mutating func node(_ source: YAMLNode) throws(KustomizeError) -> Node {
        if !aliased.isEmpty {
            aliasNodes += 1
            guard aliasNodes <= Self.aliasLimit else {
                throw KustomizeError(.malformed, "yaml: document contains excessive aliasing")
            }
        }
        switch source.kind {
        case .scalar: return scalar(source)
        case .sequence:
            var items: [Node] = []
            for item in source.items {
                let above = comments.above(item.indicatorOffset ?? item.outerStart)
                let node = try node(item)
                comments.attach(above: above, behind: item, to: node)
                items.append(node)
            }
            let node = Node(kind: .sequence, content: items)
            node.isFlow = source.style == .flow
            return node
        case .mapping: return try mapping(source)
        case .alias:
            let target = source.target
            guard !aliased.contains(target.span.lowerBound), !target.span.contains(source.span.lowerBound)
            else {
                throw KustomizeError(
                    .malformed, "yaml: anchor '\(source.anchor ?? "")' value contains itself")
            }
            // Each alias within an alias is one level more on the stack.
            guard aliased.count < 64 else {
                throw KustomizeError(.malformed, "yaml: document contains excessive aliasing")
            }
            aliased.append(target.span.lowerBound)
            defer { aliased.removeLast() }
            return try node(target)
        }
    }

    /// The comments behind all nodes.
    mutating func remainingComments() -> [String] { comments.above(.max) }

    private func scalar(_ source: YAMLNode) -> Node {
        let text = source.scalarText
        if let tag = source.tag { return Self.tagged(text, tag: tag) }
        switch source.style {
        case .plain: return .scalar(text, tag: PlainScalar.tag(of: text))
        default:
            let node = Node.scalar(text, tag: .string)
            node.style = Self.style(source.style)
            return node
        }
    }

    private static func style(_ style: YAMLNode.Style) -> Node.Style {
        switch style {
        case .singleQuoted: .singleQuoted
        case .literal: .literal
        case .folded: .folded
        default: .doubleQuoted
        }
    }

    private static func tagged(_ text: String, tag: String) -> Node {
        switch tag {
        case "tag:yaml.org,2002:int": .scalar(text, tag: .integer)
        case "tag:yaml.org,2002:float": .scalar(text, tag: .float)
        case "tag:yaml.org,2002:bool": .scalar(text, tag: .boolean)
        case "tag:yaml.org,2002:null": .scalar(text, tag: .null)
        case "tag:yaml.org,2002:timestamp": .scalar(text, tag: .timestamp)
        case "tag:yaml.org,2002:binary": .scalar(text, tag: .binary)
        // Text by name, or by a tag that nobody here knows.
        default: .scalar(text, tag: .string, isQuoted: true)
        }
    }

    private mutating func mapping(_ source: YAMLNode) throws(KustomizeError) -> Node {
        let result = Node.mapping()
        result.isFlow = source.style == .flow
        var merged: YAMLNode?
        let entries = source.entries
        result.content.reserveCapacity(entries.count * 2)
        for (key, value) in entries {
            if Self.isMergeKey(key) {
                guard merged == nil else { throw KustomizeError(.malformed, "duplicate merge key") }
                merged = value
                continue
            }
            let keyNode = try node(key)
            guard keyNode.kind == .scalar else {
                throw KustomizeError(.malformed, "yaml: invalid map key: \(keyNode.yamlText)")
            }
            let above = comments.above(key.outerStart)
            if value.style == .block { comments.attachBehind(key, to: keyNode) }
            let valueNode = try node(value)
            comments.attach(above: above, behind: nil, to: keyNode)
            comments.attachBehind(value, to: valueNode)
            result.content.append(keyNode)
            result.content.append(valueNode)
        }
        if let merged { try merge(merged, into: result) }
        return result
    }

    private static func isMergeKey(_ key: YAMLNode) -> Bool {
        guard key.kind == .scalar, key.scalarText == "<<" else { return key.tag == "tag:yaml.org,2002:merge" }
        return key.style == .plain && key.tag == nil || key.tag == "tag:yaml.org,2002:merge"
    }

    /// Adds the fields of merged mappings that the mapping does not have; of several, the first listed wins.
    private mutating func merge(_ value: YAMLNode, into result: Node) throws(KustomizeError) {
        let own = result.content
        result.content = []
        for source in try Self.mergeSources(value).reversed() {
            for (key, value) in try node(source).fields { replace(key, value, in: result) }
        }
        for place in stride(from: 0, to: own.count, by: 2) { replace(own[place], own[place + 1], in: result) }
    }

    private func replace(_ key: Node, _ value: Node, in mapping: Node) {
        if let place = mapping.fieldIndex(key.text) {
            mapping.content[place] = key
            mapping.content[place + 1] = value
        } else {
            mapping.content += [key, value]
        }
    }

    private static func mergeSources(_ value: YAMLNode) throws(KustomizeError) -> [YAMLNode] {
        switch value.kind {
        case .mapping: return [value]
        case .alias:
            guard value.target.kind == .mapping else {
                throw KustomizeError(.malformed, "invalid map merge: received alias for a non-map value")
            }
            return [value]
        case .sequence:
            var sources: [YAMLNode] = []
            for item in value.items {
                guard item.kind != .sequence else {
                    throw KustomizeError(.malformed, "invalid map merge: received a nested sequence")
                }
                sources += try mergeSources(item)
            }
            return sources
        case .scalar:
            throw KustomizeError(.malformed, "map merge requires map or sequence of maps as the value")
        }
    }
}

extension Node {
    /// The documents of a text; empty ones are left out.
    ///
    /// - Throws: `malformed`.
    static func documents(of bytes: [UInt8]) throws(KustomizeError) -> [Node] {
        let stream: YAMLStream
        do throws(ManifestError) { stream = try YAMLStream(bytes) } catch {
            throw KustomizeError(.malformed, "MalformedYAMLError: yaml: \(error)")
        }
        var nodes: [Node] = []
        for document in stream.documents {
            var reader = NodeReader()
            let node = try reader.node(document.root)
            if !node.isNull { nodes.append(node) }
        }
        return nodes
    }

    /// The first document of a text with its comments, null where it has none.
    ///
    /// - Throws: `malformed`.
    static func document(of text: String) throws(KustomizeError) -> Node {
        let stream: YAMLStream
        do throws(ManifestError) { stream = try YAMLStream(Array(text.utf8)) } catch {
            throw KustomizeError(.malformed, "yaml: \(error)")
        }
        guard let document = stream.documents.first else { return .scalar("", tag: .null) }
        var reader = NodeReader(commentsOf: stream)
        let node = try reader.node(document.root)
        let below = reader.remainingComments()
        if !below.isEmpty {
            var comments = node.comments ?? Comments()
            comments.below = below
            node.comments = comments
        }
        return node
    }
}
