extension YAMLWriter {
    /// Writes a value on one line, as it stands between the brackets of a flow collection.
    ///
    /// - Parameter isJSON: whether keys and strings take double quotes, so that JSON stays JSON.
    mutating func writeFlow(_ value: Value, isJSON: Bool) {
        switch value {
        case .object(let object):
            out.append(Ascii.openBrace)
            for (place, pair) in object.enumerated() {
                if place > 0 { out += ", ".utf8 }
                writeFlowText(pair.key, isJSON: isJSON)
                out += ": ".utf8
                writeFlow(pair.value, isJSON: isJSON)
            }
            out.append(Ascii.closeBrace)
        case .array(let items):
            out.append(Ascii.openBracket)
            for (place, item) in items.enumerated() {
                if place > 0 { out += ", ".utf8 }
                writeFlow(item, isJSON: isJSON)
            }
            out.append(Ascii.closeBracket)
        case .string(let text):
            writeFlowText(text, isJSON: isJSON)
        case .null, .bool, .integer, .double:
            writeScalar(value, parent: 0)
        }
    }

    /// Writes a string between the brackets of a flow collection.
    mutating func writeFlowText(_ text: String, isJSON: Bool) {
        var text = text
        text.withUTF8 { bytes in
            let form = YAMLScalarForm(bytes)
            if isJSON {
                writeJSONQuoted(bytes)
            } else if form.allowsPlainInFlow && !bytes.isEmpty {
                out.append(contentsOf: bytes)
            } else if form.style == .plain || form.style == .singleQuoted {
                writeSingleQuoted(bytes)
            } else {
                writeJSONQuoted(bytes)
            }
        }
    }

    /// Writes a string between double quotes with escapes that JSON and YAML share.
    ///
    /// Only what neither may hold is escaped; other characters stay as people wrote them.
    mutating func writeJSONQuoted(_ bytes: UnsafeBufferPointer<UInt8>) {
        out.append(Ascii.doubleQuote)
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            let width = YAMLScalarForm.width(ofLead: byte)
            switch byte {
            case Ascii.doubleQuote, Ascii.backslash: out += [Ascii.backslash, byte]
            case Ascii.newline: out += "\\n".utf8
            case Ascii.tab: out += "\\t".utf8
            case Ascii.carriageReturn: out += "\\r".utf8
            case ..<0xF0 where !YAMLScalarForm.isPrintable(bytes, at: place):
                out.append(Ascii.backslash)
                writeHex(scalar(bytes, at: place, width: width), mark: "u", digits: 4)
            default: out.append(contentsOf: bytes[place..<place + width])
            }
            place += width
        }
        out.append(Ascii.doubleQuote)
    }
}
