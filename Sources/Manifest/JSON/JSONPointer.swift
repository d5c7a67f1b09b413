/// A way from a document's root to one of its values (RFC 6901): `/spec/containers/0/image`.
public struct JSONPointer: Sendable, Hashable {
    /// The reference tokens in order, unescaped. Empty for the root.
    public var tokens: [String]

    /// A pointer of tokens as they are, without escaping.
    public init(tokens: [String] = []) {
        self.tokens = tokens
    }

    /// Reads a pointer.
    ///
    /// - Parameter text: empty for the root, else `/` before every token, `~0` for `~` and `~1` for `/`.
    /// - Throws: `ManifestError` with code `invalidPath`.
    public init(_ text: String) throws(ManifestError) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw ManifestError(.invalidPath, "the JSON pointer \"\(text)\" must start with '/'")
        }
        tokens = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            tokens.append(try Self.unescape(part, of: text))
        }
    }

    private static func unescape(_ part: Substring, of text: String) throws(ManifestError) -> String {
        guard part.contains("~") else { return String(part) }
        var token = ""
        var isEscape = false
        for character in part.unicodeScalars {
            switch (isEscape, character) {
            case (true, "0"): token.unicodeScalars.append("~")
            case (true, "1"): token.unicodeScalars.append("/")
            case (true, _): throw invalidEscape(text)
            case (false, "~"): break
            case (false, _): token.unicodeScalars.append(character)
            }
            isEscape = !isEscape && character == "~"
        }
        if isEscape { throw invalidEscape(text) }
        return token
    }

    private static func invalidEscape(_ text: String) -> ManifestError {
        ManifestError(
            .invalidPath, "in the JSON pointer \"\(text)\", '~' must be written as ~0 and '/' in a key as ~1")
    }

    /// The list index a token stands for: digits without a leading zero.
    public static func index(_ token: String) -> Int? {
        guard let first = token.utf8.first, token.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            first != 0x30 || token.utf8.count == 1
        else { return nil }
        return Int(token)
    }
}

extension JSONPointer: CustomStringConvertible {
    public var description: String {
        tokens.reduce(into: "") { text, token in
            text += "/"
            for character in token.unicodeScalars {
                switch character {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(character)
                }
            }
        }
    }
}

extension Value {
    /// The value a pointer leads to, nil where it leads nowhere.
    public subscript(pointer: JSONPointer) -> Value? {
        var node = self
        for token in pointer.tokens {
            let next: Value? =
                switch node {
                case .object(let object): object[token]
                case .array(let items):
                    JSONPointer.index(token).flatMap { items.indices.contains($0) ? items[$0] : nil }
                default: nil
                }
            guard let next else { return nil }
            node = next
        }
        return node
    }
}
