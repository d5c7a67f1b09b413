/// One node as the parser records it: where it stands, what it is, and where the next one is.
///
/// Records lie in document order, parents before children, so a tree of any size is one allocation and a
/// subtree is a range of indices. Offsets are 32-bit: a stream is limited to 2 GiB.
struct YAMLRecord: Sendable {
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// The text is the bytes of the span as they stand (within the quotes, of a quoted scalar).
        static let verbatim = Flags(rawValue: 1)
        /// The node is the key of an entry; its value is the node after its subtree.
        static let key = Flags(rawValue: 2)
        /// Nothing is written where the node would stand.
        static let omitted = Flags(rawValue: 4)
        /// A mapping of one entry written without braces inside a flow sequence: `[a: b]`.
        static let pair = Flags(rawValue: 8)
        /// Block scalars: the final line break and trailing blank lines are content (`+`).
        static let keep = Flags(rawValue: 16)
        /// Block scalars: not even the final line break is content (`-`).
        static let strip = Flags(rawValue: 32)
    }

    /// First byte of the content, properties not counted.
    var start: Int32
    /// The byte after the last one.
    var end: Int32
    /// Index of the first record after this node's subtree.
    var next: Int32
    /// Offset of the `-`, `?` or `:` that introduces the node, -1 where none does.
    var indicator: Int32 = -1
    /// Block collections: the column of the entries. Block scalars: the indentation of the content.
    /// Aliases: the properties record of the anchor.
    var detail: Int32 = -1
    /// Collections: the number of entries.
    var count: Int32 = 0
    /// Index of the node's anchor and tag, -1 where it has none.
    var properties: Int32 = -1
    var kind: YAMLNode.Kind
    var style: YAMLNode.Style
    var flags: Flags = []

    init(_ kind: YAMLNode.Kind, _ style: YAMLNode.Style, start: Int, end: Int, flags: Flags = []) {
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
        self.next = 0
        self.kind = kind
        self.style = style
        self.flags = flags
    }
}

/// The anchor and the tag of one node.
struct YAMLProperties: Sendable {
    var start: Int32
    var end: Int32
    /// The anchor's name without `&`, empty where there is none.
    var anchor: Range<Int32> = 0..<0
    /// Index of the resolved tag, -1 where there is none.
    var tag: Int32 = -1
    /// The node the properties belong to.
    var node: Int32 = -1
}

/// One document of a stream on the tape.
struct YAMLDocumentRecord: Sendable {
    /// From the first directive, marker or content byte to the end of the content or of the `...`.
    var span: Range<Int32>
    var root: Int32
    /// Offset of the `---`, -1 where the document begins without.
    var startMarker: Int32
    /// Offset of the `...`, -1 where the document ends without.
    var endMarker: Int32
}

/// A parsed stream: the bytes and the flat records that describe them. Shared by every view.
final class YAMLTape: Sendable {
    let bytes: [UInt8]
    let file: String?
    let limits: YAML.Limits
    let records: [YAMLRecord]
    let properties: [YAMLProperties]
    let tags: [String]
    let comments: [Range<Int32>]
    let documents: [YAMLDocumentRecord]
    /// Whether there is anything to expand in a value.
    let hasAliases: Bool

    init(parsing bytes: [UInt8], file: String?, limits: YAML.Limits) throws(ManifestError) {
        guard bytes.count <= Swift.min(limits.bytes, Int(Int32.max) - 1) else {
            var error = ManifestError(.sizeLimit, YAMLFault.tooLarge(bytes.count, limits.bytes).message)
            error.file = file
            throw error
        }
        let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<YAMLParser.Output, ManifestError> in
            do throws(ManifestError) {
                let exotic = try YAMLCharacters.check(buffer)
                var parser = YAMLParser(buffer, limits: limits)
                try parser.parseStream()
                if exotic { try parser.checkExoticCharacters() }
                return .success(parser.output)
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .failure(var error):
            error.file = file
            throw error
        case .success(let output):
            self.bytes = bytes
            self.file = file
            self.limits = limits
            records = output.records
            properties = output.properties
            tags = output.tags
            comments = output.comments
            documents = output.documents
            hasAliases = output.hasAliases
        }
    }

    /// A fault at an offset, with line and column counted from the start.
    func error(_ fault: YAMLFault, at offset: Int) -> ManifestError {
        let position = bytes.withUnsafeBufferPointer { ManifestError.Position(offset: offset, in: $0) }
        return ManifestError(fault.code, fault.message, at: position, file: file)
    }

    /// The name of the anchor that an alias record points to.
    func name(of range: Range<Int32>) -> String {
        String(decoding: bytes[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
    }
}
