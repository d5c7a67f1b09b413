import Manifest

/// A tree in one line a document, so that an expectation shows styles, properties and texts at once.
///
/// Block collections are `-[…]` and `-{…}`, flow collections `[…]` and `{…}`, scalars their text in quotes
/// after a mark for their style, omitted nodes `~`.
enum TreeOutline {
    static func text(of stream: YAMLStream) -> String {
        stream.documents.map { document in
            (document.startMarker == nil ? "" : "--- ") + text(of: document.root)
                + (document.endMarker == nil ? "" : " ...") + "\n"
        }.joined()
    }

    static func text(of node: YAMLNode) -> String {
        if node.kind == .alias { return "*" + (node.anchor ?? "") }
        var text = ""
        if let anchor = node.anchor { text += "&\(anchor) " }
        if let tag = node.tag { text += "!<\(tag)> " }
        if node.style == .block { text += "-" }
        switch node.kind {
        case .mapping:
            return text + "{" + node.entries.map(entry).joined(separator: ", ") + "}"
        case .sequence:
            return text + "[" + node.items.map(Self.text(of:)).joined(separator: ", ") + "]"
        default:
            return text + scalar(node)
        }
    }

    private static func entry(_ entry: (key: YAMLNode, value: YAMLNode)) -> String {
        text(of: entry.key) + ": " + text(of: entry.value)
    }

    private static func scalar(_ node: YAMLNode) -> String {
        if node.isEmpty { return "~" }
        let mark =
            switch node.style {
            case .singleQuoted: "'"
            case .doubleQuoted: "\""
            case .literal: "|"
            case .folded: ">"
            default: ""
            }
        return mark + JSON.string(.string(node.scalarText))
    }
}
