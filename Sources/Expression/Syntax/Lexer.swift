/// What cuts an expression into words, with the rules of expr-lang's lexer.
struct Lexer {
    private let source: [Unicode.Scalar]
    private var place = 0
    private var start = 0
    private var tokens: [Token] = []

    init(_ source: [Unicode.Scalar]) { self.source = source }

    /// All words, the last of which is the end.
    mutating func tokenize() throws(LocatedFault) -> [Token] {
        while let character = next {
            start = place
            place += 1
            try word(character)
        }
        tokens.append(Token(kind: .end, text: "", offset: source.count))
        return tokens
    }

    private var next: Unicode.Scalar? { place < source.count ? source[place] : nil }

    private mutating func accept(where isAccepted: (Unicode.Scalar) -> Bool) -> Bool {
        guard let next, isAccepted(next) else { return false }
        place += 1
        return true
    }

    private mutating func accept(_ characters: String) -> Bool {
        accept { characters.unicodeScalars.contains($0) }
    }

    private func text(from start: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: source[start..<place])
        return String(view)
    }

    private mutating func emit(_ kind: Token.Kind, _ text: String? = nil) {
        tokens.append(Token(kind: kind, text: text ?? self.text(from: start), offset: start))
        start = place
    }

    private func fault(_ message: String, at offset: Int, hint: String? = nil) -> LocatedFault {
        LocatedFault(ExpressionFault(.syntax, message, hint: hint), offset)
    }

    private mutating func word(_ character: Unicode.Scalar) throws(LocatedFault) {
        switch character {
        case _ where character.properties.isWhitespace: break
        case "'", "\"": try quoted(by: character)
        case "`": try raw()
        case "0"..."9": try number()
        case ".":
            if let next, ("0"..."9").contains(next) {
                place -= 1
                return try number()
            }
            _ = accept(".")
            emit(.operation)
        case "?":
            _ = accept(".?")
            emit(.operation)
        case "/":
            if accept("/") { return lineComment() }
            if accept("*") { return try comment() }
            emit(.operation)
        case "|", ":":
            _ = accept { $0 == character }
            emit(.operation)
        case "(", "[", "{", ")", "]", "}": emit(.bracket)
        case "#", ",", ";", "%", "+", "-", "^": emit(.operation)
        case "&", "!", "=", "*", "<", ">":
            _ = accept("&=*")
            emit(.operation)
        case _ where Lexer.isWordCharacter(character): identifier()
        default:
            throw fault("unrecognized character: \(GoText.unicode(character))", at: start)
        }
    }

    static func isWordCharacter(_ character: Unicode.Scalar) -> Bool {
        character == "_" || character == "$" || isLetter(character)
            || character.properties.generalCategory == .decimalNumber
    }

    private static func isLetter(_ character: Unicode.Scalar) -> Bool {
        switch character.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    // MARK: Words

    private static let wordOperators: Set<String> = [
        "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else", "not",
    ]

    private mutating func identifier() {
        while accept(where: Lexer.isWordCharacter) {}
        let word = text(from: start)
        emit(Lexer.wordOperators.contains(word) ? .operation : .identifier, word)
    }

    /// Decimal, hexadecimal, octal and binary integers and decimal floats, all with `_` between digits.
    private mutating func number() throws(LocatedFault) {
        place = start
        var digits = "0123456789_"
        if accept("0") {
            if accept("xX") {
                digits = "0123456789abcdefABCDEF_"
            } else if accept("oO") {
                digits = "01234567_"
            } else if accept("bB") {
                digits = "01_"
            }
        }
        while accept(digits) {}
        let end = place
        if accept(".") {
            // `1..3` is a range, not the number `1.` before a dot.
            if next == "." {
                place = end
                return emit(.number)
            }
            while accept(digits) {}
        }
        if accept("eE") {
            _ = accept("+-")
            while accept(digits) {}
        }
        if accept(where: Lexer.isWordCharacter) {
            throw fault("bad number syntax: \(GoText.quoted(text(from: start)))", at: place - 1)
        }
        emit(.number)
    }

    // MARK: Comments

    private mutating func lineComment() {
        while let next, next != "\n" { place += 1 }
    }

    private mutating func comment() throws(LocatedFault) {
        while let next {
            place += 1
            if next == "*", accept("/") { return }
        }
        throw fault("unclosed comment", at: place)
    }

    // MARK: Strings

    private mutating func raw() throws(LocatedFault) {
        var text = String.UnicodeScalarView()
        while let next {
            place += 1
            if next == "`", !accept("`") { return emit(.string, String(text)) }
            text.append(next)
        }
        throw fault("literal not terminated", at: place)
    }

    private mutating func quoted(by quote: Unicode.Scalar) throws(LocatedFault) {
        var text = String.UnicodeScalarView()
        while let next, next != "\n" {
            place += 1
            if next == quote { return emit(.string, String(text)) }
            text.append(next == "\\" ? try escape(quote) : next)
        }
        throw fault("literal not terminated", at: place)
    }

    /// What stands after a backslash; both quotes may be escaped in either kind of string's own quotes only.
    private mutating func escape(_ quote: Unicode.Scalar) throws(LocatedFault) -> Unicode.Scalar {
        let offset = place
        guard let character = next else { throw fault("literal not terminated", at: place) }
        place += 1
        switch character {
        case "a": return "\u{07}"
        case "b": return "\u{08}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "\\": return "\\"
        case quote: return quote
        case "0"..."3":
            place -= 1
            return try scalar(radix: 8, count: 3, offset)
        case "x": return try scalar(radix: 16, count: 2, offset)
        case "U": return try scalar(radix: 16, count: 8, offset)
        case "u":
            guard accept("{") else { return try scalar(radix: 16, count: 4, offset) }
            var count = 0
            while place + count < source.count, source[place + count] != "}", count < 7 { count += 1 }
            guard (1...6).contains(count) else { break }
            let result = try scalar(radix: 16, count: count, offset)
            if accept("}") { return result }
        default: break
        }
        throw fault(
            "invalid char escape", at: offset,
            hint: "write \\\\ for a backslash, or use `…` quotes, in which nothing is escaped")
    }

    private mutating func scalar(
        radix: Int, count: Int, _ offset: Int
    ) throws(LocatedFault) -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = next.flatMap({ Character($0).hexDigitValue }), digit < radix else {
                throw fault("invalid char escape", at: offset)
            }
            place += 1
            value = value &* UInt32(radix) &+ UInt32(digit)
        }
        guard let scalar = Unicode.Scalar(value) else { throw fault("invalid char escape", at: offset) }
        return scalar
    }
}

/// A fault and where it is, in scalars from the start.
struct LocatedFault: Error {
    let fault: ExpressionFault
    let offset: Int

    init(_ fault: ExpressionFault, _ offset: Int) {
        self.fault = fault
        self.offset = offset
    }
}
