/// One node of a resource while it is being transformed: a YAML node with its text and tag as written.
///
/// Scalars keep their text until the end, because what they mean may still change: an image tag put where a string
/// stood is a string, the same text put where a number stood is a number. Nodes are references as in upstream's
/// tree, and some are shared between places of one resource: the value of a label that a transformer adds is one
/// node in the labels, the selector and the template, so a later patch of one changes all. Output has to equal
/// upstream's, so this is kept.
final class Node {
    enum Kind: UInt8 {
        case scalar, mapping, sequence
    }

    /// What a scalar is, apart from its text. `untagged` scalars mean what their text and style say.
    enum Tag: UInt8 {
        case untagged, string, integer, float, boolean, null, timestamp, binary
    }

    /// How a scalar is written.
    enum Style: UInt8 {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    var kind: Kind
    var tag: Tag
    var style: Style
    /// Whether a collection stands in brackets.
    var isFlow = false
    /// Comments around the node; only of texts that are written back.
    var comments: Comments?

    /// Comments that belong to a node.
    struct Comments {
        /// Lines above it.
        var above: [String] = []
        /// The comment behind it on its line.
        var behind: String?
        /// Lines at the end of a text.
        var below: [String] = []
    }
    /// A scalar's text.
    var text: String
    /// A sequence's items; a mapping's keys and values in turn.
    var content: [Node]

    init(kind: Kind, tag: Tag = .untagged, isQuoted: Bool = false, text: String = "", content: [Node] = []) {
        self.kind = kind
        self.tag = tag
        style = isQuoted ? .doubleQuoted : .plain
        self.text = text
        self.content = content
    }

    /// Whether the scalar stands in quotes or in a block, so that its text is text whatever it looks like.
    var isQuoted: Bool { style != .plain }

    /// A scalar.
    static func scalar(_ text: String, tag: Tag = .untagged, isQuoted: Bool = false) -> Node {
        Node(kind: .scalar, tag: tag, isQuoted: isQuoted, text: text)
    }

    /// A string, whatever its text looks like.
    static func string(_ text: String) -> Node { .scalar(text, tag: .string) }

    /// An empty mapping.
    static func mapping() -> Node { Node(kind: .mapping) }

    /// An empty node of a kind, as one that a path creates.
    static func empty(_ kind: Kind) -> Node { Node(kind: kind) }

    /// Another node that stands for the same, with nothing shared.
    func copy() -> Node {
        let copy = Node(kind: kind, tag: tag, text: text, content: content.map { $0.copy() })
        copy.style = style
        copy.isFlow = isFlow
        copy.comments = comments
        return copy
    }

    /// Takes over everything of another node, in every place this one stands.
    func become(_ other: Node) {
        kind = other.kind
        tag = other.tag
        style = other.style
        isFlow = other.isFlow
        text = other.text
        content = other.content
    }

    var isNull: Bool { tag == .null }

    var isMapping: Bool { kind == .mapping }

    /// Whether the node is null, `{}` or `[]`.
    var isEmpty: Bool { isNull || (kind != .scalar && content.isEmpty) }

    /// Whether the node is text or has no tag that says otherwise.
    var isString: Bool { kind == .scalar && (tag == .string || tag == .untagged) }

    /// What the node is in upstream's messages.
    var kindName: String {
        switch kind {
        case .scalar: "ScalarNode"
        case .mapping: "MappingNode"
        case .sequence: "SequenceNode"
        }
    }
}

extension Node? {
    /// Whether there is no node, or one that is null.
    var isMissingOrNull: Bool { self?.isNull ?? true }
}
