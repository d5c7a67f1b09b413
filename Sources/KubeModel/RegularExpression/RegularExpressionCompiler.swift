/// An expression as it was read.
indirect enum RegularExpressionTree: Sendable {
    case empty
    case character(CharacterClass)
    case assertion(RegularExpression.Assertion)
    case sequence([RegularExpressionTree])
    case alternatives([RegularExpressionTree])
    /// The inner expression at least `minimum` times and, unless nil, at most `maximum` times.
    case repeated(RegularExpressionTree, minimum: Int, maximum: Int?)
}

/// What turns a tree into steps.
///
/// Which alternative is tried first and whether a repetition is greedy makes no difference to whether there is a
/// match, so neither is kept.
struct RegularExpressionCompiler {
    private var steps: [RegularExpression.Step] = []

    /// The most steps an expression may have; nested repetitions multiply.
    private static let limit = 100_000

    mutating func compile(
        _ tree: RegularExpressionTree, source: String
    ) throws(RegularExpressionFault) -> [RegularExpression.Step] {
        try emit(tree, source)
        steps.append(.match)
        return steps
    }

    private mutating func emit(_ tree: RegularExpressionTree, _ source: String) throws(RegularExpressionFault)
    {
        guard steps.count < Self.limit else {
            throw RegularExpressionFault("expression too large", source)
        }
        switch tree {
        case .empty: break
        case .character(let accepted): steps.append(.character(accepted))
        case .assertion(let assertion): steps.append(.assertion(assertion))
        case .sequence(let parts):
            for part in parts { try emit(part, source) }
        case .alternatives(let parts):
            var exits: [Int] = []
            for part in parts.dropLast() {
                let split = reserve()
                try emit(part, source)
                exits.append(reserve())
                steps[split] = .split(split + 1, steps.count)
            }
            if let last = parts.last { try emit(last, source) }
            for exit in exits { steps[exit] = .jump(steps.count) }
        case .repeated(let inner, let minimum, let maximum):
            for _ in 0..<minimum { try emit(inner, source) }
            guard let maximum else {
                let split = reserve()
                try emit(inner, source)
                steps.append(.jump(split))
                steps[split] = .split(split + 1, steps.count)
                return
            }
            var splits: [Int] = []
            for _ in minimum..<Swift.max(minimum, maximum) {
                splits.append(reserve())
                try emit(inner, source)
            }
            for split in splits { steps[split] = .split(split + 1, steps.count) }
        }
    }

    /// Keeps room for a step whose targets are not known yet.
    private mutating func reserve() -> Int {
        steps.append(.match)
        return steps.count - 1
    }
}
