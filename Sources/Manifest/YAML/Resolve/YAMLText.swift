/// The text of scalars: quotes, escapes, line folding, indentation and chomping removed.
///
/// Works on records that the parser has accepted, so it meets no malformed input.
enum YAMLText {
    /// The text of a scalar record.
    static func string(of record: YAMLRecord, in bytes: UnsafeBufferPointer<UInt8>) -> String {
        if record.flags.contains(.verbatim) {
            return String(decoding: verbatim(record, in: bytes), as: UTF8.self)
        }
        var text: [UInt8] = []
        text.reserveCapacity(Int(record.end - record.start))
        let content = Int(record.start)..<Int(record.end)
        switch record.style {
        case .doubleQuoted: appendDoubleQuoted(bytes, content, to: &text)
        case .singleQuoted:
            appendFolded(bytes, content.lowerBound + 1..<content.upperBound - 1, true, to: &text)
        case .literal, .folded: appendBlock(record, in: bytes, to: &text)
        default: appendFolded(bytes, content, false, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a scalar whose text stands in the stream as it is.
    @inline(__always)
    static func verbatim(
        _ record: YAMLRecord, in bytes: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        let quote = record.style == .plain ? 0 : 1
        return UnsafeBufferPointer(rebasing: bytes[Int(record.start) + quote..<Int(record.end) - quote])
    }

    /// Plain and single-quoted text: line breaks are folded, and of two single quotes one stays.
    private static func appendFolded(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ isQuoted: Bool, to text: inout [UInt8]
    ) {
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = bytes[place]
            if Ascii.isBreak(byte) {
                while let last = text.last, Ascii.isWhite(last) { text.removeLast() }
                appendFold(bytes, &place, range.upperBound, to: &text)
            } else {
                text.append(byte)
                place += isQuoted && byte == Ascii.singleQuote ? 2 : 1
            }
        }
    }

    /// Replaces the line break at `place`, the blank lines and the indentation after it: one break becomes a
    /// space, more breaks become one less.
    private static func appendFold(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ end: Int, to text: inout [UInt8]
    ) {
        let breaks = skipBreaks(bytes, &place, end)
        if breaks == 1 { text.append(Ascii.space) }
        for _ in 1..<Swift.max(breaks, 1) { text.append(Ascii.newline) }
    }

    /// Moves over line breaks and white space; answers the number of line breaks.
    private static func skipBreaks(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ end: Int
    ) -> Int {
        var breaks = 0
        while place < end {
            if Ascii.isBreak(bytes[place]) {
                breaks += 1
                if bytes[place] == Ascii.carriageReturn, place + 1 < end, bytes[place + 1] == Ascii.newline {
                    place += 1
                }
            } else if !Ascii.isWhite(bytes[place]) {
                break
            }
            place += 1
        }
        return breaks
    }

    // MARK: Double quotes

    private static func appendDoubleQuoted(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to text: inout [UInt8]
    ) {
        var place = range.lowerBound + 1
        let end = range.upperBound - 1
        // White space before it was escaped or is followed by text, so a line break does not remove it.
        var kept = 0
        while place < end {
            let byte = bytes[place]
            if byte == Ascii.backslash {
                appendEscape(bytes, &place, end, to: &text)
                kept = text.count
            } else if Ascii.isBreak(byte) {
                while text.count > kept, let last = text.last, Ascii.isWhite(last) { text.removeLast() }
                appendFold(bytes, &place, end, to: &text)
                kept = text.count
            } else {
                text.append(byte)
                place += 1
            }
        }
    }

    private static func appendEscape(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ end: Int, to text: inout [UInt8]
    ) {
        let kind = bytes[place + 1]
        place += 2
        switch kind {
        case Ascii.newline, Ascii.carriageReturn:
            place -= 1
            for _ in 1..<Swift.max(skipBreaks(bytes, &place, end), 1) { text.append(Ascii.newline) }
        case UInt8(ascii: "x"): append(number(bytes, &place, 2), to: &text)
        case UInt8(ascii: "U"): append(number(bytes, &place, 8), to: &text)
        case UInt8(ascii: "u"):
            var code = number(bytes, &place, 4)
            if (0xD800..<0xDC00).contains(code) {
                place += 2
                code = 0x10000 + (code - 0xD800) << 10 + (number(bytes, &place, 4) - 0xDC00)
            }
            append(code, to: &text)
        default:
            append(simpleEscape(kind)?.value ?? 0xFFFD, to: &text)
        }
    }

    private static func append(_ code: UInt32, to text: inout [UInt8]) {
        text.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
    }

    private static func number(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ digits: Int
    ) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<digits {
            number = number << 4 | (Ascii.hexValue(bytes[place]) ?? 0)
            place += 1
        }
        return number
    }

    /// What a one-character escape stands for, nil where there is no such escape.
    static func simpleEscape(_ byte: UInt8) -> Unicode.Scalar? {
        switch byte {
        case UInt8(ascii: "0"): "\0"
        case UInt8(ascii: "a"): "\u{07}"
        case UInt8(ascii: "b"): "\u{08}"
        case UInt8(ascii: "t"), Ascii.tab: "\t"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "v"): "\u{0B}"
        case UInt8(ascii: "f"): "\u{0C}"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "e"): "\u{1B}"
        case Ascii.space: " "
        case Ascii.doubleQuote: "\""
        case Ascii.slash: "/"
        case Ascii.backslash: "\\"
        case UInt8(ascii: "N"): "\u{85}"
        case UInt8(ascii: "_"): "\u{A0}"
        case UInt8(ascii: "L"): "\u{2028}"
        case UInt8(ascii: "P"): "\u{2029}"
        default: nil
        }
    }

    // MARK: Block scalars

    private static func appendBlock(
        _ record: YAMLRecord, in bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]
    ) {
        let indent = Int(record.detail)
        let isFolded = record.style == .folded
        let end = Int(record.end)
        var place = Int(record.start)
        while place < bytes.count, !Ascii.isBreak(bytes[place]) { place += 1 }
        place = afterBreak(bytes, place)
        // Blank lines since the last line of text, and whether that began with white space.
        var blankLines = 0
        var hasText = false
        var wasSpaced = false
        while place < bytes.count, place <= end {
            let line = place
            while place < end, place - line < indent, bytes[place] == Ascii.space { place += 1 }
            let start = place
            while place < end, !Ascii.isBreak(bytes[place]) { place += 1 }
            if place > start {
                let isSpaced = Ascii.isWhite(bytes[start])
                let folds = isFolded && hasText && !wasSpaced && !isSpaced
                let breaks = folds || !hasText ? blankLines : blankLines + 1
                if folds, blankLines == 0 { text.append(Ascii.space) }
                for _ in 0..<breaks { text.append(Ascii.newline) }
                text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<place]))
                hasText = true
                wasSpaced = isSpaced
                blankLines = 0
            } else {
                blankLines += 1
            }
            place = afterBreak(bytes, place)
        }
        guard !record.flags.contains(.strip) else { return }
        // Blank lines are within the span only where they are kept.
        if hasText { text.append(Ascii.newline) }
        for _ in 0..<blankLines where record.flags.contains(.keep) { text.append(Ascii.newline) }
    }

    private static func afterBreak(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
        guard place < bytes.count else { return place + 1 }
        let isPair =
            bytes[place] == Ascii.carriageReturn && place + 1 < bytes.count
            && bytes[place + 1] == Ascii.newline
        return place + (isPair ? 2 : 1)
    }
}
