extension YAMLPath {
    /// Reads a path: dotted, or a JSON pointer where it begins with a slash.
    ///
    /// - Throws: `ManifestError` with code `invalidPath`, saying at which character and what was expected.
    public init(_ text: String) throws(ManifestError) {
        if text.hasPrefix("/") {
            steps = try JSONPointer(text).tokens.map { .key($0) }
        } else {
            var reader = Reader(text)
            steps = try reader.readSteps()
        }
    }

    /// Reads the dotted form.
    private struct Reader {
        private let text: String
        private let bytes: [UInt8]
        private var place = 0

        init(_ text: String) {
            self.text = text
            bytes = Array(text.utf8)
        }

        private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

        mutating func readSteps() throws(ManifestError) -> [Step] {
            var steps: [Step] = []
            if text == "." { return steps }
            while let byte = peek {
                if byte == Ascii.openBracket {
                    steps.append(try readBracket())
                    continue
                }
                if byte == Ascii.dot {
                    place += 1
                    // `.[0]`, and `.containers.[0]` as some tools print it.
                    if peek == Ascii.openBracket { continue }
                } else if !steps.isEmpty {
                    throw fault("a dot or a bracket has to follow")
                }
                steps.append(.key(try readKey()))
            }
            return steps
        }

        private mutating func readKey() throws(ManifestError) -> String {
            if peek == Ascii.doubleQuote || peek == Ascii.singleQuote { return try readQuoted() }
            var key: [UInt8] = []
            while let byte = peek {
                if byte == Ascii.backslash {
                    place += 1
                    guard let escaped = peek else { throw fault("nothing follows the backslash") }
                    key.append(escaped)
                } else if YAMLPath.delimiters.contains(byte) {
                    break
                } else {
                    key.append(byte)
                }
                place += 1
            }
            guard !key.isEmpty else {
                throw fault("a key has to stand here; an empty one is written [\"\"]")
            }
            return String(decoding: key, as: UTF8.self)
        }

        /// Reads from a quote to its twin; a backslash makes the next character stand for itself.
        private mutating func readQuoted() throws(ManifestError) -> String {
            let quote = bytes[place]
            let start = place
            place += 1
            var content: [UInt8] = []
            while let byte = peek, byte != quote {
                if byte == Ascii.backslash, place + 1 < bytes.count { place += 1 }
                content.append(bytes[place])
                place += 1
            }
            guard peek == quote else {
                place = start
                throw fault("the quote is not closed")
            }
            place += 1
            return String(decoding: content, as: UTF8.self)
        }

        private mutating func readBracket() throws(ManifestError) -> Step {
            let start = place
            place += 1
            let step: Step
            if peek == Ascii.plus {
                place += 1
                step = .append
            } else {
                let isQuoted = peek == Ascii.doubleQuote || peek == Ascii.singleQuote
                let word = try readSelectorText(until: [Ascii.closeBracket, UInt8(ascii: "=")])
                if peek == UInt8(ascii: "=") {
                    place += 1
                    step = .item(key: word, value: try readSelectorText(until: [Ascii.closeBracket]))
                } else if isQuoted {
                    step = .key(word)
                } else if let index = Int(word) {
                    step = .index(index)
                } else {
                    place = start
                    throw fault("brackets hold a number, +, a quoted key or key=value")
                }
            }
            guard peek == Ascii.closeBracket else { throw fault("a closing bracket has to stand here") }
            place += 1
            return step
        }

        private mutating func readSelectorText(until ends: [UInt8]) throws(ManifestError) -> String {
            if peek == Ascii.doubleQuote || peek == Ascii.singleQuote { return try readQuoted() }
            let start = place
            while let byte = peek, !ends.contains(byte) { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }

        private func fault(_ expected: String) -> ManifestError {
            let column = String(decoding: bytes[..<place], as: UTF8.self).unicodeScalars.count + 1
            return ManifestError(.invalidPath, "path '\(text)', character \(column): \(expected)")
        }
    }
}
