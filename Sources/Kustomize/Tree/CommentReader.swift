import Manifest

/// Hands out the comments of a text while its nodes are read in order.
struct CommentReader {
    private var pending: ArraySlice<Range<Int>> = []
    private var bytes: [UInt8] = []

    /// No comments.
    init() {}

    init(_ stream: YAMLStream) {
        pending = stream.comments[...]
        bytes = stream.bytes
    }

    /// The comments before an offset that have not been handed out.
    mutating func above(_ offset: Int) -> [String] {
        var texts: [String] = []
        while let next = pending.first, next.lowerBound < offset { texts.append(takeFirst(next)) }
        return texts
    }

    private mutating func takeFirst(_ span: Range<Int>) -> String {
        pending.removeFirst()
        return String(decoding: bytes[span], as: UTF8.self)
    }

    /// Gives a node the comment that stands behind it on its line.
    mutating func attachBehind(_ source: YAMLNode, to node: Node) {
        guard let next = pending.first, source.style != .block, next.lowerBound >= source.span.upperBound,
            !bytes[source.span.upperBound..<next.lowerBound].contains(UInt8(ascii: "\n"))
        else { return }
        var comments = node.comments ?? Node.Comments()
        comments.behind = takeFirst(next)
        node.comments = comments
    }

    /// Gives a node the comments above it and, where it is read from `source`, the one behind it.
    mutating func attach(above: [String], behind source: YAMLNode?, to node: Node) {
        if !above.isEmpty {
            var comments = node.comments ?? Node.Comments()
            comments.above = above
            node.comments = comments
        }
        if let source { attachBehind(source, to: node) }
    }
}
