// What a reader says of a document it refuses: the place, what stands there, and what to do about it.

extension JSONReader {
    func fault(
        _ code: ManifestError.Code, _ message: String, at offset: Int? = nil
    ) -> ManifestError {
        ManifestError(code, message, at: ManifestError.Position(offset: offset ?? place, in: bytes))
    }

    func endOfInput() -> ManifestError {
        guard let frame = frames.last else {
            return fault(.syntax, "the document ends where a value should be", at: bytes.count)
        }
        let opened = ManifestError.Position(offset: frame.offset, in: bytes)
        return fault(
            .syntax,
            "the document ends inside the \(frame.isObject ? "object" : "list") opened at line \(opened.line), "
                + "column \(opened.column); is it cut off?", at: bytes.count)
    }

    func unterminatedString(from offset: Int) -> ManifestError {
        fault(.syntax, "this string has no closing quote before the end of the document", at: offset)
    }

    func controlCharacter(at offset: Int) -> ManifestError {
        if bytes[offset] == 0x0A || bytes[offset] == 0x0D {
            return fault(.syntax, "a string must end on its line; write \\n for a line break", at: offset)
        }
        return fault(
            .syntax, "a control character (\(describe(offset))) must be written as \\u00XX in a string",
            at: offset)
    }

    func invalidUTF8(from start: Int, to end: Int) -> ManifestError {
        var valid = start
        // Only an error path: find the first byte that starts no valid character.
        while valid < end {
            let length = [4, 3, 2, 1].first {
                valid + $0 <= end
                    && String(
                        validating: UnsafeBufferPointer(rebasing: bytes[valid..<valid + $0]), as: UTF8.self)
                        != nil
            }
            guard let length else { break }
            valid += length
        }
        return fault(.encoding, "this byte is not valid UTF-8; save the file as UTF-8", at: valid)
    }

    /// The character at an offset, for a message.
    func describe(_ offset: Int) -> String {
        guard offset < bytes.count else { return "the end of the document" }
        let byte = bytes[offset]
        switch byte {
        case 0x21..<0x7F: return "'\(Character(Unicode.Scalar(byte)))'"
        case 0x20: return "a space"
        case 0x0A, 0x0D: return "the end of the line"
        case 0x09: return "a tab"
        case 0x80...:
            for length in [4, 3, 2] where offset + length <= bytes.count {
                let part = UnsafeBufferPointer(rebasing: bytes[offset..<offset + length])
                if let text = String(validating: part, as: UTF8.self), text.unicodeScalars.count == 1 {
                    return "'\(text)'"
                }
            }
            return "the byte 0x" + String(byte, radix: 16)
        default: return "the byte 0x" + String(byte, radix: 16)
        }
    }
}
