extension LabelSelector {
    /// Reads the text of a query or a command line: `app=web,tier in (front,back),!canary`.
    ///
    /// - Throws: `invalidSelector`, in upstream's words.
    public init(parsing text: String) throws(KubeModelError) {
        var parser = Parser(text)
        self.init(try parser.requirements())
    }

    /// Reads requirements from left to right, as upstream's parser does, so that its messages name the same
    /// token.
    private struct Parser {
        private var lexer: Lexer
        private var token: Lexer.Token

        init(_ text: String) {
            lexer = Lexer(text)
            token = lexer.next()
        }

        /// The token at hand; the one after it comes next.
        private mutating func take() -> Lexer.Token {
            defer { token = lexer.next() }
            return token
        }

        mutating func requirements() throws(KubeModelError) -> [Requirement] {
            var requirements: [Requirement] = []
            while true {
                switch token.kind {
                case .end: return requirements
                case .word, .not: break
                default: throw unexpected(token, ", expected: !, identifier, or 'end of string'")
                }
                do throws(KubeModelError) { requirements.append(try requirement()) } catch {
                    throw KubeModelError(
                        .invalidSelector, "unable to parse requirement: \(error.message)")
                }
                let separator = take()
                switch separator.kind {
                case .end: return requirements
                case .comma:
                    guard token.kind == .word || token.kind == .not else {
                        throw unexpected(token, ", expected: identifier after ','")
                    }
                default: throw unexpected(separator, ", expected: ',' or 'end of string'")
                }
            }
        }

        private mutating func requirement() throws(KubeModelError) -> Requirement {
            var isNegated = false
            var key = take()
            if key.kind == .not {
                isNegated = true
                key = take()
            }
            guard key.kind == .word else { throw unexpected(key, ", expected: identifier") }
            let faults = NameSyntax.qualifiedName(key.text)
            guard faults.isEmpty else {
                // Upstream has no path at this point and prints Go's nil for it.
                throw KubeModelError(
                    .invalidSelector,
                    "<nil>: Invalid value: \(GoFormat.quoted(key.text)): \(faults.joined(separator: "; "))")
            }
            let isAlone = token.kind == .end || token.kind == .comma
            if isNegated { return try Requirement(validating: key.text, .doesNotExist, []) }
            if isAlone { return try Requirement(validating: key.text, .exists, []) }
            let operation = try comparison()
            let values =
                operation == .isIn || operation == .notIn ? try valueList() : [try exactValue()]
            return try Requirement(validating: key.text, operation, values)
        }

        private mutating func comparison() throws(KubeModelError) -> Operator {
            let word = take()
            switch (word.kind, word.text) {
            case (.word, "in"): return .isIn
            case (.word, "notin"): return .notIn
            case (.comparison, ">"): return .greaterThan
            case (.comparison, "<"): return .lessThan
            case (.comparison, let text):
                if let operation = Operator(rawValue: text) { return operation }
                fallthrough
            default: throw unexpected(word, ", expected: in, notin, =, ==, !=, gt, lt")
            }
        }

        /// The value of an exact comparison; nothing stands for the empty text.
        private mutating func exactValue() throws(KubeModelError) -> String {
            if token.kind == .end || token.kind == .comma { return "" }
            let value = take()
            guard value.kind == .word else { throw unexpected(value, ", expected: identifier") }
            return value.text
        }

        /// Values in parentheses, sorted and each once; a comma without a value stands for the empty text.
        private mutating func valueList() throws(KubeModelError) -> [String] {
            let opening = take()
            guard opening.kind == .opening else { throw unexpected(opening, " expected: '('") }
            var values: Set<String> = []
            switch token.kind {
            case .closing:
                values.insert("")
            case .word, .comma:
                try collect(&values)
            default:
                throw unexpected(token, ", expected: ',', ')' or identifier")
            }
            _ = take()
            return values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }

        /// Reads values up to the closing parenthesis, which is left at hand.
        private mutating func collect(_ values: inout Set<String>) throws(KubeModelError) {
            while true {
                let word = take()
                switch word.kind {
                case .word:
                    values.insert(word.text)
                    switch token.kind {
                    case .comma: continue
                    case .closing: return
                    default: throw unexpected(token, ", expected: ',' or ')'")
                    }
                case .comma:
                    if values.isEmpty || token.kind == .comma || token.kind == .closing { values.insert("") }
                    if token.kind == .closing { return }
                default:
                    throw unexpected(word, ", expected: ',', or identifier")
                }
            }
        }

        private func unexpected(_ token: Lexer.Token, _ expectation: String) -> KubeModelError {
            KubeModelError(.invalidSelector, "found '\(token.text)'\(expectation)")
        }
    }

    /// Splits a selector into words and symbols.
    private struct Lexer {
        struct Token {
            enum Kind {
                case word, comma, opening, closing, not, comparison, end
            }
            let kind: Kind
            let text: String
        }

        private var rest: Substring.UTF8View

        init(_ text: String) { rest = Substring(text).utf8 }

        mutating func next() -> Token {
            rest = rest.drop(while: Self.isSpace)
            guard let first = rest.first else { return Token(kind: .end, text: "") }
            guard Self.isSymbol(first) else {
                let word = rest.prefix { !Self.isSymbol($0) && !Self.isSpace($0) }
                rest = rest[word.endIndex...]
                return Token(kind: .word, text: String(Substring(word)))
            }
            rest.removeFirst()
            switch UInt8(first) {
            case UInt8(ascii: ","): return Token(kind: .comma, text: ",")
            case UInt8(ascii: "("): return Token(kind: .opening, text: "(")
            case UInt8(ascii: ")"): return Token(kind: .closing, text: ")")
            case UInt8(ascii: ">"): return Token(kind: .comparison, text: ">")
            case UInt8(ascii: "<"): return Token(kind: .comparison, text: "<")
            default: break
            }
            let isNot = first == UInt8(ascii: "!")
            if rest.first == UInt8(ascii: "=") {
                rest.removeFirst()
                return Token(kind: .comparison, text: isNot ? "!=" : "==")
            }
            return isNot ? Token(kind: .not, text: "!") : Token(kind: .comparison, text: "=")
        }

        private static func isSpace(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
                || byte == UInt8(ascii: "\n")
        }

        private static func isSymbol(_ byte: UInt8) -> Bool { "=!(),><".utf8.contains(byte) }
    }
}
