extension JSONReader {
    mutating func readString(isKey: Bool) throws(ManifestError) -> String {
        let start = place + 1
        var scan = start
        while scan < bytes.count {
            let byte = bytes[scan]
            if byte == UInt8(ascii: "\"") {
                place = scan + 1
                let text = UnsafeBufferPointer(rebasing: bytes[start..<scan])
                let string =
                    isKey ? KeyTable.shared.string(for: text) : String(validUTF8: text)
                guard let string else { throw invalidUTF8(from: start, to: scan) }
                return string
            }
            if byte == UInt8(ascii: "\\") { return try readEscapedString(from: start, firstEscape: scan) }
            if byte < 0x20 { throw controlCharacter(at: scan) }
            scan += 1
        }
        throw unterminatedString(from: start - 1)
    }

    private mutating func readEscapedString(
        from start: Int, firstEscape: Int
    ) throws(ManifestError) -> String {
        var text = [UInt8](bytes[start..<firstEscape])
        place = firstEscape
        while place < bytes.count {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw invalidUTF8(from: start, to: place - 1)
                }
                return string
            case UInt8(ascii: "\\"):
                try readEscape(into: &text)
            case 0..<0x20:
                throw controlCharacter(at: place)
            default:
                text.append(byte)
                place += 1
            }
        }
        throw unterminatedString(from: start - 1)
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(ManifestError) {
        guard place + 1 < bytes.count else { throw endOfInput() }
        let kind = bytes[place + 1]
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            try readUnicodeEscape(into: &text)
            return
        default:
            throw fault(.syntax, "unknown escape; write \\\\ for a backslash")
        }
        place += 2
    }

    private mutating func readUnicodeEscape(into text: inout [UInt8]) throws(ManifestError) {
        let escape = place
        var code = try readHexadecimal(at: escape + 2)
        place = escape + 6
        if (0xD800..<0xDC00).contains(code), place + 5 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        {
            let low = try readHexadecimal(at: place + 2)
            if (0xDC00..<0xE000).contains(low) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
                place += 6
            }
        }
        guard let scalar = Unicode.Scalar(code) else {
            if options.strict {
                place = escape
                throw fault(
                    .encoding, "a lone surrogate stands for no character; write the pair or the character")
            }
            text.append(contentsOf: [0xEF, 0xBF, 0xBD])
            return
        }
        text.append(contentsOf: String(scalar).utf8)
    }

    private func readHexadecimal(at start: Int) throws(ManifestError) -> UInt32 {
        var code: UInt32 = 0
        for index in start..<start + 4 {
            guard index < bytes.count else { throw endOfInput() }
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
            default: throw fault(.syntax, "\\u needs four hexadecimal digits", at: index)
            }
            code = code << 4 | UInt32(digit)
        }
        return code
    }

    mutating func readNumber() throws(ManifestError) -> Value {
        let start = place
        var scan = place
        let isNegative = bytes[scan] == UInt8(ascii: "-")
        if isNegative { scan += 1 }
        let firstDigit = scan
        var magnitude: UInt64 = 0
        var overflows = false
        while let digit = digit(at: scan) {
            let (tens, tooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carries) = tens.addingReportingOverflow(digit)
            overflows = overflows || tooLarge || carries
            magnitude = sum
            scan += 1
        }
        guard scan > firstDigit else {
            throw fault(.syntax, "expected a digit, found \(describe(scan))", at: scan)
        }
        if bytes[firstDigit] == UInt8(ascii: "0"), scan > firstDigit + 1 {
            throw fault(.syntax, "a number must not start with 0; quote it if it is text")
        }
        let isInteger = try !skipFractionAndExponent(&scan)
        place = scan
        if isInteger, !overflows, !(isNegative && magnitude == 0) {
            if isNegative, magnitude <= UInt64(Int64.max) + 1 {
                return .integer(Int64(0 &- Int64(bitPattern: magnitude)))
            }
            if !isNegative, magnitude <= UInt64(Int64.max) { return .integer(Int64(magnitude)) }
        }
        let text = String(decoding: bytes[start..<scan], as: UTF8.self)
        guard let number = Double(text), number.isFinite else {
            throw fault(.unsupported, "the number \(text.prefix(40)) is too large for a double", at: start)
        }
        return .double(Real(number, spelled: text))
    }

    /// Moves past `.5` and `e+3`; answers whether there was either.
    private func skipFractionAndExponent(_ scan: inout Int) throws(ManifestError) -> Bool {
        let start = scan
        if scan < bytes.count, bytes[scan] == UInt8(ascii: ".") {
            scan += 1
            try skipDigits(&scan)
        }
        if scan < bytes.count, bytes[scan] | 0x20 == UInt8(ascii: "e") {
            scan += 1
            if scan < bytes.count, bytes[scan] == UInt8(ascii: "+") || bytes[scan] == UInt8(ascii: "-") {
                scan += 1
            }
            try skipDigits(&scan)
        }
        return scan > start
    }

    private func skipDigits(_ scan: inout Int) throws(ManifestError) {
        let start = scan
        while digit(at: scan) != nil { scan += 1 }
        guard scan > start else {
            throw fault(.syntax, "expected a digit, found \(describe(scan))", at: scan)
        }
    }

    private func digit(at index: Int) -> UInt64? {
        guard index < bytes.count else { return nil }
        let digit = bytes[index] &- UInt8(ascii: "0")
        return digit < 10 ? UInt64(digit) : nil
    }
}
