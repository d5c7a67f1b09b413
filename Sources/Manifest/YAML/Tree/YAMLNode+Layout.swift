// Where the marks around a node stand, so that an editor needs to scan nothing again.
extension YAMLNode {
    /// Offset of the `-` of an item, the `:` of a value or the `?` of a key; nil where there is none.
    public var indicatorOffset: Int? { record.indicator < 0 ? nil : Int(record.indicator) }

    /// The column of the entries of a block collection, from 0; nil for other nodes.
    public var entryColumn: Int? { record.style == .block ? Int(record.detail) : nil }

    /// The indentation of a block scalar's text in spaces, nil for other nodes.
    public var textIndent: Int? {
        record.style == .literal || record.style == .folded ? Int(record.detail) : nil
    }

    /// Whether the node is a mapping of one entry without braces inside a flow sequence, as in `[a: b]`.
    public var isPair: Bool { record.flags.contains(.pair) }

    /// Where the node with its properties begins.
    public var outerStart: Int { Swift.min(propertiesSpan?.lowerBound ?? span.lowerBound, span.lowerBound) }
}
