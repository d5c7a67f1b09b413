import KubeModel

/// Finds all nodes that a path leads to: `spec.template.spec.containers.[name=web].image`, `metadata.*.app`.
struct PathMatcher {
    /// The kind of node to make where there is none.
    let creating: Node.Kind?

    /// The nodes at the end of a path, in order.
    ///
    /// - Throws: `inapplicable` where a part meets a node it cannot lead into, or an index lies outside its list.
    func nodes(at path: ArraySlice<String>, of node: Node) throws(KustomizeError) -> [Node] {
        guard let part = path.first else { return [node] }
        let rest = path.dropFirst()
        if let index = FieldPath.index(part), index >= 0 { return try item(at: index, rest, of: node) }
        if FieldPath.isItem(part) { return try items(part, rest, of: node) }
        if part == "*" { return try everything(rest, of: node) }
        return try field(part, rest, of: node)
    }

    private func everything(_ rest: ArraySlice<String>, of node: Node) throws(KustomizeError) -> [Node] {
        try node.expect(.sequence)
        var found: [Node] = []
        for item in node.content { found += try nodes(at: rest, of: item) }
        return found
    }

    private func field(
        _ name: String, _ rest: ArraySlice<String>, of node: Node
    ) throws(KustomizeError) -> [Node] {
        if node.isNull { return [] }
        try node.expect(.mapping)
        var field = node.field(name)
        if field == nil, let creating {
            let made = Node.empty(FieldPath.kind(before: rest.first, atEnd: creating))
            try node.set(name, to: made)
            field = made
        }
        guard let field else { return [] }
        if field.kind == .scalar, !rest.isEmpty {
            // Nodes found inside the text of a scalar are found, but what is written there leads nowhere.
            return try nodes(at: rest, of: try Node.document(of: field.text))
        }
        return try nodes(at: rest, of: field)
    }

    private func item(
        at index: Int, _ rest: ArraySlice<String>, of node: Node
    ) throws(KustomizeError) -> [Node] {
        try node.expect(.sequence)
        if index == node.content.count, let creating {
            node.content.append(.empty(FieldPath.kind(before: rest.first, atEnd: creating)))
        }
        guard index < node.content.count else {
            throw KustomizeError(
                .inapplicable, "index \(index) specified but only \(node.content.count) elements found")
        }
        return try nodes(at: rest, of: node.content[index])
    }

    private func items(
        _ part: String, _ rest: ArraySlice<String>, of node: Node
    ) throws(KustomizeError) -> [Node] {
        let (name, pattern) = try FieldPath.item(part)
        try node.expect(.sequence)
        let found = try matches(name, pattern, rest, of: node)
        guard found.isEmpty, creating != nil else { return found }
        let scalar = Node.scalar(pattern)
        node.content.append(name.isEmpty ? scalar : Node(kind: .mapping, content: [.scalar(name), scalar]))
        return try matches(name, pattern, rest, of: node)
    }

    private func matches(
        _ name: String, _ pattern: String, _ rest: ArraySlice<String>, of node: Node
    ) throws(KustomizeError) -> [Node] {
        guard !node.content.isEmpty else { return [] }
        let expression = try Pattern(pattern)
        var found: [Node] = []
        for item in node.content {
            if name.isEmpty {
                if expression.matches(item.emittedText) { found.append(item) }
            } else if let field = item.field(name), expression.matches(field.emittedText) {
                found += try nodes(at: rest, of: item)
            }
        }
        return found
    }
}

extension Node {
    /// A scalar as YAML writes it, quotes included: what upstream matches items against.
    var emittedText: String {
        guard kind == .scalar else { return yamlText }
        let needsQuotes =
            isQuoted || ((tag == .string) && PlainScalar.isTypedInYAML11(text))
            || text.isEmpty && tag != .null
        return needsQuotes ? "\"\(text)\"" : text
    }
}

/// A regular expression that matches anywhere in a text; plain words are compared without one.
struct Pattern {
    private let literal: String?
    private let expression: RegularExpression?

    /// - Throws: `invalidKustomization`, worded as Go words it.
    init(_ source: String) throws(KustomizeError) {
        if source.utf8.allSatisfy(Self.isPlain) {
            literal = source
            expression = nil
            return
        }
        literal = nil
        do throws(RegularExpressionFault) { expression = try RegularExpression(source) } catch {
            throw KustomizeError(.invalidKustomization, error.description)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    func matches(_ text: String) -> Bool {
        if let literal { return literal.isEmpty || text.contains(literal) }
        return expression?.matches(text) ?? false
    }
}
