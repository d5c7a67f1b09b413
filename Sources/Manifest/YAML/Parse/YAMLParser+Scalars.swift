// Plain and quoted scalars (YAML 1.2.2, chapter 7.3).
extension YAMLParser {
    /// Scans the plain or quoted scalar or the alias at the position and moves past it.
    ///
    /// - Parameters:
    ///   - minimumIndent: the spaces that further lines of the scalar must be indented by.
    ///   - inFlow: whether the scalar stands inside brackets.
    ///   - isKey: whether only one line is wanted.
    @inline(__always)
    mutating func scanLeaf(
        minimumIndent: Int, inFlow: Bool, isKey: Bool
    ) throws(ManifestError) -> YAMLRecord {
        switch current {
        case Ascii.doubleQuote:
            return try scanDoubleQuoted(minimumIndent: minimumIndent)
        case Ascii.singleQuote:
            return try scanSingleQuoted(minimumIndent: minimumIndent)
        case Ascii.asterisk:
            return try scanAlias()
        default:
            try checkPlainStart(inFlow: inFlow)
            return try scanPlain(minimumIndent: minimumIndent, inFlow: inFlow, isKey: isKey)
        }
    }

    @inline(__always)
    private func checkPlainStart(inFlow: Bool) throws(ManifestError) {
        let byte = current
        if byte > Ascii.backtick, byte < Ascii.openBrace { return }
        try checkRarePlainStart(byte, inFlow: inFlow)
    }

    private func checkRarePlainStart(_ byte: UInt8, inFlow: Bool) throws(ManifestError) {
        switch byte {
        case Ascii.dash, Ascii.question, Ascii.colon:
            let isSafe = !isBlank(position + 1) && !(inFlow && Ascii.isFlowIndicator(bytes[position + 1]))
            if isSafe { return }
            if position > 1, bytes[position - 1] == Ascii.openBrace, bytes[position - 2] == Ascii.openBrace {
                throw fault(.template, at: position - 2)
            }
            throw fault(inFlow && byte == Ascii.dash ? .blockInBrackets : .strayIndicator(byte), at: position)
        case Ascii.comma, Ascii.closeBracket, Ascii.closeBrace:
            throw fault(.strayIndicator(byte), at: position)
        case Ascii.bar, Ascii.greaterThan, Ascii.percent, Ascii.at, Ascii.backtick, Ascii.hash:
            throw fault(.reservedIndicator(byte), at: position)
        default:
            return
        }
    }

    // MARK: Plain

    @inline(__always)
    private mutating func scanPlain(
        minimumIndent: Int, inFlow: Bool, isKey: Bool
    ) throws(ManifestError) -> YAMLRecord {
        let start = position
        inFlow ? scanFlowLine() : scanBlockLine()
        let stop = position
        trimWhite(downTo: start)
        let record = YAMLRecord(.scalar, .plain, start: start, end: position, flags: .verbatim)
        guard !isKey, stop < end, Ascii.isBreak(bytes[stop]) else { return record }
        return try continuePlain(record, stop: stop, minimumIndent: minimumIndent, inFlow: inFlow)
    }

    /// Goes on with a plain scalar on the lines after its first, as long as they belong to it.
    private mutating func continuePlain(
        _ first: YAMLRecord, stop: Int, minimumIndent: Int, inFlow: Bool
    ) throws(ManifestError) -> YAMLRecord {
        var record = first
        var stop = stop
        while stop < end, Ascii.isBreak(bytes[stop]) {
            let contentEnd = position
            let line = lineStart
            position = stop
            let spaces = skipLinesInScalar()
            guard spaces >= minimumIndent, plainContinues(inFlow: inFlow) else {
                position = contentEnd
                lineStart = line
                break
            }
            let start = position
            inFlow ? scanFlowLine() : scanBlockLine()
            stop = position
            if !inFlow, stop < end, bytes[stop] == Ascii.colon {
                throw fault(.keyOnContinuationLine(line: self.line(of: Int(record.start))), at: start)
            }
            trimWhite(downTo: start)
            record.flags.remove(.verbatim)
            record.end = Int32(truncatingIfNeeded: position)
        }
        return record
    }

    /// Whether the line that the position is on goes on with a plain scalar.
    private func plainContinues(inFlow: Bool) -> Bool {
        guard position < end else { return false }
        let byte = bytes[position]
        if byte == Ascii.hash { return false }
        if position == lineStart, isMarker(position) { return false }
        guard inFlow else { return true }
        if Ascii.isFlowIndicator(byte) { return false }
        return byte != Ascii.colon
            || !(isBlank(position + 1) || Ascii.isFlowIndicator(bytes[position + 1]))
    }

    /// Moves to what ends plain text in a block context: a line break, `: ` or ` #`.
    @inline(__always)
    private mutating func scanBlockLine() {
        let start = position
        var place = position
        while place < end {
            let byte = bytes[place]
            if byte > Ascii.colon {
                place &+= 1
                continue
            }
            if byte == Ascii.newline || byte == Ascii.carriageReturn { break }
            if byte == Ascii.colon, isBlank(place &+ 1) { break }
            if byte == Ascii.hash, place > start, Ascii.isWhite(bytes[place &- 1]) { break }
            place &+= 1
        }
        position = place
    }

    /// Moves to what ends plain text inside brackets.
    private mutating func scanFlowLine() {
        let start = position
        while position < end {
            let byte = bytes[position]
            if Ascii.isBreak(byte) || Ascii.isFlowIndicator(byte) { return }
            if byte == Ascii.colon,
                isBlank(position + 1) || Ascii.isFlowIndicator(bytes[position + 1])
            {
                return
            }
            if byte == Ascii.hash, position > start, Ascii.isWhite(bytes[position - 1]) { return }
            position &+= 1
        }
    }

    /// Moves back over white space at the end of a line of text.
    @inline(__always)
    private mutating func trimWhite(downTo start: Int) {
        while position > start, Ascii.isWhite(bytes[position &- 1]) { position &-= 1 }
    }

    // MARK: Quoted

    private mutating func scanDoubleQuoted(minimumIndent: Int) throws(ManifestError) -> YAMLRecord {
        let start = position
        var flags: YAMLRecord.Flags = .verbatim
        position += 1
        while position < end {
            let byte = bytes[position]
            if byte == Ascii.doubleQuote {
                position += 1
                return YAMLRecord(.scalar, .doubleQuoted, start: start, end: position, flags: flags)
            }
            if byte == Ascii.backslash {
                flags = []
                try scanEscape(quote: start, minimumIndent: minimumIndent)
            } else if byte == Ascii.newline || byte == Ascii.carriageReturn {
                flags = []
                try continueQuoted(start, minimumIndent: minimumIndent)
            } else {
                position &+= 1
            }
        }
        throw fault(.unclosedQuote(line: line(of: start)), at: start)
    }

    private mutating func scanSingleQuoted(minimumIndent: Int) throws(ManifestError) -> YAMLRecord {
        let start = position
        var flags: YAMLRecord.Flags = .verbatim
        position += 1
        while position < end {
            let byte = bytes[position]
            if byte == Ascii.singleQuote {
                position += 1
                guard current == Ascii.singleQuote else {
                    return YAMLRecord(.scalar, .singleQuoted, start: start, end: position, flags: flags)
                }
                flags = []
                position += 1
            } else if byte == Ascii.newline || byte == Ascii.carriageReturn {
                flags = []
                try continueQuoted(start, minimumIndent: minimumIndent)
            } else {
                position &+= 1
            }
        }
        throw fault(.unclosedQuote(line: line(of: start)), at: start)
    }

    /// Moves to the next line of quoted text, which must be indented and no document marker.
    private mutating func continueQuoted(_ quote: Int, minimumIndent: Int) throws(ManifestError) {
        let spaces = skipLinesInScalar()
        guard position < end else { return }
        if position == lineStart, isMarker(position) { throw fault(.markerInQuotes, at: position) }
        guard spaces >= minimumIndent else {
            let isTab = bytes[lineStart + spaces] == Ascii.tab
            throw fault(isTab ? .tabIndentation : .quoteIndentation(line: line(of: quote)), at: position)
        }
    }

    /// Checks the escape at the position and moves past it (rules 41 to 62).
    private mutating func scanEscape(quote: Int, minimumIndent: Int) throws(ManifestError) {
        let start = position
        guard start + 1 < end else { throw fault(.unclosedQuote(line: line(of: quote)), at: quote) }
        position += 2
        switch bytes[start + 1] {
        case Ascii.newline, Ascii.carriageReturn:
            position = start + 1
            try continueQuoted(quote, minimumIndent: minimumIndent)
        case UInt8(ascii: "x"): try scanHexEscape(from: start, digits: 2)
        case UInt8(ascii: "u"): try scanHexEscape(from: start, digits: 4)
        case UInt8(ascii: "U"): try scanHexEscape(from: start, digits: 8)
        default:
            guard YAMLText.simpleEscape(bytes[start + 1]) != nil else {
                throw fault(.unknownEscape(bytes[start + 1]), at: start)
            }
        }
    }

    private mutating func scanHexEscape(from start: Int, digits: Int) throws(ManifestError) {
        guard var code = hexNumber(at: start + 2, digits: digits) else {
            throw fault(.badHexEscape(digits), at: start)
        }
        position = start + 2 + digits
        // JSON writes characters beyond U+FFFF as two escapes, and JSON is YAML.
        if (0xD800..<0xDC00).contains(code), peek(position) == Ascii.backslash,
            peek(position + 1) == UInt8(ascii: "u"), let low = hexNumber(at: position + 2, digits: 4),
            (0xDC00..<0xE000).contains(low)
        {
            code = 0x10000
            position += 6
        }
        guard Unicode.Scalar(code) != nil else { throw fault(.badScalarValue, at: start) }
    }

    private func hexNumber(at offset: Int, digits: Int) -> UInt32? {
        var number: UInt32 = 0
        for place in offset..<offset + digits {
            guard let digit = Ascii.hexValue(peek(place)) else { return nil }
            number = number << 4 | digit
        }
        return number
    }
}
