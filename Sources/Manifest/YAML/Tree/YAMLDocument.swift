/// One document of a stream.
public struct YAMLDocument: Sendable {
    let tape: YAMLTape
    let index: Int

    private var record: YAMLDocumentRecord { tape.documents[index] }

    /// From the first directive, marker or content byte to the end of the content or of the `...`.
    public var span: Range<Int> { Int(record.span.lowerBound)..<Int(record.span.upperBound) }

    /// Offset of the `---` line that begins the document, nil where it begins without one.
    public var startMarker: Int? { record.startMarker < 0 ? nil : Int(record.startMarker) }

    /// Offset of the `...` line that ends the document, nil where it ends without one.
    public var endMarker: Int? { record.endMarker < 0 ? nil : Int(record.endMarker) }

    /// The document's node; an empty one (``YAMLNode/isEmpty``) where the document has no content.
    public var root: YAMLNode { YAMLNode(tape: tape, index: record.root) }

    /// The document as kubectl would read it: see ``YAMLNode/value(duplicateKeys:dialect:)``.
    ///
    /// - Throws: ``ManifestError`` with line and column.
    public func value(
        duplicateKeys: YAML.DuplicateKeys = .refused, dialect: YAML.Dialect = .kubectl
    ) throws(ManifestError) -> Value {
        try root.value(duplicateKeys: duplicateKeys, dialect: dialect)
    }
}
