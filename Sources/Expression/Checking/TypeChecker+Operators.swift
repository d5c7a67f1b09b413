extension TypeChecker {
    func unary(
        _ operation: UnaryOperator, _ type: ExpressionType, at index: Int
    ) throws(LocatedFault) -> ExpressionType {
        switch operation {
        case .not:
            if type == .bool || type == .any { return .bool }
        case .minus, .plus:
            if type.isNumber || type == .any { return type }
        }
        throw fault("invalid operation: \(operation.rawValue) (mismatched type \(type))", at: index)
    }

    func binary(
        _ operation: BinaryOperator, _ left: ExpressionType, _ right: ExpressionType, at index: Int
    ) throws(LocatedFault) -> ExpressionType {
        if operation == .contained { return try contained(left, right, at: index) }
        if operation == .otherwise { return otherwise(left, right) }
        if let type = result(of: operation, left, right) { return type }
        throw fault(
            "invalid operation: \(operation.rawValue) (mismatched types \(left) and \(right))", at: index,
            hint: hint(left, right))
    }

    /// The type of an operation's value; nil where the operation does not take the operands.
    private func result(
        of operation: BinaryOperator, _ left: ExpressionType, _ right: ExpressionType
    ) -> ExpressionType? {
        let areNumbers = left.isNumber && right.isNumber
        switch operation {
        case .equal, .notEqual: return left.isComparable(to: right) ? .bool : nil
        case .or, .and: return left == .bool && right == .bool || left.mayBe(with: right, .bool) ? .bool : nil
        case .less, .more, .lessOrEqual, .moreOrEqual:
            let areAlike = left == right && [.string, .time, .duration].contains(left)
            return areNumbers || areAlike
                || left.mayBe(with: right, .int, .float, .string, .time, .duration) ? .bool : nil
        case .add:
            if let type = sum(left, right) { return type }
            if left == .string, right == .string { return .string }
            if left == .duration, right == .time { return .time }
            return left.mayBe(with: right, .int, .float, .string, .time, .duration) ? .any : nil
        case .subtract:
            if let type = sum(left, right) { return type }
            if left == .time, right == .time { return .duration }
            return left.mayBe(with: right, .int, .float, .time, .duration) ? .any : nil
        case .multiply:
            if areNumbers { return left == .float || right == .float ? .float : .int }
            let isSpan = left == .duration && (right == .duration || right.isNumber)
            if isSpan || left.isNumber && right == .duration { return .duration }
            return left.mayBe(with: right, .int, .float, .duration) ? .any : nil
        case .divide, .power: return areNumbers || left.mayBe(with: right, .int, .float) ? .float : nil
        case .modulo: return left == .int && right == .int || left.mayBe(with: right, .int) ? .int : nil
        case .range:
            return left == .int && right == .int || left.mayBe(with: right, .int) ? .array(of: .int) : nil
        case .matches, .contains, .startsWith, .endsWith:
            return left == .string && right == .string || left.mayBe(with: right, .string) ? .bool : nil
        case .contained, .otherwise: return nil
        }
    }

    /// What `+` and `-` have in common.
    private func sum(_ left: ExpressionType, _ right: ExpressionType) -> ExpressionType? {
        if left.isNumber, right.isNumber { return left == .float || right == .float ? .float : .int }
        if left == .time, right == .duration { return .time }
        return left == .duration && right == .duration ? .duration : nil
    }

    private func contained(
        _ left: ExpressionType, _ right: ExpressionType, at index: Int
    ) throws(LocatedFault) -> ExpressionType {
        switch right {
        case .map:
            guard left == .string || left == .any else {
                throw fault("cannot use \(left) as type string in map key", at: index)
            }
            return .bool
        case .array(let element):
            guard left.isComparable(to: element) else {
                throw fault("cannot use \(left) as type \(element) in array", at: index)
            }
            return .bool
        case .any: return .bool
        case .string where left == .any: return .bool
        default:
            throw fault(
                "invalid operation: in (mismatched types \(left) and \(right))", at: index,
                hint: right == .string ? "write text contains part" : nil)
        }
    }

    private func otherwise(_ left: ExpressionType, _ right: ExpressionType) -> ExpressionType {
        if left == .null { return right }
        return right == .null || left == right ? left : .any
    }

    private func hint(_ left: ExpressionType, _ right: ExpressionType) -> String? {
        if left == .string && right.isNumber || left.isNumber && right == .string {
            return "asFloat(…) makes a number of a text"
        }
        if left.isArray && right.isNumber || left.isNumber && right.isArray {
            return "the value is a list: take one element, result[0], or ask all(result, # …)"
        }
        return nil
    }
}
