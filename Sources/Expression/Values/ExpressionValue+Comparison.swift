extension ExpressionValue {
    /// `==`: numbers of both kinds by their value, lists element by element, other unlike kinds never.
    func equals(_ other: ExpressionValue, _ budget: inout Budget) throws(ExpressionFault) -> Bool {
        switch (self, other) {
        case (.int(let left), .int(let right)): return left == right
        case (.string(let left), .string(let right)):
            try budget.spend(steps: left.utf8.count / 16)
            return left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return false }
            for (item, otherItem) in zip(left, right) {
                try budget.spend(steps: 1)
                guard try item.equals(otherItem, &budget) else { return false }
            }
            return true
        default:
            if let left = number, let right = other.number { return left == right }
            return try isSame(as: other, &budget)
        }
    }

    /// Go's `reflect.DeepEqual`, by which maps are compared: in them, an integer never equals a float.
    private func isSame(as other: ExpressionValue, _ budget: inout Budget) throws(ExpressionFault) -> Bool {
        try budget.spend(steps: 1)
        switch (self, other) {
        case (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let left), .int(let right)): return left == right
        case (.float(let left), .float(let right)): return left == right
        case (.string, .string): return try equals(other, &budget)
        case (.time(let left), .time(let right)): return left == right
        case (.duration(let left), .duration(let right)): return left == right
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return false }
            for (item, otherItem) in zip(left, right) {
                guard try item.isSame(as: otherItem, &budget) else { return false }
            }
            return true
        case (.map(let left), .map(let right)):
            guard left.count == right.count else { return false }
            for (key, value) in left {
                guard let otherValue = right[key], try value.isSame(as: otherValue, &budget) else {
                    return false
                }
            }
            return true
        default: return false
        }
    }

    /// `< > <= >=` of two numbers, texts (by their bytes), times or durations. NaN compares as false.
    func compare(_ operation: BinaryOperator, _ other: ExpressionValue) throws(ExpressionFault) -> Bool {
        switch (self, other) {
        case (.int(let left), .int(let right)): return Self.holds(operation, left, right)
        case (.time(let left), .time(let right)): return Self.holds(operation, left, right)
        case (.duration(let left), .duration(let right)): return Self.holds(operation, left, right)
        case (.string(let left), .string(let right)):
            let isLess = left.utf8.lexicographicallyPrecedes(right.utf8)
            let isMore = !isLess && right.utf8.lexicographicallyPrecedes(left.utf8)
            return Self.holds(operation, isLess ? -1 : isMore ? 1 : 0, 0)
        default:
            if let left = number, let right = other.number { return Self.holds(operation, left, right) }
            throw .evaluation("invalid operation: \(typeName) \(operation.rawValue) \(other.typeName)")
        }
    }

    private static func holds<Operand: Comparable>(
        _ operation: BinaryOperator, _ left: Operand, _ right: Operand
    ) -> Bool {
        switch operation {
        case .less: left < right
        case .more: left > right
        case .lessOrEqual: left <= right
        default: left >= right
        }
    }

    /// `in` a list or, as a key, in a map. Nothing is in `nil`.
    func isContained(in other: ExpressionValue, _ budget: inout Budget) throws(ExpressionFault) -> Bool {
        switch other {
        case .null: return false
        case .array(let items):
            for item in items {
                try budget.spend(steps: 1)
                if try item.equals(self, &budget) { return true }
            }
            return false
        case .map(let map):
            guard case .string(let key) = self else {
                throw .evaluation("cannot use \(typeName) as type string in map key")
            }
            return map[key] != nil
        default: throw .evaluation("operator \"in\" not defined on \(other.typeName)")
        }
    }

    /// `contains`, `startsWith` and `endsWith`, byte by byte; false where either side is nothing.
    func text(
        _ operation: BinaryOperator, _ other: ExpressionValue, _ budget: inout Budget
    ) throws(ExpressionFault) -> Bool {
        if isNull || other.isNull { return false }
        guard case .string(let whole) = self, case .string(let part) = other else {
            var wrong = self
            if case .string = self { wrong = other }
            throw .evaluation("interface conversion: interface {} is \(wrong.typeName), not string")
        }
        switch operation {
        case .startsWith: return whole.utf8.starts(with: part.utf8)
        case .endsWith: return whole.utf8.reversed().starts(with: part.utf8.reversed())
        default: return try Self.find(Array(part.utf8), in: Array(whole.utf8), &budget)
        }
    }

    private static func find(
        _ part: [UInt8], in whole: [UInt8], _ budget: inout Budget
    ) throws(ExpressionFault) -> Bool {
        guard part.count <= whole.count else { return false }
        for start in 0...(whole.count - part.count) {
            var length = 0
            while length < part.count, whole[start + length] == part[length] { length += 1 }
            if length == part.count { return true }
            try budget.spend(steps: length / 16 + 1)
        }
        return false
    }
}
