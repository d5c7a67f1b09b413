/// What reads the syntax of Go's `regexp/syntax` with its Perl extensions.
struct RegularExpressionParser {
    private let characters: [Unicode.Scalar]
    private var place = 0
    private var flags = Flags()
    private var depth = 0

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
    }

    /// How deeply groups may nest, and how often `{n}` may repeat.
    private static let maximumDepth = 1000
    private static let maximumCount = 1000

    init(_ source: String) { characters = Array(source.unicodeScalars) }

    mutating func parse() throws(RegularExpressionFault) -> RegularExpressionTree {
        let tree = try alternatives()
        if place < characters.count { throw fault("unexpected )", 0..<characters.count) }
        return tree
    }

    private func fault(_ message: String, _ range: Range<Int>) -> RegularExpressionFault {
        var part = String.UnicodeScalarView()
        part.append(contentsOf: characters[range])
        return RegularExpressionFault(message, String(part))
    }

    private var next: Unicode.Scalar? { place < characters.count ? characters[place] : nil }

    private func starts(with text: String) -> Bool {
        characters[place...].starts(with: text.unicodeScalars)
    }

    private mutating func skip(_ text: String) -> Bool {
        guard starts(with: text) else { return false }
        place += text.unicodeScalars.count
        return true
    }

    // MARK: Structure

    private mutating func alternatives() throws(RegularExpressionFault) -> RegularExpressionTree {
        var parts = [try sequence()]
        while skip("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .alternatives(parts)
    }

    private mutating func sequence() throws(RegularExpressionFault) -> RegularExpressionTree {
        var parts: [RegularExpressionTree] = []
        while let character = next, character != "|", character != ")" {
            guard let part = try item() else { continue }
            parts.append(try repetitions(of: part))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    /// One item; nil where it only sets flags.
    private mutating func item() throws(RegularExpressionFault) -> RegularExpressionTree? {
        let start = place
        let character = characters[place]
        place += 1
        switch character {
        case "(": return try group(from: start)
        case "[": return .character(try bracket(from: start))
        case ".": return .character(flags.dotMatchesNewline ? .any : .notNewline)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw fault("missing argument to repetition operator", start..<place)
        case "\\": return try escape(from: start)
        default: return .character(literal(character))
        }
    }

    private func literal(_ character: Unicode.Scalar) -> CharacterClass {
        let single = CharacterClass(character...character)
        return flags.ignoresCase ? single.ignoringCase : single
    }

    private mutating func group(from start: Int) throws(RegularExpressionFault) -> RegularExpressionTree? {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maximumDepth else {
            throw fault("expression nests too deeply", 0..<characters.count)
        }
        let outer = flags
        if skip("?P<") || skip("?<") {
            try skipName(from: start)
        } else if skip("?") {
            try readFlags(from: start)
            if skip(")") { return nil }
            place += 1  // The colon that readFlags stopped at.
        }
        let inner = try alternatives()
        guard skip(")") else { throw fault("missing closing )", 0..<characters.count) }
        flags = outer
        return inner
    }

    private mutating func skipName(from start: Int) throws(RegularExpressionFault) {
        let first = place
        while let character = next, CharacterClass.word.contains(character) { place += 1 }
        guard place > first, skip(">") else {
            let end = characters[start...].firstIndex(of: ">").map { $0 + 1 } ?? characters.count
            throw fault("invalid named capture", start..<end)
        }
    }

    private mutating func readFlags(from start: Int) throws(RegularExpressionFault) {
        var isOn = true
        while let character = next {
            switch character {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "U": break
            case "-" where isOn: isOn = false
            case ":", ")": return
            default: throw fault("invalid or unsupported Perl syntax", start..<place + 1)
            }
            place += 1
        }
        throw fault("missing closing )", 0..<characters.count)
    }

    // MARK: Repetition

    private mutating func repetitions(
        of item: RegularExpressionTree
    ) throws(RegularExpressionFault) -> RegularExpressionTree {
        var tree = item
        var previous: Int?
        while true {
            let start = place
            let bounds: (minimum: Int, maximum: Int?)
            if skip("*") {
                bounds = (0, nil)
            } else if skip("+") {
                bounds = (1, nil)
            } else if skip("?") {
                bounds = (0, 1)
            } else if let counted = try counts() {
                bounds = counted
            } else {
                return tree
            }
            _ = skip("?")
            if let previous { throw fault("invalid nested repetition operator", previous..<place) }
            previous = start
            tree = .repeated(tree, minimum: bounds.minimum, maximum: bounds.maximum)
        }
    }

    /// `{2}`, `{2,}` or `{2,5}`; nil, and nothing read, where the brace stands for itself.
    private mutating func counts() throws(RegularExpressionFault) -> (minimum: Int, maximum: Int?)? {
        let start = place
        guard skip("{"), let minimum = number() else {
            place = start
            return nil
        }
        var maximum: Int? = minimum
        if skip(",") { maximum = next == "}" ? nil : number() ?? -1 }
        guard skip("}"), maximum != -1 else {
            place = start
            return nil
        }
        if minimum > Self.maximumCount || (maximum ?? 0) > Self.maximumCount || (maximum ?? minimum) < minimum
        {
            throw fault("invalid repeat count", start..<place)
        }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        let start = place
        var value = 0
        while let character = next, CharacterClass.digit.contains(character) {
            value = Swift.min(value * 10 + Int(character.value - 48), Self.maximumCount + 1)
            place += 1
        }
        return place > start ? value : nil
    }

    // MARK: Escapes and classes

    private mutating func escape(from start: Int) throws(RegularExpressionFault) -> RegularExpressionTree {
        switch next {
        case "A":
            place += 1
            return .assertion(.textStart)
        case "z":
            place += 1
            return .assertion(.textEnd)
        case "b":
            place += 1
            return .assertion(.wordBoundary)
        case "B":
            place += 1
            return .assertion(.noWordBoundary)
        case "Q":
            place += 1
            var parts: [RegularExpressionTree] = []
            while let character = next, !skip("\\E") {
                parts.append(.character(literal(character)))
                place += 1
            }
            return .sequence(parts)
        default:
            if let accepted = try classEscape(from: start) { return .character(accepted) }
            return .character(literal(try characterEscape(from: start)))
        }
    }

    /// `\d`, `\pL` and the like; nil, and nothing read, where the escape is of a single character.
    private mutating func classEscape(from start: Int) throws(RegularExpressionFault) -> CharacterClass? {
        guard let letter = next else { return nil }
        let accepted: CharacterClass
        switch letter {
        case "d", "D": accepted = .digit
        case "w", "W": accepted = .word
        case "s", "S": accepted = .space
        case "p", "P": return try unicodeClass(from: start)
        default: return nil
        }
        place += 1
        return letter.properties.isUppercase ? accepted.inverted : accepted
    }

    private mutating func unicodeClass(from start: Int) throws(RegularExpressionFault) -> CharacterClass {
        var isNegated = next == "P"
        place += 1
        var name = String.UnicodeScalarView()
        if skip("{") {
            while let character = next, character != "}" {
                name.append(character)
                place += 1
            }
            guard skip("}") else { throw fault("invalid character class range", start..<characters.count) }
        } else if let character = next {
            name.append(character)
            place += 1
        }
        if name.first == "^" {
            isNegated.toggle()
            name.removeFirst()
        }
        guard let accepted = CharacterClass.unicode(String(name)) else {
            throw fault("invalid character class range", start..<place)
        }
        return isNegated ? accepted.inverted : accepted
    }

    private mutating func characterEscape(from start: Int) throws(RegularExpressionFault) -> Unicode.Scalar {
        guard let letter = next else {
            throw RegularExpressionFault("trailing backslash at end of expression", "")
        }
        place += 1
        switch letter {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "0"..."7":
            // A single digit other than zero would be a reference to a group, which this syntax does not have.
            if letter != "0", !(next.map { ("0"..."7").contains($0) } ?? false) { break }
            var value = letter.value - 48
            for _ in 0..<2 {
                guard let digit = next, ("0"..."7").contains(digit) else { break }
                value = value * 8 + digit.value - 48
                place += 1
            }
            if let scalar = Unicode.Scalar(value) { return scalar }
        case "x":
            if let scalar = hexadecimal() { return scalar }
        default:
            if letter.isASCII, !CharacterClass.word.contains(letter) { return letter }
        }
        throw fault("invalid escape sequence", start..<place)
    }

    private mutating func hexadecimal() -> Unicode.Scalar? {
        var digits = ""
        if skip("{") {
            while let digit = next, digit != "}" {
                digits.unicodeScalars.append(digit)
                place += 1
            }
            guard skip("}") else { return nil }
        } else {
            for _ in 0..<2 {
                guard let digit = next else { return nil }
                digits.unicodeScalars.append(digit)
                place += 1
            }
        }
        guard digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    }

    private mutating func bracket(from start: Int) throws(RegularExpressionFault) -> CharacterClass {
        var accepted = CharacterClass()
        let isNegated = skip("^")
        var isFirst = true
        while isFirst || next != "]" {
            guard let character = next else { throw fault("missing closing ]", start..<characters.count) }
            isFirst = false
            if let named = try posixClass() {
                accepted.insert(named)
                continue
            }
            let from = place
            if character == "\\" {
                place += 1
                if let named = try classEscape(from: from) {
                    accepted.insert(named)
                    continue
                }
                place = from
            }
            let low = try bracketCharacter(of: start)
            var high = low
            if next == "-", place + 1 < characters.count, characters[place + 1] != "]" {
                place += 1
                high = try bracketCharacter(of: start)
                guard low <= high else { throw fault("invalid character class range", from..<place) }
            }
            accepted.insert(low.value...high.value)
        }
        place += 1
        if flags.ignoresCase { accepted = accepted.ignoringCase }
        return isNegated ? accepted.inverted : accepted
    }

    private mutating func bracketCharacter(of start: Int) throws(RegularExpressionFault) -> Unicode.Scalar {
        guard let character = next else { throw fault("missing closing ]", start..<characters.count) }
        let from = place
        place += 1
        return character == "\\" ? try characterEscape(from: from) : character
    }

    /// `[:alpha:]` within brackets; nil, and nothing read, where there is none.
    private mutating func posixClass() throws(RegularExpressionFault) -> CharacterClass? {
        guard starts(with: "[:") else { return nil }
        var end = place + 2
        while end + 1 < characters.count, !(characters[end] == ":" && characters[end + 1] == "]") { end += 1 }
        guard end + 1 < characters.count else { return nil }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: characters[place + 2..<end])
        let isNegated = name.first == "^"
        if isNegated { name.removeFirst() }
        guard let accepted = CharacterClass.posix(String(name)) else {
            throw fault("invalid character class range", place..<end + 2)
        }
        place = end + 2
        return isNegated ? accepted.inverted : accepted
    }
}
