/// The functions that take values: those of expr-lang that conditions use, and those that Argo Rollouts adds.
enum Function: String, Sendable, CaseIterable {
    case len, type, abs, ceil, floor, round, int, float, string
    case max, min, mean, median, first, last, keys, values
    case now, duration, date
    // Argo Rollouts' own (utils/evaluate).
    case asInt, asFloat, isNaN, isInf, isNil
    case fallback = "default"

    /// How many arguments there may be.
    var arity: ClosedRange<Int> {
        switch self {
        case .now: 0...0
        case .max, .min, .mean, .median: 1...Int.max
        case .fallback: 2...2
        case .date: 1...3
        default: 1...1
        }
    }

    /// Functions of expr-lang that conditions do without, so that the message can tell them from
    /// misspellings.
    static let unsupported: Set<String> = [
        "trim", "trimPrefix", "trimSuffix", "upper", "lower", "split", "splitAfter", "replace", "repeat",
        "join",
        "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "toJSON", "fromJSON", "toBase64", "fromBase64",
        "timezone", "get", "take", "toPairs", "fromPairs", "reverse", "uniq", "concat", "flatten", "sort",
        "sortBy",
        "groupBy", "reduce", "bitand", "bitor", "bitxor", "bitnand", "bitnot", "bitshl", "bitshr", "bitushr",
    ]
}

/// The functions that ask a predicate about every element of a list.
enum Loop: String, Sendable, CaseIterable {
    case all, none, any, one, filter, map, count, sum
    case find, findIndex, findLast, findLastIndex

    /// Whether the list alone is enough: `count([true, false])`, `sum([1, 2])`.
    var mayLackPredicate: Bool { self == .count || self == .sum }

    /// Whether the predicate answers yes or no.
    var needsBool: Bool { self != .map && self != .sum }
}
