// White space, line breaks, comments and document markers (YAML 1.2.2, chapter 6).
extension YAMLParser {
    /// Moves over spaces and tabs on the line; answers whether there was a tab.
    @discardableResult
    @inline(__always)
    mutating func skipWhite() -> Bool {
        var sawTab = false
        while position < end {
            let byte = bytes[position]
            if byte == Ascii.tab {
                sawTab = true
            } else if byte != Ascii.space {
                break
            }
            position &+= 1
        }
        return sawTab
    }

    /// Whether the position is at a line break, a comment or the end of the stream.
    @inline(__always)
    var atLineEnd: Bool {
        guard position < end else { return true }
        let byte = bytes[position]
        return byte == Ascii.newline || byte == Ascii.carriageReturn || byte == Ascii.hash
    }

    /// The offset after the line break at an offset.
    @inline(__always)
    func afterBreak(_ offset: Int) -> Int {
        if bytes[offset] == Ascii.carriageReturn, peek(offset &+ 1) == Ascii.newline { return offset &+ 2 }
        return offset &+ 1
    }

    /// Moves to the next token, over white space, line breaks and comments.
    mutating func skipToToken() throws(ManifestError) {
        if position == freshToken { return }
        var atLineStart = position == lineStart
        atBoundary = false
        while true {
            if atLineStart {
                let start = position
                while position < end, bytes[position] == Ascii.space { position &+= 1 }
                indent = position &- start
                tabbed = current == Ascii.tab
                if tabbed { skipWhite() }
            } else {
                skipWhite()
            }
            guard position < end else {
                atBoundary = true
                freshToken = position
                return
            }
            switch bytes[position] {
            case Ascii.newline, Ascii.carriageReturn:
                position = afterBreak(position)
                lineStart = position
                atLineStart = true
            case Ascii.hash:
                try skipComment()
            default:
                if atLineStart {
                    freshToken = position
                    atBoundary = position == lineStart && isMarker(position)
                }
                return
            }
        }
    }

    private mutating func skipComment() throws(ManifestError) {
        if position > lineStart, !Ascii.isWhite(bytes[position - 1]) {
            throw fault(.commentNeedsSpace, at: position)
        }
        let start = position
        while position < end, !Ascii.isBreak(bytes[position]) { position &+= 1 }
        output.comments.append(Int32(truncatingIfNeeded: start)..<Int32(truncatingIfNeeded: position))
    }

    /// Whether `---` or `...` stands at an offset, which must be the start of a line.
    func isMarker(_ offset: Int) -> Bool {
        let byte = peek(offset)
        guard byte == Ascii.dash || byte == Ascii.dot else { return false }
        return peek(offset + 1) == byte && peek(offset + 2) == byte && isBlank(offset + 3)
    }

    /// Moves over one line break, blank lines and the indentation of the line after them, for a scalar that
    /// continues there.
    ///
    /// - Returns: the indentation in spaces of the line that the position is now on.
    mutating func skipLinesInScalar() -> Int {
        while true {
            position = afterBreak(position)
            lineStart = position
            while position < end, bytes[position] == Ascii.space { position &+= 1 }
            let spaces = position &- lineStart
            if current == Ascii.tab { skipWhite() }
            guard position < end, Ascii.isBreak(bytes[position]) else { return spaces }
        }
    }

    /// Refuses characters outside quoted scalars that only these may hold. Called where there are any.
    func checkExoticCharacters() throws(ManifestError) {
        var record = 0
        var prefixes = documentPrefixes[...]
        var place = 0
        while place < end {
            let length = Swift.max(YAMLCharacters.sequenceLength(bytes, at: place), 1)
            if YAMLCharacters.isExotic(bytes, at: place) {
                // Quoted scalars do not nest, so the last one that begins before the place is the only candidate.
                while record < output.records.count,
                    Int(output.records[record].end) <= place
                        || !isQuoted(output.records[record])
                {
                    record += 1
                }
                let isInside = record < output.records.count && Int(output.records[record].start) < place
                let isPrefix = prefixes.first.map(Int.init) == place
                if isPrefix { prefixes.removeFirst() }
                guard isInside || isPrefix else {
                    let text = String(
                        decoding: UnsafeBufferPointer(rebasing: bytes[place..<place + length]), as: UTF8.self
                    )
                    let scalar = text.unicodeScalars.first?.value ?? 0
                    throw fault(.controlCharacter(scalar), at: place)
                }
            }
            place += length
        }
    }

    private func isQuoted(_ record: YAMLRecord) -> Bool {
        record.style == .doubleQuoted || record.style == .singleQuoted
    }
}
