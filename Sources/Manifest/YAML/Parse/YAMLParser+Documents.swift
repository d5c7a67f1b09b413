// Streams, documents and directives (YAML 1.2.2, chapters 6.8 and 9).
extension YAMLParser {
    mutating func parseStream() throws(ManifestError) {
        while true {
            try skipDocumentPrefix()
            if position >= end { return }
            if atBoundary, current == Ascii.dot {
                try skipDocumentEnd()
                continue
            }
            let start = position
            if position == lineStart, current == Ascii.percent {
                try parseDirectives()
            }
            try parseDocument(from: start)
            anchors.removeAll(keepingCapacity: true)
            tagHandles.removeAll()
            tagIndices.removeAll()
        }
    }

    /// Moves over blank lines, comments and byte order marks before a document.
    private mutating func skipDocumentPrefix() throws(ManifestError) {
        while true {
            if position == lineStart, peek(position) == 0xEF, peek(position + 1) == 0xBB,
                peek(position + 2) == 0xBF
            {
                documentPrefixes.append(Int32(truncatingIfNeeded: position))
                position += 3
                lineStart = position
                freshToken = -1
            }
            try skipToToken()
            guard position == lineStart, peek(position) == 0xEF, peek(position + 1) == 0xBB,
                peek(position + 2) == 0xBF
            else { return }
        }
    }

    private mutating func parseDocument(from start: Int) throws(ManifestError) {
        var record = YAMLDocumentRecord(
            span: 0..<0, root: Int32(truncatingIfNeeded: output.records.count), startMarker: -1,
            endMarker: -1)
        if atBoundary, current == Ascii.dash {
            record.startMarker = Int32(truncatingIfNeeded: position)
            position += 3
            lastEnd = position
            freshToken = -1
        }
        try parseBlockNode(BlockSlot(parent: -1, isInline: record.startMarker >= 0, role: Role()))
        while let frame = stack.last { try advance(frame) }
        try skipToToken()
        guard atBoundary else {
            throw fault(position == freshToken ? .secondRoot : .trailingText, at: position)
        }
        if current == Ascii.dot {
            record.endMarker = Int32(truncatingIfNeeded: position)
            lastEnd = position + 3
            try skipDocumentEnd()
        }
        record.span = Int32(truncatingIfNeeded: start)..<Int32(truncatingIfNeeded: lastEnd)
        output.documents.append(record)
    }

    /// Moves over `...` and the rest of its line, which may only be a comment.
    private mutating func skipDocumentEnd() throws(ManifestError) {
        position += 3
        freshToken = -1
        try skipToToken()
        guard position == freshToken || position >= end else { throw fault(.trailingText, at: position) }
    }

    /// One step for the topmost open collection.
    @inline(__always)
    private mutating func advance(_ frame: Frame) throws(ManifestError) {
        switch frame.state {
        case .blockItem: try advanceBlockSequence(frame)
        case .blockKey: try advanceBlockMapping(frame)
        case .blockValue: try parseBlockValue(frame)
        case .blockExplicitValue: try advanceExplicitKey(frame)
        default: try advanceFlow(frame)
        }
    }

    private mutating func parseDirectives() throws(ManifestError) {
        var sawVersion = false
        while position == lineStart, current == Ascii.percent {
            let start = position
            let words = directiveWords()
            switch words.first {
            case "%YAML":
                guard !sawVersion, words.count == 2 else { throw fault(.badDirective("YAML"), at: start) }
                sawVersion = true
                try checkVersion(words[1], at: start)
            case "%TAG":
                guard words.count == 3, isTagHandle(words[1]), tagHandles[words[1]] == nil else {
                    throw fault(.badDirective("TAG"), at: start)
                }
                tagHandles[words[1]] = words[2]
            default:
                break  // Reserved directives are to be ignored (6.8).
            }
            try skipToToken()
            guard position == freshToken else { throw fault(.badDirective(""), at: position) }
        }
        guard atBoundary, current == Ascii.dash else { throw fault(.directiveWithoutDocument, at: position) }
    }

    /// Splits the directive's line at white space, up to a comment.
    private mutating func directiveWords() -> [String] {
        var words: [String] = []
        while !atLineEnd {
            let start = position
            while !isBlank(position) { position += 1 }
            words.append(String(decoding: bytes[start..<position], as: UTF8.self))
            skipWhite()
        }
        return words
    }

    /// Any 1.x is read as 1.2, as the specification asks.
    private func checkVersion(_ version: String, at offset: Int) throws(ManifestError) {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        let areNumbers = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(Ascii.isDigit) }
        guard parts.count == 2, areNumbers else { throw fault(.badDirective("YAML"), at: offset) }
        guard parts[0] == "1" else { throw fault(.unsupportedVersion(version), at: offset) }
    }

    private func isTagHandle(_ handle: String) -> Bool {
        let bytes = Array(handle.utf8)
        guard bytes.first == Ascii.exclamation, bytes.last == Ascii.exclamation else { return false }
        return bytes.count <= 2 || bytes[1..<(bytes.count - 1)].allSatisfy(Self.isWordCharacter)
    }

    static func isWordCharacter(_ byte: UInt8) -> Bool {
        Ascii.isDigit(byte) || byte == Ascii.dash || (byte | 0x20) &- 0x61 < 26
    }
}
