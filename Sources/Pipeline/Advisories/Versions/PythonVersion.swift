/// A version by PEP 440: `1!2.0rc1.post3.dev4+local.5`.
struct PythonVersion: Sendable, Comparable {
    private let epoch: DigitString
    private let release: [DigitString]
    /// `a`, `b`, `rc` as 0, 1, 2.
    private let pre: (letter: Int, number: DigitString)?
    private let post: DigitString?
    private let dev: DigitString?
    private let local: [LocalPart]

    private enum LocalPart: Sendable, Equatable {
        case word(String)
        case number(DigitString)
    }

    init?(_ text: String) {
        var scanner = Scanner(text)
        epoch = scanner.epoch()
        guard let release = scanner.release() else { return nil }
        self.release = release
        pre = scanner.pre()
        post = scanner.post()
        dev = scanner.dev()
        guard let local = scanner.local() else { return nil }
        self.local = local.map { part in DigitString(part).map { .number($0) } ?? .word(part) }
    }

    static func == (left: PythonVersion, right: PythonVersion) -> Bool { !(left < right) && !(right < left) }

    static func < (left: PythonVersion, right: PythonVersion) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        if left.release != right.release { return left.release.lexicographicallyPrecedes(right.release) }
        let (one, other) = (left.stage, right.stage)
        if one.0 != other.0 { return one.0 < other.0 }
        if one.1 != other.1 { return one.1 < other.1 }
        if let order = order(left.post, right.post, absent: .less) { return order }
        if let order = order(left.dev, right.dev, absent: .greater) { return order }
        return precedes(left.local, right.local)
    }

    /// A development release of the final version comes before its alphas; a final version after its candidates.
    private var stage: (Int, DigitString) {
        if let pre { return (pre.letter, pre.number) }
        if post == nil, dev != nil { return (-1, .zero) }
        return (3, .zero)
    }

    /// Whether the first is less, nil where both are alike.
    private static func order(_ left: DigitString?, _ right: DigitString?, absent: Comparison) -> Bool? {
        switch (left, right) {
        case (nil, nil): return nil
        case (nil, _?): return absent == .less
        case (_?, nil): return absent != .less
        case (let left?, let right?): return left == right ? nil : left < right
        }
    }

    /// Words come before numbers, and what is shorter before what begins alike.
    private static func precedes(_ left: [LocalPart], _ right: [LocalPart]) -> Bool {
        for (one, other) in zip(left, right) where one != other {
            switch (one, other) {
            case (.number(let one), .number(let other)): return one < other
            case (.word(let one), .word(let other)): return one < other
            case (.word, .number): return true
            case (.number, .word): return false
            }
        }
        return left.count < right.count
    }

    /// Reads the parts one after the other.
    private struct Scanner {
        private var rest: Substring

        init(_ text: String) {
            rest = Substring(text.lowercased()).drop(while: \.isWhitespace)
            while rest.last?.isWhitespace ?? false { rest = rest.dropLast() }
            if rest.first == "v" { rest = rest.dropFirst() }
        }

        mutating func epoch() -> DigitString {
            guard let mark = rest.firstIndex(of: "!"), let number = DigitString(rest[..<mark]) else {
                return .zero
            }
            rest = rest[rest.index(after: mark)...]
            return number
        }

        mutating func release() -> [DigitString]? {
            var numbers: [DigitString] = []
            while let number = number() {
                numbers.append(number)
                let after = rest.dropFirst()
                guard rest.first == ".", let next = after.first, next.isASCII, next.isNumber else { break }
                rest = after
            }
            guard !numbers.isEmpty else { return nil }
            // Trailing zeros do not count: 1.0 is 1.
            while numbers.count > 1, let last = numbers.last, last.isZero { numbers.removeLast() }
            return numbers
        }

        mutating func pre() -> (letter: Int, number: DigitString)? {
            let names: [(String, Int)] = [
                ("alpha", 0), ("beta", 1), ("preview", 2), ("pre", 2), ("rc", 2), ("a", 0), ("b", 1),
                ("c", 2),
            ]
            let start = rest
            skipSeparator()
            for (name, letter) in names where rest.hasPrefix(name) {
                rest = rest.dropFirst(name.count)
                skipSeparator()
                return (letter, number() ?? .zero)
            }
            rest = start
            return nil
        }

        mutating func post() -> DigitString? {
            let start = rest
            if rest.first == "-",
                let number = {
                    rest = rest.dropFirst()
                    return number()
                }()
            {
                return number
            }
            rest = start
            skipSeparator()
            for name in ["post", "rev", "r"] where rest.hasPrefix(name) {
                rest = rest.dropFirst(name.count)
                skipSeparator()
                return number() ?? .zero
            }
            rest = start
            return nil
        }

        mutating func dev() -> DigitString? {
            let start = rest
            skipSeparator()
            guard rest.hasPrefix("dev") else {
                rest = start
                return nil
            }
            rest = rest.dropFirst(3)
            skipSeparator()
            return number() ?? .zero
        }

        /// The local part; nil where something is left that is none.
        mutating func local() -> [String]? {
            if rest.isEmpty { return [] }
            guard rest.first == "+" else { return nil }
            return rest.dropFirst().split(whereSeparator: { $0 == "." || $0 == "-" || $0 == "_" }).map(
                String.init)
        }

        private mutating func number() -> DigitString? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = DigitString(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            return number
        }

        private mutating func skipSeparator() {
            if let first = rest.first, first == "." || first == "-" || first == "_" {
                rest = rest.dropFirst()
            }
        }
    }
}
