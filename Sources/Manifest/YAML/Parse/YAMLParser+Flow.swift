// Flow collections (YAML 1.2.2, chapter 7.4).
extension YAMLParser {
    /// The outermost flow collection in a block context: what it will be once its bracket closes.
    struct FlowRoot {
        var node: Int32 = -1
        /// Start of the line on which it begins.
        var line = 0
        /// The column of the mapping it would be the first key of, -1 where no mapping can begin.
        var column = -1
        var outer: Int32 = -1
        var own: Int32 = -1
        var role = Role()
        /// Whether it must be the key of the mapping on top of the stack.
        var isExpectedKey = false
    }

    /// Opens the flow collection whose bracket is at the position.
    mutating func openFlow(role: Role, properties: Int32) throws(ManifestError) {
        let isSequence = current == Ascii.openBracket
        try open(
            isSequence ? .sequence : .mapping, .flow, start: position, column: -1,
            state: isSequence ? .flowItem : .flowEntry, role: role, properties: properties)
        flowDepth += 1
        position += 1
    }

    /// One step for the topmost flow collection.
    mutating func advanceFlow(_ frame: Frame) throws(ManifestError) {
        try skipToFlowToken(frame)
        let byte = current
        switch frame.state {
        case .flowItem:
            if byte == Ascii.closeBracket { return try closeFlow() }
            try parseFlowItem()
        case .flowEntry:
            if byte == Ascii.closeBrace { return try closeFlow() }
            try parseFlowEntry()
        case .flowItemEnd:
            if byte == Ascii.colon, isPairKey(frame.item) { return try beginPair(frame) }
            try endFlowEntry(closing: Ascii.closeBracket, next: .flowItem)
        case .flowEntryEnd:
            try endFlowEntry(closing: Ascii.closeBrace, next: .flowEntry)
        case .flowValue, .flowPairValue:
            try parseFlowValue(frame, next: frame.state == .flowValue ? .flowEntryEnd : .flowPairEnd)
        default:
            close()  // A pair ends with its value.
        }
    }

    /// Moves to the next token inside brackets, whose line must be indented enough.
    @inline(__always)
    private mutating func skipToFlowToken(_ frame: Frame) throws(ManifestError) {
        try skipToToken()
        guard position == freshToken else { return }
        if atBoundary { throw unclosedFlow(frame) }
        let byte = current
        // The closing bracket may stand at the column of the key, where most people put it.
        if indent < flowIndent, byte != Ascii.closeBracket, byte != Ascii.closeBrace {
            if tabbed { throw fault(.tabIndentation, at: lineStart + indent) }
            let (open, start) = openBracket(frame)
            throw fault(.flowIndentation(open, line: line(of: start)), at: position)
        }
    }

    private func unclosedFlow(_ frame: Frame) -> ManifestError {
        guard position >= end else { return fault(.markerInBrackets, at: position) }
        let (open, start) = openBracket(frame)
        return fault(.unclosedBracket(open, line: line(of: start)), at: start)
    }

    /// The innermost bracket that is open, and its offset.
    private func openBracket(_ frame: Frame) -> (UInt8, Int) {
        let open = stack.last { !output.records[Int($0.node)].flags.contains(.pair) } ?? frame
        let start = Int(output.records[Int(open.node)].start)
        return (bytes[start], start)
    }

    private mutating func parseFlowItem() throws(ManifestError) {
        if current == Ascii.comma { throw fault(.emptyEntry, at: position) }
        countEntry()
        stack[stack.count - 1].item = Int32(truncatingIfNeeded: output.records.count)
        stack[stack.count - 1].itemLine = lineStart
        expect(.flowItemEnd)
        if current == Ascii.question, isBlank(position + 1) {
            try openPair(start: position)
            return try parseExplicitFlowKey(next: .flowPairValue)
        }
        try parseFlowNode(Role())
    }

    private mutating func parseFlowEntry() throws(ManifestError) {
        if current == Ascii.comma { throw fault(.emptyEntry, at: position) }
        countEntry()
        expect(.flowValue)
        if current == Ascii.question, isBlank(position + 1) {
            return try parseExplicitFlowKey(next: .flowValue)
        }
        stack[stack.count - 1].item = Int32(truncatingIfNeeded: output.records.count)
        try parseFlowNode(.key)
    }

    private mutating func parseExplicitFlowKey(next state: State) throws(ManifestError) {
        let indicator = position
        position += 1
        lastEnd = position
        expect(state)
        stack[stack.count - 1].item = Int32(truncatingIfNeeded: output.records.count)
        if let frame = stack.last { try skipToFlowToken(frame) }
        try parseFlowNode(Role(indicator: indicator, isKey: true))
    }

    /// The value of a key that is complete, or an omitted one where no `:` follows.
    private mutating func parseFlowValue(_ frame: Frame, next state: State) throws(ManifestError) {
        expect(state)
        guard current == Ascii.colon, isValueIndicator(after: frame.item) else {
            return appendOmitted(at: lastEnd, role: Role())
        }
        let indicator = position
        position += 1
        lastEnd = position
        try skipToFlowToken(frame)
        try parseFlowNode(Role(indicator: indicator))
    }

    /// Whether the `:` at the position introduces a value; after a key like JSON's it needs no space.
    @inline(__always)
    private func isValueIndicator(after key: Int32) -> Bool {
        if isBlank(position + 1) || Ascii.isFlowIndicator(bytes[position + 1]) { return true }
        let record = output.records[Int(key)]
        return record.style != .plain
    }

    /// Whether the item before the `:` at the position is the key of a pair; a pair is not.
    private func isPairKey(_ item: Int32) -> Bool {
        isValueIndicator(after: item) && !output.records[Int(item)].flags.contains(.pair)
    }

    @inline(__always)
    private mutating func endFlowEntry(closing bracket: UInt8, next: State) throws(ManifestError) {
        let byte = current
        if byte == Ascii.comma {
            position += 1
            expect(next)
        } else if byte == bracket {
            try closeFlow()
        } else {
            throw entryFault(byte)
        }
    }

    private func entryFault(_ byte: UInt8) -> ManifestError {
        guard byte == Ascii.closeBracket || byte == Ascii.closeBrace, let frame = stack.last else {
            return fault(.missingComma, at: position)
        }
        let open = bytes[Int(output.records[Int(frame.node)].start)]
        return fault(.mismatchedBracket(open: open, found: byte), at: position)
    }

    // MARK: Pairs

    /// Opens a mapping of one entry inside a flow sequence, before its key is parsed.
    private mutating func openPair(start: Int) throws(ManifestError) {
        try open(
            .mapping, .flow, start: start, column: -1, state: .flowPairValue, role: Role(), properties: -1)
        output.records[output.records.count - 1].flags.insert(.pair)
        countEntry()
    }

    /// Makes the item before the `:` at the position the key of a pair.
    private mutating func beginPair(_ frame: Frame) throws(ManifestError) {
        let key = output.records[Int(frame.item)]
        let start = outerStart(of: key)
        guard frame.itemLine == lineStart else { throw fault(.multilineKey, at: start) }
        try checkKeyLength(start..<lastEnd)
        guard stack.count < limits.depth else { throw fault(.tooDeep(limits.depth), at: start) }
        var pair = YAMLRecord(.mapping, .flow, start: start, end: start, flags: .pair)
        pair.count = 1
        insertMapping(pair, before: frame.item)
        var opened = Frame(state: .flowPairValue, node: frame.item, column: -1)
        opened.item = frame.item + 1
        stack.append(opened)
    }

    func outerStart(of record: YAMLRecord) -> Int {
        guard record.properties >= 0 else { return Int(record.start) }
        return Int(Swift.min(record.start, output.properties[Int(record.properties)].start))
    }

    // MARK: Nodes

    /// Parses one node inside brackets; of a collection only its opening bracket.
    @inline(__always)
    private mutating func parseFlowNode(_ role: Role) throws(ManifestError) {
        var properties: Int32 = -1
        while current == Ascii.ampersand || current == Ascii.exclamation {
            properties = try merge(properties, parseProperties(inFlow: true))
            if let frame = stack.last { try skipToFlowToken(frame) }
        }
        let byte = current
        switch byte {
        case Ascii.openBracket, Ascii.openBrace:
            return try openFlow(role: role, properties: properties)
        case Ascii.comma, Ascii.closeBracket, Ascii.closeBrace:
            return appendOmitted(at: lastEnd, role: role, properties: properties)
        case Ascii.colon where isBlank(position + 1) || Ascii.isFlowIndicator(bytes[position + 1]):
            return appendOmitted(at: position, role: role, properties: properties)
        default:
            break
        }
        let start = position
        var leaf = try scanLeaf(minimumIndent: flowIndent, inFlow: true, isKey: false)
        if leaf.kind == .alias, properties >= 0 { throw fault(.aliasWithProperties, at: start) }
        leaf.properties = properties
        leaf.indicator = role.indicator
        if role.isKey { leaf.flags.insert(.key) }
        appendLeaf(leaf)
    }

    /// Closes the flow collection whose bracket is at the position.
    private mutating func closeFlow() throws(ManifestError) {
        position += 1
        lastEnd = position
        close()
        flowDepth -= 1
        if flowDepth == 0 { try finishFlowRoot() }
    }

    /// Finds out whether the flow collection that has just closed is the key of a block mapping.
    private mutating func finishFlowRoot() throws(ManifestError) {
        let root = flowRoot
        let start = Int(output.records[Int(root.node)].start)
        guard try colonFollows(leafStart: start, line: root.line) else {
            if root.isExpectedKey { throw fault(.missingColon, at: start) }
            let properties = try merge(root.outer, root.own)
            output.records[Int(root.node)].properties = properties
            if properties >= 0 { output.properties[Int(properties)].node = root.node }
            return
        }
        if root.isExpectedKey { return expect(.blockValue) }
        guard root.column >= 0 else { throw keyFault(at: start) }
        guard stack.count < limits.depth else { throw fault(.tooDeep(limits.depth), at: start) }
        let key = output.records[Int(root.node)]
        var mapping = YAMLRecord(.mapping, .block, start: outerStart(of: key), end: start)
        mapping.detail = Int32(truncatingIfNeeded: root.column)
        mapping.indicator = root.role.indicator
        mapping.properties = root.outer
        if root.role.isKey { mapping.flags.insert(.key) }
        insertMapping(mapping, before: root.node)
        output.records[Int(root.node) + 1].indicator = -1
        stack.append(Frame(state: .blockValue, node: root.node, column: root.column))
    }
}
