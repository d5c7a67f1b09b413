/// A version by SemVer 2.0.
///
/// A leading `v` (Go) and missing parts (`1.2`, which old advisories have) are read too. What follows `+` does not
/// count, as §10 says; Go's `+incompatible` is no part of the order either.
struct SemanticVersion: Sendable, Hashable, Comparable {
    private let numbers: [DigitString]
    private let preRelease: [Identifier]

    private enum Identifier: Sendable, Hashable, Comparable {
        // Numbers come before words (§11.4.3).
        case number(DigitString)
        case word(String)

        static func < (left: Identifier, right: Identifier) -> Bool {
            switch (left, right) {
            case (.number(let left), .number(let right)): left < right
            case (.word(let left), .word(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
            case (.number, .word): true
            case (.word, .number): false
            }
        }
    }

    init?(_ text: String) {
        var rest = Substring(text)
        if rest.first == "v" || rest.first == "V" || rest.first == "=" { rest = rest.dropFirst() }
        if let plus = rest.firstIndex(of: "+") { rest = rest[..<plus] }
        var pre: Substring?
        if let dash = rest.firstIndex(of: "-") {
            pre = rest[rest.index(after: dash)...]
            rest = rest[..<dash]
        }
        var numbers: [DigitString] = []
        for part in rest.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = DigitString(part) else { return nil }
            numbers.append(number)
        }
        while let last = numbers.last, last.isZero, numbers.count > 3 { numbers.removeLast() }
        while numbers.count < 3 { numbers.append(.zero) }
        self.numbers = numbers
        preRelease = (pre?.split(separator: ".", omittingEmptySubsequences: false) ?? []).map { part in
            DigitString(part).map { .number($0) } ?? .word(String(part))
        }
    }

    static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
        // A version without pre-release is the higher one (§11.3).
        if left.preRelease.isEmpty { return false }
        if right.preRelease.isEmpty { return true }
        return left.preRelease.lexicographicallyPrecedes(right.preRelease)
    }
}
