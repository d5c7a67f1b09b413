extension Function {
    /// What the function answers. The checker has seen to the number of arguments.
    func call(
        _ arguments: [ExpressionValue], now: Int64, _ budget: inout Budget
    ) throws(ExpressionFault) -> ExpressionValue {
        let first = arguments.first ?? .null
        switch self {
        case .len: return .int(try length(of: first, &budget))
        case .type: return .string(kind(of: first))
        case .abs: return try absolute(first)
        case .ceil, .floor, .round: return .float(try rounded(first))
        case .int: return .int(try integer(first))
        case .float: return .float(try float(first))
        case .string:
            let text = ExpressionValue.string(first.description)
            try budget.spend(memoryOf: text)
            return text
        case .max, .min: return try extreme(arguments, &budget)
        case .mean, .median: return .float(try average(arguments, &budget))
        case .first, .last: return end(of: first)
        case .keys, .values: return try parts(of: first, &budget)
        case .now: return .time(nanoseconds: now)
        case .duration: return .duration(nanoseconds: try GoDuration.parse(text(first)))
        case .date: return try date(arguments)
        case .asInt: return .int(try asInt(first))
        case .asFloat: return .float(try asFloat(first))
        case .isNaN: return .bool(try number(first).isNaN)
        case .isInf: return .bool(try number(first).isInfinite)
        // Argo Rollouts looks at `result` whatever the argument is; every documented use passes it `result`.
        case .isNil: return .bool(first.isNull)
        case .fallback: return first.isNull ? arguments[1] : first
        }
    }

    private func invalid(_ value: ExpressionValue) -> ExpressionFault {
        .evaluation("invalid argument for \(rawValue) (type \(value.typeName))")
    }

    private func text(_ value: ExpressionValue) throws(ExpressionFault) -> String {
        guard case .string(let text) = value else {
            throw .evaluation("interface conversion: interface {} is \(value.typeName), not string")
        }
        return text
    }

    private func number(_ value: ExpressionValue) throws(ExpressionFault) -> Double {
        guard let number = value.number else {
            throw .evaluation("interface conversion: interface {} is \(value.typeName), not float64")
        }
        return number
    }

    // MARK: Sizes and kinds

    /// Of a text in characters, not bytes.
    private func length(of value: ExpressionValue, _ budget: inout Budget) throws(ExpressionFault) -> Int {
        switch value {
        case .array(let items): return items.count
        case .map(let map): return map.count
        case .string(let text):
            try budget.spend(steps: text.utf8.count / 16)
            return text.unicodeScalars.count
        default: throw invalid(value)
        }
    }

    private func kind(of value: ExpressionValue) -> String {
        switch value {
        case .null: "nil"
        case .float: "float"
        case .array: "array"
        case .map: "map"
        default: value.typeName
        }
    }

    private func end(of value: ExpressionValue) -> ExpressionValue {
        guard case .array(let items) = value else { return .null }
        return (self == .first ? items.first : items.last) ?? .null
    }

    /// The keys or values of a map in the order of the keys, where Go's order is random.
    private func parts(
        of value: ExpressionValue, _ budget: inout Budget
    ) throws(ExpressionFault) -> ExpressionValue {
        guard case .map(let map) = value else {
            throw .evaluation("cannot get \(self) from \(value.typeName)")
        }
        try budget.spend(memory: map.count)
        let sorted = map.sorted { $0.key < $1.key }
        return .array(sorted.map { self == .keys ? .string($0.key) : $0.value })
    }

    // MARK: Numbers

    private func absolute(_ value: ExpressionValue) throws(ExpressionFault) -> ExpressionValue {
        switch value {
        case .int(let number): .int(number < 0 ? 0 &- number : number)
        case .float(let number): .float(number < 0 ? -number : number)
        default: throw invalid(value)
        }
    }

    private func rounded(_ value: ExpressionValue) throws(ExpressionFault) -> Double {
        guard let number = value.number else { throw invalid(value) }
        switch self {
        case .ceil: return number.rounded(.up)
        case .floor: return number.rounded(.down)
        default: return number.rounded(.toNearestOrAwayFromZero)
        }
    }

    private func integer(_ value: ExpressionValue) throws(ExpressionFault) -> Int {
        switch value {
        case .int(let number): return number
        case .float(let number): return number.goInt
        case .string(let text):
            guard let number = Int(text) else { throw .evaluation("invalid operation: int(\(text))") }
            return number
        default: throw .evaluation("invalid operation: int(\(value.typeName))")
        }
    }

    private func float(_ value: ExpressionValue) throws(ExpressionFault) -> Double {
        if let number = value.number { return number }
        guard case .string(let text) = value else {
            throw .evaluation("invalid operation: float(\(value.typeName))")
        }
        guard let number = GoNumber.float(text), GoNumber.isInRange(number, text) else {
            throw .evaluation("invalid operation: float(\(text))")
        }
        return number
    }

    private func asInt(_ value: ExpressionValue) throws(ExpressionFault) -> Int {
        switch value {
        case .int(let number): return number
        case .float(let number): return number.goInt
        case .string(let text):
            if let number = Int(text) { return number }
            let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            let isNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
            let reason = isNumber ? "value out of range" : "invalid syntax"
            throw .evaluation("strconv.ParseInt: parsing \(GoText.quoted(text)): \(reason)")
        default: throw .evaluation("asInt() not supported on \(value.typeName) \(value)")
        }
    }

    private func asFloat(_ value: ExpressionValue) throws(ExpressionFault) -> Double {
        if let number = value.number { return number }
        guard case .string(let text) = value else {
            throw .evaluation("asFloat() not supported on \(value.typeName) \(value)")
        }
        guard let number = GoNumber.float(text) else {
            throw .evaluation("strconv.ParseFloat: parsing \(GoText.quoted(text)): invalid syntax")
        }
        guard GoNumber.isInRange(number, text) else {
            throw .evaluation("strconv.ParseFloat: parsing \(GoText.quoted(text)): value out of range")
        }
        return number
    }

    // MARK: Many numbers

    /// The greatest or the least of numbers and of lists of them; nothing where there are none.
    private func extreme(
        _ arguments: [ExpressionValue], _ budget: inout Budget
    ) throws(ExpressionFault) -> ExpressionValue {
        if arguments.count == 1, arguments[0].number == nil {
            guard case .array = arguments[0] else { return arguments[0] }
        }
        var best: ExpressionValue?
        try forEachNumber(arguments, &budget) { value throws(ExpressionFault) in
            guard let current = best else { return best = value }
            if try current.compare(self == .max ? .less : .more, value) { best = value }
        }
        return best ?? .null
    }

    private func average(
        _ arguments: [ExpressionValue], _ budget: inout Budget
    ) throws(ExpressionFault) -> Double {
        var numbers: [Double] = []
        try forEachNumber(arguments, &budget) { value throws(ExpressionFault) in
            numbers.append(value.number ?? 0)
        }
        guard !numbers.isEmpty else { return 0 }
        if self == .mean { return numbers.reduce(0, +) / Double(numbers.count) }
        // Go's sort puts NaN first.
        numbers.sort { $0 < $1 || $0.isNaN && !$1.isNaN }
        let middle = numbers.count / 2
        return numbers.count % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2
    }

    private func forEachNumber(
        _ values: [ExpressionValue], _ budget: inout Budget,
        _ body: (ExpressionValue) throws(ExpressionFault) -> Void
    ) throws(ExpressionFault) {
        for value in values {
            try budget.spend(steps: 1)
            switch value {
            case .int, .float: try body(value)
            case .array(let items): try forEachNumber(items, &budget, body)
            default: throw invalid(value)
            }
        }
    }

    // MARK: Dates

    /// The layouts that `date` tries where none is given; those with names of months and zones are left out.
    private static let dateLayouts = [
        "2006-01-02", "15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00",
    ]

    private func date(_ arguments: [ExpressionValue]) throws(ExpressionFault) -> ExpressionValue {
        let text = try text(arguments[0])
        if arguments.count == 3 {
            let zone = try self.text(arguments[2])
            guard zone == "UTC" || zone.isEmpty else {
                throw .evaluation(
                    "unknown time zone \(zone)", hint: "UTC is known; RFC 3339 texts have their offset")
            }
        }
        let layouts = arguments.count > 1 ? [try self.text(arguments[1])] : Self.dateLayouts
        for layout in layouts {
            if let time = CivilTime.nanoseconds(of: text, layout: layout) { return .time(nanoseconds: time) }
        }
        throw .evaluation("invalid date \(text)")
    }
}
