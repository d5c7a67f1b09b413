/// A YAML text and its concrete syntax tree, without loss: printing it gives back its bytes.
///
/// The tree only points into ``bytes``; spans of nodes and comments say where to change them.
///
/// ```swift
/// let stream = try YAMLStream(Array("image: web:1  # pinned\n".utf8))
/// stream.documents[0].root.entries[0].value.span  // 7..<12
/// ```
public struct YAMLStream: Sendable {
    let tape: YAMLTape

    /// Parses the whole stream.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, with or without byte order mark, with any line breaks.
    ///   - file: the name that errors give to the text.
    ///   - limits: what the text may cost.
    /// - Throws: ``ManifestError`` with line and column.
    public init(
        _ bytes: [UInt8], file: String? = nil, limits: YAML.Limits = YAML.Limits()
    ) throws(ManifestError) {
        tape = try YAMLTape(parsing: bytes, file: file, limits: limits)
    }

    /// The text, byte for byte as it was given.
    public var bytes: [UInt8] { tape.bytes }

    /// The name that errors give to the text.
    public var file: String? { tape.file }

    /// The documents in order; none where the stream holds only comments and blank lines.
    public var documents: [YAMLDocument] {
        tape.documents.indices.map { YAMLDocument(tape: tape, index: $0) }
    }

    /// The spans of all comments in order, each from its `#` to the end of its line.
    public var comments: [Range<Int>] {
        tape.comments.map { Int($0.lowerBound)..<Int($0.upperBound) }
    }
}
