import KubeModel

/// A selector of series in Prometheus' notation: `requests_total{code=~"5..",service!="admin"}`.
struct SeriesSelector: Sendable, Hashable, CustomStringConvertible {
    /// One condition on a label.
    struct Matcher: Sendable, Hashable {
        enum Operation: String, Sendable {
            case equal = "="
            case notEqual = "!="
            case matches = "=~"
            case matchesNot = "!~"
        }
        var label: String
        var operation: Operation
        var value: String
        /// The value as a pattern for the whole label, for the operations that take one.
        var pattern: RegularExpression?

        func holds(_ text: String) -> Bool {
            switch operation {
            case .equal: text == value
            case .notEqual: text != value
            case .matches: pattern?.matches(text) ?? false
            case .matchesNot: !(pattern?.matches(text) ?? false)
            }
        }

        static func == (left: Matcher, right: Matcher) -> Bool {
            (left.label, left.operation, left.value) == (right.label, right.operation, right.value)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(label)
            hasher.combine(operation)
            hasher.combine(value)
        }
    }

    var name: String
    var matchers: [Matcher]

    /// Reads a selector; nil where it is malformed, or more than one such as a function of it.
    init?(_ text: String) {
        var scanner = SelectorScanner(text)
        guard let name = scanner.name(colons: true) else { return nil }
        self.name = name
        matchers = []
        scanner.skipSpaces()
        if scanner.take("{") {
            scanner.skipSpaces()
            while !scanner.take("}") {
                guard let label = scanner.name(colons: false) else { return nil }
                scanner.skipSpaces()
                guard let operation = scanner.operation() else { return nil }
                scanner.skipSpaces()
                guard let value = scanner.quoted() else { return nil }
                var matcher = Matcher(label: label, operation: operation, value: value)
                if operation == .matches || operation == .matchesNot {
                    guard let pattern = try? RegularExpression("^(?:\(value))$") else { return nil }
                    matcher.pattern = pattern
                }
                matchers.append(matcher)
                scanner.skipSpaces()
                if scanner.take(",") { scanner.skipSpaces() }
            }
        }
        scanner.skipSpaces()
        guard scanner.isAtEnd else { return nil }
    }

    /// Whether a series is one of them.
    func selects(_ name: String, _ labels: [String: String]) -> Bool {
        name == self.name && matchers.allSatisfy { $0.holds(labels[$0.label] ?? "") }
    }

    /// The selector of a series beside this one, such as a histogram's buckets.
    func suffixed(_ suffix: String) -> SeriesSelector {
        var copy = self
        copy.name += suffix
        return copy
    }

    var description: String {
        guard !matchers.isEmpty else { return name }
        let texts = matchers.map { matcher in
            let value = matcher.value.reduce(into: "") { text, character in
                if character == "\\" || character == "\"" { text.append("\\") }
                text.append(character)
            }
            return "\(matcher.label)\(matcher.operation.rawValue)\"\(value)\""
        }
        return "\(name){\(texts.joined(separator: ","))}"
    }
}

/// Reads the tokens of selectors and expositions.
struct SelectorScanner {
    private let text: [Character]
    private var place = 0

    init(_ text: some StringProtocol) { self.text = Array(text) }

    var isAtEnd: Bool { place == text.count }

    /// What has not been read yet.
    var rest: String { String(text[place...]) }

    mutating func take(_ character: Character) -> Bool {
        guard place < text.count, text[place] == character else { return false }
        place += 1
        return true
    }

    mutating func skipSpaces() {
        while place < text.count, text[place] == " " || text[place] == "\t" { place += 1 }
    }

    /// A metric's or a label's name.
    mutating func name(colons: Bool) -> String? {
        let start = place
        while place < text.count {
            let character = text[place]
            let isLetter =
                character.isASCII && character.isLetter || character == "_" || colons && character == ":"
            guard isLetter || place > start && character.isASCII && character.isNumber else { break }
            place += 1
        }
        return place > start ? String(text[start..<place]) : nil
    }

    mutating func operation() -> SeriesSelector.Matcher.Operation? {
        if take("=") { return take("~") ? .matches : .equal }
        guard take("!") else { return nil }
        if take("~") { return .matchesNot }
        return take("=") ? .notEqual : nil
    }

    /// A text in quotes with the escapes of expositions.
    mutating func quoted() -> String? {
        let quote: Character
        if take("\"") { quote = "\"" } else if take("'") { quote = "'" } else { return nil }
        var value = ""
        while place < text.count {
            let character = text[place]
            place += 1
            if character == quote { return value }
            guard character == "\\" else {
                value.append(character)
                continue
            }
            guard place < text.count else { return nil }
            switch text[place] {
            case "n": value.append("\n")
            case let other: value.append(other)
            }
            place += 1
        }
        return nil
    }
}
