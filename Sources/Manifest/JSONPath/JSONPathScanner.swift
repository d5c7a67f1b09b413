/// Reads the text of a ``JSONPath``.
struct JSONPathScanner {
    private let text: [UInt8]
    private var place = 0

    init(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") {
            bytes = Array(bytes.dropFirst().dropLast())
        }
        self.text = bytes
    }

    var isAtEnd: Bool { place == text.count }

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard next == character.asciiValue else { return false }
        place += 1
        return true
    }

    private mutating func skipSpaces() {
        while take(" ") {}
    }

    /// The steps up to something that continues no path.
    mutating func path() -> [JSONPath.Step]? {
        if !take("$") { _ = take("@") }
        var steps: [JSONPath.Step] = []
        // A path may begin with a bare name.
        if let first = next, Self.isName(first) {
            guard let name = name() else { return nil }
            steps.append(.field(name))
        }
        while let character = next {
            switch character {
            case UInt8(ascii: "."):
                place += 1
                if take(".") { steps.append(.descendants) }
                if take("*") {
                    steps.append(.wildcard)
                } else if let following = next, Self.isName(following) {
                    guard let name = name() else { return nil }
                    steps.append(.field(name))
                } else if next != UInt8(ascii: "["), !isAtEnd {
                    return nil
                }
            case UInt8(ascii: "["):
                guard let step = bracket() else { return nil }
                steps.append(step)
            default: return steps
            }
        }
        return steps
    }

    private static func isName(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            UInt8(ascii: "\\"), 0x80...:
            true
        default: false
        }
    }

    /// A field's name; a backslash takes the meaning from the dot behind it.
    private mutating func name() -> String? {
        var bytes: [UInt8] = []
        while let character = next, Self.isName(character) {
            place += 1
            if character == UInt8(ascii: "\\") {
                guard let escaped = next else { return nil }
                bytes.append(escaped)
                place += 1
            } else {
                bytes.append(character)
            }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private mutating func bracket() -> JSONPath.Step? {
        guard take("[") else { return nil }
        if take("?") {
            guard take("("), let filter = filter(), take(")"), take("]") else { return nil }
            return .filter(filter)
        }
        var members: [JSONPath.Step] = []
        repeat {
            skipSpaces()
            guard let member = member() else { return nil }
            members.append(member)
            skipSpaces()
        } while take(",")
        guard take("]") else { return nil }
        return members.count == 1 ? members[0] : .union(members)
    }

    private mutating func member() -> JSONPath.Step? {
        if take("*") { return .wildcard }
        if next == UInt8(ascii: "'") || next == UInt8(ascii: "\"") {
            return quoted().map(JSONPath.Step.field)
        }
        var bounds: [Int?] = [integer()]
        while take(":") { bounds.append(integer()) }
        switch bounds.count {
        case 1: return bounds[0].map(JSONPath.Step.index)
        case 2, 3:
            return .slice(from: bounds[0], to: bounds[1], step: bounds.count == 3 ? bounds[2] ?? 1 : 1)
        default: return nil
        }
    }

    private mutating func integer() -> Int? {
        let start = place
        _ = take("-")
        while let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { place += 1 }
        return Int(String(decoding: text[start..<place], as: UTF8.self))
    }

    private mutating func quoted() -> String? {
        guard let quote = next else { return nil }
        place += 1
        var bytes: [UInt8] = []
        while let character = next {
            place += 1
            if character == quote { return String(decoding: bytes, as: UTF8.self) }
            if character == UInt8(ascii: "\\"), let escaped = next {
                bytes.append(escaped)
                place += 1
            } else {
                bytes.append(character)
            }
        }
        return nil
    }

    private mutating func filter() -> JSONPath.Filter? {
        guard let left = operand() else { return nil }
        skipSpaces()
        for comparison in ["==", "!=", "<=", ">=", "<", ">"]
        where text[place...].starts(with: comparison.utf8) {
            place += comparison.utf8.count
            skipSpaces()
            guard let right = operand() else { return nil }
            skipSpaces()
            return JSONPath.Filter(left: left, comparison: comparison, right: right)
        }
        return JSONPath.Filter(left: left, comparison: nil, right: nil)
    }

    private mutating func operand() -> JSONPath.Operand? {
        skipSpaces()
        switch next {
        case UInt8(ascii: "@"), UInt8(ascii: "$"): return path().map(JSONPath.Operand.path)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return quoted().map { .literal(.string($0)) }
        default: return literal()
        }
    }

    /// A number, a boolean or null, up to the next character that belongs to none.
    private mutating func literal() -> JSONPath.Operand? {
        let start = place
        while let character = next,
            Self.isName(character) || [UInt8(ascii: "."), UInt8(ascii: "+")].contains(character)
        {
            place += 1
        }
        guard place > start, let value = try? JSON.parse(Array(text[start..<place])) else { return nil }
        return .literal(value)
    }
}
