/// A regular expression in the syntax of Go's `regexp`, matched in time linear in the text.
///
/// Schemas of custom resources come from strangers and their patterns run on strangers' values, so matching
/// must not backtrack. All states are followed at once, character by character.
public struct RegularExpression: Sendable {
    /// One step of the compiled expression; targets are indices of steps.
    enum Step: Sendable {
        case character(CharacterClass)
        case assertion(Assertion)
        case split(Int, Int)
        case jump(Int)
        case match
    }

    /// A condition on a place between characters.
    enum Assertion: Sendable {
        case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
    }

    private let steps: [Step]
    /// What the expression was made of.
    public let source: String

    /// Compiles an expression.
    ///
    /// - Throws: ``RegularExpressionFault``, worded as Go words it.
    public init(_ source: String) throws(RegularExpressionFault) {
        var parser = RegularExpressionParser(source)
        let tree = try parser.parse()
        var compiler = RegularExpressionCompiler()
        steps = try compiler.compile(tree, source: source)
        self.source = source
    }

    /// Whether the expression matches anywhere in the text.
    public func matches(_ text: String) -> Bool {
        var states = States(count: steps.count)
        var next = States(count: steps.count)
        var previous: Unicode.Scalar?
        var iterator = text.unicodeScalars.makeIterator()
        var current = iterator.next()
        while true {
            // A match may begin at every place.
            if follow(0, into: &states, previous, current) { return true }
            guard let character = current else { return false }
            current = iterator.next()
            next.removeAll()
            var isMatch = false
            for state in states.list {
                guard case .character(let accepted) = steps[state], accepted.contains(character) else {
                    continue
                }
                if follow(state + 1, into: &next, character, current) { isMatch = true }
            }
            if isMatch { return true }
            swap(&states, &next)
            previous = character
        }
    }

    /// Adds the states reached without reading a character; answers whether the match is among them.
    private func follow(
        _ start: Int, into states: inout States, _ previous: Unicode.Scalar?, _ next: Unicode.Scalar?
    ) -> Bool {
        var pending = [start]
        while let state = pending.popLast() {
            guard states.insert(state) else { continue }
            switch steps[state] {
            case .match: return true
            case .character: break
            case .jump(let target): pending.append(target)
            case .split(let first, let second): pending += [second, first]
            case .assertion(let assertion):
                if assertion.holds(between: previous, and: next) { pending.append(state + 1) }
            }
        }
        return false
    }

    /// A set of states that is emptied in constant time.
    private struct States {
        private(set) var list: [Int] = []
        private var positions: [Int]

        init(count: Int) { positions = Array(repeating: 0, count: count) }

        /// Adds a state; answers whether it is new.
        mutating func insert(_ state: Int) -> Bool {
            let position = positions[state]
            if position < list.count, list[position] == state { return false }
            positions[state] = list.count
            list.append(state)
            return true
        }

        mutating func removeAll() { list.removeAll(keepingCapacity: true) }
    }
}

extension RegularExpression.Assertion {
    fileprivate func holds(between previous: Unicode.Scalar?, and next: Unicode.Scalar?) -> Bool {
        switch self {
        case .textStart: previous == nil
        case .textEnd: next == nil
        case .lineStart: previous == nil || previous == "\n"
        case .lineEnd: next == nil || next == "\n"
        case .wordBoundary: Self.isWord(previous) != Self.isWord(next)
        case .noWordBoundary: Self.isWord(previous) == Self.isWord(next)
        }
    }

    private static func isWord(_ character: Unicode.Scalar?) -> Bool {
        character.map { CharacterClass.word.contains($0) } ?? false
    }
}

/// Why a text is no regular expression.
public struct RegularExpressionFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, as Go says it.
    public let message: String
    /// The part of the expression that is wrong.
    public let part: String

    init(_ message: String, _ part: some StringProtocol) {
        self.message = message
        self.part = String(part)
    }

    /// ``error parsing regexp: missing closing ]: `[a-z` ``
    public var description: String { "error parsing regexp: \(message): `\(part)`" }
}
