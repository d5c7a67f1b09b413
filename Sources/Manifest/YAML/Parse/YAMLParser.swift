/// The parser: one pass over the bytes that leaves a flat tape of records.
///
/// It follows the grammar of YAML 1.2.2 without recursion: collections that are still open lie on `stack`,
/// and the state of the topmost one says what may come next. Nothing is allocated for a node.
struct YAMLParser {
    /// A collection that is still open.
    struct Frame {
        var state: State
        /// Index of the collection's record.
        var node: Int32
        /// Block collections: the column of the entries.
        var column: Int
        /// Flow collections: index of the record that the current item begins with.
        var item: Int32 = -1
        /// Flow collections: start of the line on which the current item begins.
        var itemLine = 0
    }

    /// What the topmost open collection expects.
    enum State: UInt8 {
        case blockItem, blockKey, blockValue, blockExplicitValue
        case flowItem, flowItemEnd, flowEntry, flowValue, flowEntryEnd, flowPairValue, flowPairEnd
    }

    /// What the parser leaves behind.
    struct Output {
        var records: [YAMLRecord] = []
        var properties: [YAMLProperties] = []
        var tags: [String] = []
        var comments: [Range<Int32>] = []
        var documents: [YAMLDocumentRecord] = []
        var hasAliases = false
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let end: Int
    let limits: YAML.Limits
    var output = Output()
    var stack: [Frame] = []

    /// The next byte to look at.
    var position = 0
    /// Where the current line begins.
    var lineStart = 0
    /// Offset of the latest token that is the first on its line, with the line's indentation in spaces and
    /// whether tabs follow these.
    var freshToken = -1
    var indent = 0
    var tabbed = false
    /// Whether the fresh token is a document marker or the end of the stream.
    var atBoundary = false
    /// End of the latest node or indicator; where a collection that closes now ends.
    var lastEnd = 0

    /// The outermost flow collection that is open: what becomes of it when it closes.
    var flowRoot = FlowRoot()
    /// How many flow collections are open.
    var flowDepth = 0
    /// Columns that continuation lines inside brackets must at least be indented by.
    var flowIndent = 0

    /// Anchor names of the current document and the properties record each one is defined by.
    var anchors: [String: Int32] = [:]
    /// Tag handles of the current document (`!e!`) and what they stand for.
    var tagHandles: [String: String] = [:]
    var tagIndices: [String: Int32] = [:]
    /// Offsets of the byte order marks before documents.
    var documentPrefixes: [Int32] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: YAML.Limits) {
        self.bytes = bytes
        self.limits = limits
        end = bytes.count
        output.records.reserveCapacity(Swift.min(end / 16, 1 << 16))
    }

    /// The byte at an offset, 0 past the end; the stream itself holds no zero byte.
    @inline(__always)
    func peek(_ offset: Int) -> UInt8 { offset < end ? bytes[offset] : 0 }

    /// The byte to look at, 0 at the end.
    @inline(__always)
    var current: UInt8 { peek(position) }

    /// Whether an offset holds white space, a line break or the end of the stream.
    @inline(__always)
    func isBlank(_ offset: Int) -> Bool {
        guard offset < end else { return true }
        let byte = bytes[offset]
        return byte == Ascii.space || byte == Ascii.newline || byte == Ascii.tab
            || byte == Ascii.carriageReturn
    }

    /// An error at an offset. Line and column are counted now, so on error paths only.
    func fault(_ fault: YAMLFault, at offset: Int) -> ManifestError {
        ManifestError(fault.code, fault.message, at: ManifestError.Position(offset: offset, in: bytes))
    }

    /// The line of an offset, to be named in a message.
    func line(of offset: Int) -> Int { ManifestError.Position(offset: offset, in: bytes).line }
}

// The tape and the stack.
extension YAMLParser {
    /// Appends the record of a node without children.
    mutating func appendLeaf(_ record: YAMLRecord) {
        var record = record
        let index = Int32(truncatingIfNeeded: output.records.count)
        record.next = index + 1
        if record.properties >= 0 { output.properties[Int(record.properties)].node = index }
        output.records.append(record)
        lastEnd = Int(record.end)
    }

    /// Appends an omitted node where it would stand.
    mutating func appendOmitted(at offset: Int, role: Role, properties: Int32 = -1) {
        var place = offset
        if properties >= 0 { place = Int(output.properties[Int(properties)].end) }
        var record = YAMLRecord(.scalar, .plain, start: place, end: place, flags: [.omitted, .verbatim])
        if role.isKey { record.flags.insert(.key) }
        record.indicator = role.indicator
        record.properties = properties
        appendLeaf(record)
    }

    /// Appends the record of a collection and opens it.
    mutating func open(
        _ kind: YAMLNode.Kind, _ style: YAMLNode.Style, start: Int, column: Int, state: State, role: Role,
        properties: Int32
    ) throws(ManifestError) {
        guard stack.count < limits.depth else { throw fault(.tooDeep(limits.depth), at: start) }
        let index = Int32(truncatingIfNeeded: output.records.count)
        var record = YAMLRecord(kind, style, start: start, end: start)
        record.detail = Int32(truncatingIfNeeded: column)
        record.indicator = role.indicator
        if role.isKey { record.flags.insert(.key) }
        record.properties = properties
        if properties >= 0 { output.properties[Int(properties)].node = index }
        output.records.append(record)
        stack.append(Frame(state: state, node: index, column: column))
    }

    /// Closes the topmost collection at the end of its latest node.
    @inline(__always)
    mutating func close() {
        let frame = stack.removeLast()
        output.records[Int(frame.node)].end = Int32(truncatingIfNeeded: lastEnd)
        output.records[Int(frame.node)].next = Int32(truncatingIfNeeded: output.records.count)
    }

    /// Sets what the topmost collection expects.
    @inline(__always)
    mutating func expect(_ state: State) { stack[stack.count - 1].state = state }

    /// Counts one more entry of the topmost collection.
    @inline(__always)
    mutating func countEntry() { output.records[Int(stack[stack.count - 1].node)].count += 1 }

    /// The place of a node in its parent.
    struct Role {
        var indicator: Int32 = -1
        var isKey = false

        static let key = Role(isKey: true)
        init(isKey: Bool = false) { self.isKey = isKey }
        init(indicator: Int, isKey: Bool = false) {
            self.indicator = Int32(truncatingIfNeeded: indicator)
            self.isKey = isKey
        }
    }

    /// Puts a mapping record before the records from `index` on, which become its first key.
    ///
    /// Only keys written in brackets or found inside brackets need this, and a key has at most 1,024 characters,
    /// so the records to move are few.
    mutating func insertMapping(_ mapping: YAMLRecord, before index: Int32) {
        for place in Int(index)..<output.records.count { output.records[place].next += 1 }
        output.records[Int(index)].flags.insert(.key)
        var owner = output.properties.count - 1
        while owner >= 0, output.properties[owner].node >= index || output.properties[owner].node < 0 {
            if output.properties[owner].node >= 0 { output.properties[owner].node += 1 }
            owner -= 1
        }
        if mapping.properties >= 0 { output.properties[Int(mapping.properties)].node = index }
        output.records.insert(mapping, at: Int(index))
    }
}
