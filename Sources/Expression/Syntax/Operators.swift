/// An operator before its operand.
enum UnaryOperator: String, Sendable {
    case not, minus = "-", plus = "+"

    init?(token: Token) {
        guard token.kind == .operation else { return nil }
        switch token.text {
        case "not", "!": self = .not
        case "-": self = .minus
        case "+": self = .plus
        default: return nil
        }
    }

    /// How tightly the operator holds its operand; `not` holds a comparison's left side, not the comparison.
    var precedence: Int { self == .not ? 50 : 90 }
}

/// An operator between two operands.
enum BinaryOperator: String, Sendable {
    case or = "||", and = "&&"
    case equal = "==", notEqual = "!="
    case less = "<", more = ">", lessOrEqual = "<=", moreOrEqual = ">="
    case contained = "in", matches, contains, startsWith, endsWith
    case range = ".."
    case add = "+", subtract = "-", multiply = "*", divide = "/", modulo = "%", power = "**"
    case otherwise = "??"

    init?(token: Token) {
        guard token.kind == .operation else { return nil }
        switch token.text {
        case "or": self = .or
        case "and": self = .and
        case "^": self = .power
        default: self.init(rawValue: token.text)
        }
    }

    /// How tightly the operator holds, as in expr-lang's table of operators.
    var precedence: Int {
        switch self {
        case .or: 10
        case .and: 15
        case .equal, .notEqual, .less, .more, .lessOrEqual, .moreOrEqual: 20
        case .contained, .matches, .contains, .startsWith, .endsWith: 20
        case .range: 25
        case .add, .subtract: 30
        case .multiply, .divide, .modulo: 60
        case .power: 100
        case .otherwise: 500
        }
    }

    var isComparison: Bool {
        switch self {
        case .less, .more, .lessOrEqual, .moreOrEqual: true
        default: false
        }
    }

    /// Whether `not` may stand before the operator: `not in`.
    var allowsNot: Bool {
        switch self {
        case .contained, .matches, .contains, .startsWith, .endsWith: true
        default: false
        }
    }
}
