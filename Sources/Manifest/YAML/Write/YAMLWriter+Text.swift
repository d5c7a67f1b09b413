extension YAMLWriter {
    mutating func writeSingleQuoted(_ bytes: UnsafeBufferPointer<UInt8>) {
        out.append(Ascii.singleQuote)
        writeSingleQuotedText(bytes)
        out.append(Ascii.singleQuote)
    }

    /// Writes what stands between single quotes.
    mutating func writeSingleQuotedText(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes {
            if byte == Ascii.singleQuote { out.append(byte) }
            out.append(byte)
        }
    }

    mutating func writeDoubleQuoted(_ bytes: UnsafeBufferPointer<UInt8>) {
        out.append(Ascii.doubleQuote)
        writeDoubleQuotedText(bytes)
        out.append(Ascii.doubleQuote)
    }

    /// Writes what stands between double quotes.
    mutating func writeDoubleQuotedText(_ bytes: UnsafeBufferPointer<UInt8>) {
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            let width = YAMLScalarForm.width(ofLead: byte)
            if byte == Ascii.doubleQuote || byte == Ascii.backslash {
                out.append(Ascii.backslash)
                out.append(byte)
            } else if byte == Ascii.newline || !YAMLScalarForm.isPrintable(bytes, at: place) {
                writeEscape(scalar(bytes, at: place, width: width))
            } else {
                for offset in 0..<width { out.append(bytes[place + offset]) }
            }
            place += width
        }
    }

    func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, width: Int) -> UInt32 {
        let lead = UInt32(bytes[place])
        guard width > 1 else { return lead }
        var code = lead & (0x7F >> UInt32(width))
        for offset in 1..<width { code = code << 6 | UInt32(bytes[place + offset] & 0x3F) }
        return code
    }

    private mutating func writeEscape(_ code: UInt32) {
        out.append(Ascii.backslash)
        switch code {
        case 0x00: out.append(Ascii.zero)
        case 0x07: out.append(UInt8(ascii: "a"))
        case 0x08: out.append(UInt8(ascii: "b"))
        case 0x09: out.append(UInt8(ascii: "t"))
        case 0x0A: out.append(UInt8(ascii: "n"))
        case 0x0B: out.append(UInt8(ascii: "v"))
        case 0x0C: out.append(UInt8(ascii: "f"))
        case 0x0D: out.append(UInt8(ascii: "r"))
        case 0x1B: out.append(UInt8(ascii: "e"))
        case 0x85: out.append(UInt8(ascii: "N"))
        case 0x2028: out.append(UInt8(ascii: "L"))
        case 0x2029: out.append(UInt8(ascii: "P"))
        case ...0xFF: writeHex(code, mark: "x", digits: 2)
        case ...0xFFFF: writeHex(code, mark: "u", digits: 4)
        default: writeHex(code, mark: "U", digits: 8)
        }
    }

    mutating func writeHex(_ code: UInt32, mark: Unicode.Scalar, digits: UInt32) {
        out.append(UInt8(ascii: mark))
        for shift in (0..<digits).reversed() {
            let digit = UInt8(truncatingIfNeeded: code >> (4 * shift) & 0xF)
            out.append(digit < 10 ? Ascii.zero + digit : UInt8(ascii: "A") + digit - 10)
        }
    }

    /// Writes `|` with its header, and every line that is not empty behind `column` spaces.
    mutating func writeLiteral(_ bytes: UnsafeBufferPointer<UInt8>, column: Int, step: Int) {
        out.append(Ascii.bar)
        if let first = bytes.first, first == Ascii.space || first == Ascii.newline {
            // The indentation cannot be told from the first line, so the header says it.
            out.append(Ascii.zero + UInt8(truncatingIfNeeded: step))
        }
        let endsWithBreak = bytes.last == Ascii.newline
        if !endsWithBreak {
            out.append(Ascii.dash)
        } else if bytes.count == 1 || bytes[bytes.count - 2] == Ascii.newline {
            out.append(Ascii.plus)
        }
        out.append(Ascii.newline)
        writeLines(bytes, column: column)
    }

    /// Writes text as it is, every line that is not empty behind `column` spaces.
    mutating func writeLines(_ bytes: UnsafeBufferPointer<UInt8>, column: Int) {
        var isLineStart = true
        for byte in bytes {
            if byte == Ascii.newline {
                isLineStart = true
            } else if isLineStart {
                indent(column)
                isLineStart = false
            }
            out.append(byte)
        }
    }
}
