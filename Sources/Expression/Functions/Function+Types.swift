extension Function {
    /// The type of what the function answers.
    ///
    /// - Throws: Where the function does not take such arguments, worded as expr-lang words it.
    func result(of types: [ExpressionType]) throws(ExpressionFault) -> ExpressionType {
        try checkCount(types.count)
        let first = types.first ?? .any
        switch self {
        case .len:
            try accept(first == .string || first == .map || first.isArray, first)
            return .int
        case .type, .string: return .string
        case .abs:
            try accept(first.isNumber, first)
            return first
        case .ceil, .floor, .round:
            try accept(first.isNumber, first)
            return .float
        case .int:
            try accept(first.isNumber || first == .string, first)
            return .int
        case .float:
            try accept(first.isNumber || first == .string, first)
            return .float
        case .max, .min, .mean, .median:
            for type in types {
                if type == .any || type.isArray { return .any }
                try accept(type.isNumber, type)
            }
            return first
        case .first, .last:
            if case .array(let element) = first { return element }
            guard first == .any else { throw .type("cannot get \(self) element from \(first)") }
            return .any
        case .keys, .values:
            guard first == .any || first == .map else { throw .type("cannot get \(self) from \(first)") }
            return .array(of: self == .keys ? .string : .any)
        case .now: return .time
        case .duration:
            try acceptArguments(types, .string)
            return .duration
        case .date:
            try acceptArguments(types, .string)
            return .time
        case .asInt: return .int
        case .asFloat: return .float
        case .isNaN, .isInf:
            if first != .int { try acceptArguments(types, .float) }
            return .bool
        case .isNil: return .bool
        case .fallback: return types[0] == types[1] || types[1] == .null ? types[0] : .any
        }
    }

    private func checkCount(_ count: Int) throws(ExpressionFault) {
        guard !arity.contains(count) else { return }
        switch self {
        case .len, .abs, .ceil, .floor, .round, .int, .float, .first, .last, .keys, .values, .now:
            throw .type("invalid number of arguments (expected \(arity.lowerBound), got \(count))")
        default:
            throw .type(
                "\(count < arity.lowerBound ? "not enough" : "too many") arguments to call \(rawValue)")
        }
    }

    private func accept(_ isAccepted: Bool, _ type: ExpressionType) throws(ExpressionFault) {
        guard isAccepted || type == .any else {
            throw .type("invalid argument for \(rawValue) (type \(type == .null ? "nil" : type.description))")
        }
    }

    private func acceptArguments(
        _ types: [ExpressionType], _ wanted: ExpressionType
    ) throws(ExpressionFault) {
        for type in types where type != wanted && type != .any {
            let given = type == .null ? "nil" : type.description
            throw .type("cannot use \(given) as argument (type \(wanted)) to call \(rawValue) ")
        }
    }
}
