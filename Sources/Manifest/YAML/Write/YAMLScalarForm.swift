/// What the characters of a string allow: the style kubectl would write it in, and which others could hold it.
///
/// The rules are those of the emitter behind `kubectl -o yaml` (go-yaml 2), so that output does not differ
/// from what people see there. In three places more is quoted, where some YAML 1.1 reader would otherwise
/// not get the string back: `=` and `<<`, dates and hexadecimal numbers out of range, and text with the
/// line separators U+2028 and U+2029.
struct YAMLScalarForm {
    /// The styles strings are written in.
    enum Style: Sendable {
        case plain, singleQuoted, doubleQuoted, literal
    }

    /// The style kubectl chooses in a block context.
    let style: Style
    /// The style for one line of a block context: ``style``, quotes standing in for a block.
    var lineStyle: Style { style == .literal ? .doubleQuoted : style }
    /// Whether the text stands unquoted on its own line, or between the brackets of a flow collection.
    let allowsPlain: Bool
    let allowsPlainInFlow: Bool
    /// Whether the text can stand between single quotes on one line.
    let allowsSingleQuotes: Bool
    /// Whether the text holds a line break.
    let isMultiline: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        let scan = Scan(bytes)
        let resolvesToString = !YAMLPlainTypes.isTyped(bytes)
        isMultiline = scan.hasBreak
        allowsPlain = resolvesToString && scan.allowsPlain
        allowsPlainInFlow = allowsPlain && !scan.hasFlowIndicator
        allowsSingleQuotes = !scan.hasSpecial && !scan.hasBreak
        if scan.hasBreak {
            style = scan.allowsLiteral ? .literal : .doubleQuoted
        } else if !resolvesToString || scan.hasSpecial {
            style = .doubleQuoted
        } else {
            style = scan.allowsPlain ? .plain : .singleQuoted
        }
    }

    init(_ text: String) {
        var text = text
        self = text.withUTF8 { YAMLScalarForm($0) }
    }

    /// What one pass over the characters finds.
    private struct Scan {
        var hasBreak = false
        var hasSpecial = false
        var hasFlowIndicator = false
        var hasBlockIndicator = false
        var hasSpaceAtEdge = false
        var hasTrailingSpace = false
        var hasSpaceBeforeBreak = false

        var allowsPlain: Bool { !hasBreak && !hasSpecial && !hasBlockIndicator && !hasSpaceAtEdge }
        var allowsLiteral: Bool { !hasSpecial && !hasTrailingSpace && !hasSpaceBeforeBreak }

        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let first = bytes.first, let last = bytes.last else { return }
            scanStart(bytes, first: first)
            hasTrailingSpace = last == Ascii.space
            hasSpaceAtEdge = hasTrailingSpace || first == Ascii.space
            var place = 0
            while place < bytes.count {
                let byte = bytes[place]
                if YAMLScalarForm.isOrdinary(byte) {
                    place += 1
                    continue
                }
                scan(byte, at: place, of: bytes)
                place += YAMLScalarForm.width(ofLead: byte)
            }
        }

        private mutating func scanStart(_ bytes: UnsafeBufferPointer<UInt8>, first: UInt8) {
            if bytes.count >= 3, bytes[1] == first, bytes[2] == first,
                first == Ascii.dash || first == Ascii.dot
            {
                hasBlockIndicator = true
            }
            switch first {
            case Ascii.hash, Ascii.comma, Ascii.openBracket, Ascii.closeBracket, Ascii.openBrace,
                Ascii.closeBrace, Ascii.ampersand, Ascii.asterisk, Ascii.exclamation, Ascii.bar,
                Ascii.greaterThan, Ascii.singleQuote, Ascii.doubleQuote, Ascii.percent,
                Ascii.at, Ascii.backtick:
                hasBlockIndicator = true
            case Ascii.question, Ascii.dash:
                // In a flow collection a lone dash or question mark is no scalar either.
                if bytes.count == 1 || YAMLScalarForm.isBlank(bytes[1]) { hasBlockIndicator = true }
            default: break
            }
        }

        private mutating func scan(_ byte: UInt8, at place: Int, of bytes: UnsafeBufferPointer<UInt8>) {
            switch byte {
            case Ascii.newline:
                hasBreak = true
                if place > 0, bytes[place - 1] == Ascii.space { hasSpaceBeforeBreak = true }
            case Ascii.comma, Ascii.question, Ascii.openBracket, Ascii.closeBracket, Ascii.openBrace,
                Ascii.closeBrace:
                hasFlowIndicator = true
            case Ascii.colon:
                hasFlowIndicator = true
                if place + 1 == bytes.count || YAMLScalarForm.isBlank(bytes[place + 1]) {
                    hasBlockIndicator = true
                }
            case Ascii.hash:
                if place > 0, YAMLScalarForm.isBlank(bytes[place - 1]) { hasBlockIndicator = true }
            default:
                if !YAMLScalarForm.isPrintable(bytes, at: place) { hasSpecial = true }
            }
        }
    }
}

extension YAMLScalarForm {
    /// Whether a byte stands for itself wherever it is: printable ASCII without `# , : ? [ ] { }`.
    @inline(__always)
    private static func isOrdinary(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        // One bit a character, a word for either half of ASCII.
        let mask: UInt64 = byte < 64 ? 0x7BFF_EFF7_0000_0000 : 0x57FF_FFFF_D7FF_FFFF
        return mask & (1 << UInt64(byte & 63)) != 0
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == Ascii.space || byte == Ascii.newline || byte == Ascii.tab
            || byte == Ascii.carriageReturn
    }

    /// The number of bytes of a character, told by its first.
    @inline(__always)
    static func width(ofLead byte: UInt8) -> Int {
        if byte < 0x80 { 1 } else if byte < 0xE0 { 2 } else if byte < 0xF0 { 3 } else { 4 }
    }

    /// Whether the character at a place is written as itself: not a control, a mark of byte order, a line
    /// separator or, as kubectl has it, outside the basic plane.
    static func isPrintable(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        let byte = bytes[place]
        switch byte {
        case ..<0x80: return byte >= 0x20 && byte != 0x7F || byte == Ascii.newline
        case 0xC2: return bytes[place + 1] >= 0xA0
        case 0xE2: return !(bytes[place + 1] == 0x80 && bytes[place + 2] & 0xFE == 0xA8)
        case 0xEF:
            let (second, third) = (bytes[place + 1], bytes[place + 2])
            return !(second == 0xBB && third == 0xBF) && !(second == 0xBF && third >= 0xBE)
        default: return byte < 0xF0
        }
    }
}
