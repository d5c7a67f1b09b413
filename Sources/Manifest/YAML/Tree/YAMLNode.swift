/// A node of the syntax tree: a view of one record of the parsed stream, cheap to copy.
public struct YAMLNode: Sendable {
    /// What a node is.
    public enum Kind: UInt8, Sendable {
        case scalar, mapping, sequence, alias
    }

    /// How a node is written. Aliases and omitted nodes are plain.
    public enum Style: UInt8, Sendable {
        case plain, singleQuoted, doubleQuoted, literal, folded
        /// A collection by indentation.
        case block
        /// A collection in brackets.
        case flow
    }

    let tape: YAMLTape
    let index: Int32

    var record: YAMLRecord { tape.records[Int(index)] }

    public var kind: Kind { record.kind }

    public var style: Style { record.style }

    /// The bytes of the content, properties not counted.
    ///
    /// Scalars: from the quote or block indicator to the last byte of text, the final line break of a block
    /// scalar not counted (blank lines that `+` keeps are). Block collections: from the start of the first
    /// entry (its properties or indicator) to the end of the last one's content. Flow collections: from bracket
    /// to bracket.
    public var span: Range<Int> { Int(record.start)..<Int(record.end) }

    /// The anchor and the tag, nil where the node has neither. Comments and line breaks may lie between them.
    public var propertiesSpan: Range<Int>? {
        properties.map { Int($0.start)..<Int($0.end) }
    }

    /// The anchor's name without `&`; of an alias, the name it refers to.
    public var anchor: String? {
        if record.kind == .alias { return tape.name(of: record.start + 1..<record.end) }
        guard let properties, !properties.anchor.isEmpty else { return nil }
        return tape.name(of: properties.anchor)
    }

    /// The tag in full, `tag:yaml.org,2002:str` for `!!str`; `!` for the non-specific tag.
    public var tag: String? {
        guard let properties, properties.tag >= 0 else { return nil }
        return tape.tags[Int(properties.tag)]
    }

    private var properties: YAMLProperties? {
        record.properties < 0 ? nil : tape.properties[Int(record.properties)]
    }

    /// Whether nothing is written where the node would stand, as for the value in `key:`.
    public var isEmpty: Bool { record.flags.contains(.omitted) }

    /// The text of a scalar with escapes, folding and chomping done; empty for other nodes.
    public var scalarText: String {
        guard record.kind == .scalar else { return "" }
        return tape.bytes.withUnsafeBufferPointer { YAMLText.string(of: record, in: $0) }
    }

    /// The entries of a mapping in order; none for other nodes. Entries of `<<` are not expanded.
    public var entries: [(key: YAMLNode, value: YAMLNode)] {
        guard record.kind == .mapping else { return [] }
        var entries: [(key: YAMLNode, value: YAMLNode)] = []
        entries.reserveCapacity(Int(record.count))
        var child = index + 1
        while child < record.next {
            let key = YAMLNode(tape: tape, index: child)
            let value = YAMLNode(tape: tape, index: key.record.next)
            entries.append((key, value))
            child = value.record.next
        }
        return entries
    }

    /// The items of a sequence in order; none for other nodes.
    public var items: [YAMLNode] {
        guard record.kind == .sequence else { return [] }
        var items: [YAMLNode] = []
        items.reserveCapacity(Int(record.count))
        var child = index + 1
        while child < record.next {
            let item = YAMLNode(tape: tape, index: child)
            items.append(item)
            child = item.record.next
        }
        return items
    }

    /// The node that an alias stands for; the node itself where it is no alias.
    public var target: YAMLNode {
        guard record.kind == .alias else { return self }
        return YAMLNode(tape: tape, index: tape.properties[Int(record.detail)].node)
    }

    /// Where the node begins. Counted from the start of the stream, so for messages rather than for loops.
    public var position: ManifestError.Position {
        tape.bytes.withUnsafeBufferPointer { ManifestError.Position(offset: Int(record.start), in: $0) }
    }

    /// The node as kubectl would read it.
    ///
    /// Plain scalars become booleans, numbers and null by kubectl's rules, keys become strings, aliases are
    /// replaced by what they name and merge keys (`<<`) are expanded.
    ///
    /// - Throws: ``ManifestError`` with line and column: `duplicateKey`, `unsupported` for a key that is no
    ///   scalar or a number that is not finite, `sizeLimit` or `depthLimit` for aliases that expand too far.
    public func value(
        duplicateKeys: YAML.DuplicateKeys = .refused, dialect: YAML.Dialect = .kubectl
    ) throws(ManifestError) -> Value {
        try YAMLValueBuilder.value(of: index, on: tape, duplicateKeys: duplicateKeys, dialect: dialect)
    }
}
