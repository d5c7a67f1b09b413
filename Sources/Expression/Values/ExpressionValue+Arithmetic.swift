extension ExpressionValue {
    func negated() throws(ExpressionFault) -> ExpressionValue {
        switch self {
        case .int(let value): .int(0 &- value)
        case .float(let value): .float(-value)
        default: throw .evaluation("invalid operation: - \(typeName)")
        }
    }

    /// `+ - * / % **` with Go's rules: integers wrap around, an integer beside a float becomes one, `/` and
    /// `**` always answer a float.
    func arithmetic(
        _ operation: BinaryOperator, _ other: ExpressionValue
    ) throws(ExpressionFault) -> ExpressionValue {
        switch (operation, self, other) {
        case (.power, _, _), (.divide, _, _):
            if let left = number, let right = other.number {
                return .float(operation == .divide ? left / right : Power.value(left, right))
            }
        case (.modulo, .int(let left), .int(let right)):
            if right == 0 { throw .evaluation("integer divide by zero") }
            return .int(left.remainderReportingOverflow(dividingBy: right).partialValue)
        case (.add, .int(let left), .int(let right)): return .int(left &+ right)
        case (.subtract, .int(let left), .int(let right)): return .int(left &- right)
        case (.multiply, .int(let left), .int(let right)): return .int(left &* right)
        case (.add, .string(let left), .string(let right)): return .string(left + right)
        case (.modulo, _, _): break
        default:
            if let left = number, let right = other.number {
                return .float(
                    operation == .add ? left + right : operation == .subtract ? left - right : left * right)
            }
            if let value = try moment(operation, other) { return value }
        }
        throw .evaluation("invalid operation: \(typeName) \(operation.rawValue) \(other.typeName)")
    }

    /// Arithmetic of times and durations; nil where the operation has none.
    private func moment(
        _ operation: BinaryOperator, _ other: ExpressionValue
    ) throws(ExpressionFault) -> ExpressionValue? {
        switch (operation, self, other) {
        case (.add, .time(let time), .duration(let span)), (.add, .duration(let span), .time(let time)):
            return .time(nanoseconds: try Self.shifted(time.addingReportingOverflow(span)))
        case (.subtract, .time(let time), .duration(let span)):
            return .time(nanoseconds: try Self.shifted(time.subtractingReportingOverflow(span)))
        case (.subtract, .time(let left), .time(let right)):
            // Go's Time.Sub saturates.
            let (span, isPast) = left.subtractingReportingOverflow(right)
            return .duration(nanoseconds: isPast ? (left < right ? .min : .max) : span)
        case (.add, .duration(let left), .duration(let right)): return .duration(nanoseconds: left &+ right)
        case (.subtract, .duration(let left), .duration(let right)):
            return .duration(nanoseconds: left &- right)
        case (.multiply, .duration(let left), .duration(let right)):
            return .duration(nanoseconds: left &* right)
        case (.multiply, .duration(let span), .int(let factor)),
            (.multiply, .int(let factor), .duration(let span)):
            return .duration(nanoseconds: span &* Int64(factor))
        case (.multiply, .duration(let span), .float(let factor)),
            (.multiply, .float(let factor), .duration(let span)):
            return .float(Double(span) * factor)
        default: return nil
        }
    }

    private static func shifted(
        _ result: (partialValue: Int64, overflow: Bool)
    ) throws(ExpressionFault) -> Int64 {
        guard !result.overflow else { throw .evaluation("time out of range: years 1678 to 2261 are known") }
        return result.partialValue
    }

    /// `from..to`, both included; empty where `to` is less.
    func range(to other: ExpressionValue) throws(ExpressionFault) -> Range<Int> {
        let from = try integer()
        let to = try other.integer()
        guard from <= to else { return from..<from }
        guard to < Int.max else { throw ExpressionFault(.limit, "memory budget exceeded") }
        // A range from far below zero may have more elements than an integer counts.
        guard to.subtractingReportingOverflow(from).overflow == false else {
            throw ExpressionFault(.limit, "memory budget exceeded")
        }
        return from..<(to + 1)
    }

    /// The value as an index: floats lose their fraction.
    func integer() throws(ExpressionFault) -> Int {
        switch self {
        case .int(let value): value
        case .float(let value): value.goInt
        default: throw .evaluation("invalid operation: int(\(typeName))")
        }
    }
}

extension Double {
    /// Go's `int(f)`, which on 64-bit x86 answers the least integer for what has no integer.
    var goInt: Int { Int(exactly: rounded(.towardZero)) ?? .min }
}
