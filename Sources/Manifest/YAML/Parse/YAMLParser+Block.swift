// Block nodes and collections (YAML 1.2.2, chapter 8).
extension YAMLParser {
    /// Where a block node is expected.
    struct BlockSlot {
        /// The column of the collection the node belongs to, -1 for the root.
        var parent: Int
        /// Whether a collection may begin on the line of the indicator, as in `- - a`.
        var isCompact = false
        /// Whether a list may stand at the column of its parent, as lists in mappings do.
        var allowsSequenceAtParent = false
        /// Whether the node follows an indicator on its line; false only at the start of a bare document.
        var isInline = true
        var role: Role
    }

    /// Parses the node that belongs in a slot; of a collection only what comes before its second entry.
    ///
    /// Each turn of the loop opens a nested collection and goes on with its first key, item or value.
    mutating func parseBlockNode(_ first: BlockSlot) throws(ManifestError) {
        var slot = first
        while true {
            let origin = position
            // The column at which a block collection could begin here; -1 where none can.
            var column = -1
            if slot.isInline {
                let sawTab = skipWhite()
                if slot.isCompact, !sawTab { column = position - lineStart }
            }
            if !slot.isInline || atLineEnd {
                try skipToToken()
                guard nodeBegins(in: slot) else { return appendOmitted(at: origin, role: slot.role) }
                column = tabbed ? -1 : indent
            }

            // Properties on earlier lines belong to the node; those on the line of a key belong to the key.
            var outer: Int32 = -1
            var own: Int32 = -1
            while current == Ascii.ampersand || current == Ascii.exclamation {
                own = try parseProperties(inFlow: false)
                skipWhite()
                guard atLineEnd else { break }
                try skipToToken()
                outer = try merge(outer, own)
                own = -1
                guard nodeBegins(in: slot) else {
                    return appendOmitted(at: origin, role: slot.role, properties: outer)
                }
                column = tabbed ? -1 : indent
            }

            let start = position
            let outerStart = own >= 0 ? Int(output.properties[Int(own)].start) : start
            if isBlank(start + 1), let state = collectionState(at: start) {
                guard column >= 0 else { throw collectionFault(at: start) }
                guard own < 0 || state == .blockValue else {
                    throw fault(.propertiesBeforeIndicator, at: start)
                }
                let kind: YAMLNode.Kind = state == .blockItem ? .sequence : .mapping
                try open(
                    kind, .block, start: outerStart, column: column, state: state, role: slot.role,
                    properties: outer)
                if state == .blockValue { appendOmitted(at: start, role: .key, properties: own) }
                slot = enterSlot(state, column: column)
                continue
            }

            guard let leaf = try parseBlockLeaf(slot, column: column, outer: outer, own: own) else { return }
            var key = leaf
            key.flags.insert(.key)
            key.properties = own
            try open(
                .mapping, .block, start: outerStart, column: column, state: .blockValue, role: slot.role,
                properties: outer)
            appendLeaf(key)
            slot = enterSlot(.blockValue, column: column)
        }
    }

    /// Parses what is no block collection: a scalar, an alias or the beginning of a flow collection.
    ///
    /// - Returns: nil when the node is done with; the leaf, with the position at the `:`, when it turned out to
    ///   be the first key of a mapping.
    private mutating func parseBlockLeaf(
        _ slot: BlockSlot, column: Int, outer: Int32, own: Int32
    ) throws(ManifestError) -> YAMLRecord? {
        let start = position
        let line = lineStart
        let byte = current
        if byte == Ascii.openBracket || byte == Ascii.openBrace {
            flowRoot = FlowRoot(
                node: Int32(truncatingIfNeeded: output.records.count), line: line, column: column,
                outer: outer,
                own: own, role: slot.role)
            flowIndent = slot.parent + 1
            try openFlow(role: slot.role, properties: own)
            return nil
        }
        var leaf: YAMLRecord
        if byte == Ascii.bar || byte == Ascii.greaterThan {
            leaf = try scanBlockScalar(parent: slot.parent)
        } else {
            leaf = try scanLeaf(minimumIndent: slot.parent + 1, inFlow: false, isKey: false)
            if try colonFollows(leafStart: start, line: line) {
                guard column >= 0 else { throw keyFault(at: start) }
                return leaf
            }
        }
        leaf.properties = try merge(outer, own)
        if leaf.kind == .alias, leaf.properties >= 0 { throw fault(.aliasWithProperties, at: start) }
        leaf.indicator = slot.role.indicator
        if slot.role.isKey { leaf.flags.insert(.key) }
        appendLeaf(leaf)
        return nil
    }

    /// Whether the fresh token can begin the node of a slot by its indentation.
    @inline(__always)
    private func nodeBegins(in slot: BlockSlot) -> Bool {
        if atBoundary { return false }
        if indent > slot.parent { return true }
        return indent == slot.parent && slot.allowsSequenceAtParent && !tabbed && current == Ascii.dash
            && isBlank(position + 1)
    }

    /// The state of the block collection that the indicator at an offset begins.
    @inline(__always)
    private func collectionState(at offset: Int) -> State? {
        switch peek(offset) {
        case Ascii.dash: .blockItem
        case Ascii.question: .blockExplicitValue
        case Ascii.colon: .blockValue
        default: nil
        }
    }

    /// Moves over the indicator at the position; answers the slot of the node after it.
    @inline(__always)
    private mutating func enterSlot(_ state: State, column: Int) -> BlockSlot {
        let indicator = position
        position += 1
        lastEnd = position
        switch state {
        case .blockItem:
            countEntry()
            return BlockSlot(parent: column, isCompact: true, role: Role(indicator: indicator))
        case .blockExplicitValue:
            return BlockSlot(
                parent: column, isCompact: true, allowsSequenceAtParent: true,
                role: Role(indicator: indicator, isKey: true))
        default:
            // The value of a key on this line: no block collection may begin on the line.
            countEntry()
            expect(.blockKey)
            return BlockSlot(parent: column, allowsSequenceAtParent: true, role: Role(indicator: indicator))
        }
    }

    /// Whether a `:` makes what began at `leafStart` a key. Moves to the `:` if so.
    @inline(__always)
    mutating func colonFollows(leafStart: Int, line: Int) throws(ManifestError) -> Bool {
        let leafEnd = position
        skipWhite()
        guard current == Ascii.colon, isBlank(position + 1) else {
            position = leafEnd
            return false
        }
        guard lineStart == line else { throw fault(.multilineKey, at: leafStart) }
        try checkKeyLength(leafStart..<leafEnd)
        return true
    }

    /// A key on one line has at most 1,024 characters, so that a parser need not look further for the `:`.
    @inline(__always)
    func checkKeyLength(_ range: Range<Int>) throws(ManifestError) {
        guard range.count > 1024 else { return }
        var count = 0
        for offset in range where bytes[offset] & 0xC0 != 0x80 { count += 1 }
        if count > 1024 { throw fault(.longKey, at: range.lowerBound) }
    }

    // MARK: Entries after the first

    /// Moves to the next token and answers whether it is another entry of the topmost block collection, which
    /// is closed where it is not.
    @inline(__always)
    private mutating func entryFollows(_ frame: Frame) throws(ManifestError) -> Bool {
        try skipToToken()
        guard position == freshToken else { throw fault(.trailingText, at: position) }
        if atBoundary || indent < frame.column {
            if !atBoundary, tabbed, stack.count == 1 { throw fault(.tabIndentation, at: position) }
            close()
            if !atBoundary { try checkDedent(below: frame.column) }
            return false
        }
        if tabbed { throw fault(.tabIndentation, at: lineStart + indent) }
        if indent > frame.column {
            throw fault(.badIndentation(expected: frame.column, found: indent), at: position)
        }
        return true
    }

    /// A line that is indented less than a collection must be at the column of one that encloses it.
    @inline(__always)
    private func checkDedent(below column: Int) throws(ManifestError) {
        if let parent = stack.last, parent.column >= indent { return }
        guard stack.isEmpty || tabbed else {
            throw fault(.badIndentation(expected: column, found: indent), at: position)
        }
        if tabbed { throw fault(.tabIndentation, at: lineStart + indent) }
    }

    mutating func advanceBlockSequence(_ frame: Frame) throws(ManifestError) {
        guard try entryFollows(frame) else { return }
        guard current == Ascii.dash, isBlank(position + 1) else {
            // A list at the column of its mapping ends at the mapping's next key.
            if stack.count > 1, stack[stack.count - 2].column == frame.column { return close() }
            throw fault(.entryInSequence, at: position)
        }
        try parseBlockNode(enterSlot(.blockItem, column: frame.column))
    }

    mutating func advanceBlockMapping(_ frame: Frame) throws(ManifestError) {
        guard try entryFollows(frame) else { return }
        let start = position
        if isBlank(start + 1) {
            switch current {
            case Ascii.question:
                expect(.blockExplicitValue)
                return try parseBlockNode(enterSlot(.blockExplicitValue, column: frame.column))
            case Ascii.colon:
                appendOmitted(at: start, role: .key)
                return try parseBlockNode(enterSlot(.blockValue, column: frame.column))
            case Ascii.dash:
                throw fault(.itemInMapping, at: start)
            default:
                break
            }
        }
        try parseImplicitKey(frame)
    }

    /// Parses a key that must be followed by `:` on its line, and the value.
    private mutating func parseImplicitKey(_ frame: Frame) throws(ManifestError) {
        var own: Int32 = -1
        if current == Ascii.ampersand || current == Ascii.exclamation {
            own = try parseProperties(inFlow: false)
            skipWhite()
            if atLineEnd { throw fault(.missingColon, at: Int(output.properties[Int(own)].start)) }
        }
        let start = position
        let line = lineStart
        let byte = current
        if byte == Ascii.openBracket || byte == Ascii.openBrace {
            flowRoot = FlowRoot(
                node: Int32(truncatingIfNeeded: output.records.count), line: line, column: frame.column,
                outer: -1, own: own, role: .key, isExpectedKey: true)
            flowIndent = frame.column + 1
            return try openFlow(role: .key, properties: own)
        }
        if own >= 0, byte == Ascii.colon, isBlank(start + 1) {
            appendOmitted(at: start, role: .key, properties: own)
        } else {
            if byte == Ascii.bar || byte == Ascii.greaterThan { throw fault(.multilineKey, at: start) }
            var key = try scanLeaf(minimumIndent: frame.column + 1, inFlow: false, isKey: true)
            guard try colonFollows(leafStart: start, line: line) else {
                throw fault(.missingColon, at: start)
            }
            if key.kind == .alias, own >= 0 { throw fault(.aliasWithProperties, at: start) }
            key.flags.insert(.key)
            key.properties = own
            appendLeaf(key)
        }
        try parseBlockNode(enterSlot(.blockValue, column: frame.column))
    }

    /// After a key written with `?`: its value if a `:` follows at the same column, else an omitted one.
    mutating func advanceExplicitKey(_ frame: Frame) throws(ManifestError) {
        let origin = lastEnd
        try skipToToken()
        guard position == freshToken else { throw fault(.trailingText, at: position) }
        expect(.blockKey)
        if !atBoundary, indent == frame.column, !tabbed, current == Ascii.colon, isBlank(position + 1) {
            var slot = enterSlot(.blockValue, column: frame.column)
            slot.isCompact = true
            return try parseBlockNode(slot)
        }
        countEntry()
        appendOmitted(at: origin, role: Role())
    }

    /// The value of a key in brackets, whose `:` is at the position.
    mutating func parseBlockValue(_ frame: Frame) throws(ManifestError) {
        try parseBlockNode(enterSlot(.blockValue, column: frame.column))
    }

    // MARK: Faults

    /// Why no collection can begin with the indicator at an offset.
    private func collectionFault(at offset: Int) -> ManifestError {
        if tabPrecedes(offset) { return fault(.tabIndentation, at: offset) }
        return fault(peek(offset) == Ascii.dash ? .nestedSequenceOnLine : .nestedMappingOnLine, at: offset)
    }

    /// Why no mapping can begin with the key at an offset.
    func keyFault(at offset: Int) -> ManifestError {
        fault(tabPrecedes(offset) ? .tabIndentation : .nestedMappingOnLine, at: offset)
    }

    private func tabPrecedes(_ offset: Int) -> Bool {
        var place = offset - 1
        while place >= lineStart, Ascii.isWhite(bytes[place]) {
            if bytes[place] == Ascii.tab { return true }
            place -= 1
        }
        return false
    }
}
