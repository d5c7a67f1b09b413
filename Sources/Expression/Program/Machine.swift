/// What runs a program: a stack, the open loops, and the budgets of steps and memory.
struct Machine {
    private let program: Program
    private let environment: ExpressionEnvironment
    private let patterns: ExpressionPatterns?
    private var stack: [ExpressionValue] = []
    private var locals: [ExpressionValue]
    private var scopes: [Scope] = []
    private var budget: Budget

    /// An open loop over a list.
    private struct Scope {
        let items: [ExpressionValue]
        var place: Int
        /// Backwards from the last element.
        let isReversed: Bool
        var count = 0
        var gathered: [ExpressionValue] = []
        var total = ExpressionValue.int(0)

        var isAtEnd: Bool { !items.indices.contains(place) }
    }

    init(
        _ program: Program, _ environment: ExpressionEnvironment, _ patterns: ExpressionPatterns?,
        _ limits: ExpressionLimits
    ) {
        self.program = program
        self.environment = environment
        self.patterns = patterns
        locals = Array(repeating: .null, count: program.locals)
        budget = Budget(limits)
    }

    mutating func run() throws(LocatedFault) -> ExpressionValue {
        var place = 0
        while place < program.instructions.count {
            do throws(ExpressionFault) {
                try budget.spend(steps: 1)
                place = try execute(program.instructions[place]) ?? (place + 1)
            } catch {
                throw LocatedFault(error, program.offsets[place])
            }
        }
        return stack.last ?? .null
    }

    // MARK: The stack

    /// The compiler never takes more than it put; an empty stack reads as nothing.
    private mutating func pop() -> ExpressionValue { stack.popLast() ?? .null }

    private mutating func pop(_ count: Int) -> [ExpressionValue] {
        let values = Array(stack.suffix(count))
        stack.removeLast(values.count)
        return values
    }

    private var top: ExpressionValue { stack.last ?? .null }

    private func bool(_ value: ExpressionValue) throws(ExpressionFault) -> Bool {
        guard case .bool(let flag) = value else {
            throw .evaluation(
                "interface conversion: interface {} is \(value.isNull ? "nil" : value.typeName), not bool")
        }
        return flag
    }

    // MARK: Instructions

    /// Does one step. The answer is the next place, unless it is the following one.
    private mutating func execute(_ instruction: Instruction) throws(ExpressionFault) -> Int? {
        switch instruction {
        case .push(let value): stack.append(value)
        case .load(let variable): stack.append(environment.variables[program.variables[variable]] ?? .null)
        case .store(let local): locals[local] = pop()
        case .loadLocal(let local): stack.append(locals[local])
        case .pop: stack.removeLast()
        case .negate: stack.append(try pop().negated())
        case .not: stack.append(.bool(!(try bool(pop()))))
        case .binary(let operation):
            let right = pop()
            let left = pop()
            stack.append(try binary(operation, left, right))
        case .matches(let pattern): stack.append(.bool(try matches(pop(), program.patterns[pattern])))
        case .jump(let target): return target
        case .jumpIfTrue(let target): return try bool(top) ? target : nil
        case .jumpIfFalse(let target): return try bool(top) ? nil : target
        case .jumpIfNull(let target): return top.isNull ? target : nil
        case .jumpIfNotNull(let target): return top.isNull ? nil : target
        case .fetch:
            let property = pop()
            stack.append(try pop().member(property))
        case .slice(let hasFrom, let hasTo):
            let to = hasTo ? pop() : nil
            let from = hasFrom ? pop() : nil
            let part = try pop().slice(from, to)
            try budget.spend(memoryOf: part)
            stack.append(part)
        case .array(let count):
            try budget.spend(memory: count)
            stack.append(.array(pop(count)))
        case .map(let count): try map(count)
        case .call(let function, let count):
            let arguments = pop(count)
            stack.append(try function.call(arguments, now: environment.now, &budget))
        default: return try executeLoop(instruction)
        }
        return nil
    }

    private mutating func map(_ count: Int) throws(ExpressionFault) {
        try budget.spend(memory: count)
        let parts = pop(2 * count)
        var map: [String: ExpressionValue] = [:]
        for place in stride(from: 0, to: parts.count, by: 2) {
            guard case .string(let key) = parts[place] else {
                throw .evaluation(
                    "interface conversion: interface {} is \(parts[place].typeName), not string")
            }
            map[key] = parts[place + 1]
        }
        stack.append(.map(map))
    }

    private mutating func binary(
        _ operation: BinaryOperator, _ left: ExpressionValue, _ right: ExpressionValue
    ) throws(ExpressionFault) -> ExpressionValue {
        switch operation {
        case .equal: return .bool(try left.equals(right, &budget))
        case .notEqual: return .bool(!(try left.equals(right, &budget)))
        case .less, .more, .lessOrEqual, .moreOrEqual: return .bool(try left.compare(operation, right))
        case .contained: return .bool(try left.isContained(in: right, &budget))
        case .range:
            let range = try left.range(to: right)
            try budget.spend(memory: range.count)
            return .array(range.map { .int($0) })
        case .contains, .startsWith, .endsWith: return .bool(try left.text(operation, right, &budget))
        case .matches:
            guard !left.isNull, !right.isNull else { return .bool(false) }
            guard case .string(let text) = right, let patterns else {
                throw .evaluation("interface conversion: interface {} is \(right.typeName), not string")
            }
            let match: ExpressionPatterns.Match
            do { match = try patterns.compile(text) } catch { throw .evaluation("\(error)") }
            return .bool(try matches(left, match))
        default:
            let value = try left.arithmetic(operation, right)
            if case .string = value { try budget.spend(memoryOf: value) }
            return value
        }
    }

    private mutating func matches(
        _ value: ExpressionValue, _ match: ExpressionPatterns.Match
    ) throws(ExpressionFault) -> Bool {
        if value.isNull { return false }
        guard case .string(let text) = value else {
            throw .evaluation("interface conversion: interface {} is \(value.typeName), not string")
        }
        try budget.spend(steps: text.utf8.count)
        return match(text)
    }

    // MARK: Loops

    private mutating func executeLoop(_ instruction: Instruction) throws(ExpressionFault) -> Int? {
        if case .begin(let loop) = instruction {
            let list = pop()
            guard case .array(let items) = list else {
                throw .evaluation("builtin \(loop) takes only array (got \(list.typeName))")
            }
            let isReversed = loop == .findLast || loop == .findLastIndex
            scopes.append(
                Scope(items: items, place: isReversed ? items.count - 1 : 0, isReversed: isReversed))
            return nil
        }
        guard var scope = scopes.popLast() else { return nil }
        if case .end = instruction { return nil }
        var target: Int?
        switch instruction {
        case .jumpIfEnd(let end): target = scope.isAtEnd ? end : nil
        case .next: scope.place += scope.isReversed ? -1 : 1
        case .element: stack.append(scope.items[scope.place])
        case .index: stack.append(.int(scope.place))
        case .count: scope.count += try bool(pop()) ? 1 : 0
        case .keep: if try bool(pop()) { scope.gathered.append(scope.items[scope.place]) }
        case .collect: scope.gathered.append(pop())
        case .accumulate: scope.total = try pop().arithmetic(.add, scope.total)
        case .pick(let wantsIndex, let end):
            if try bool(pop()) {
                stack.append(wantsIndex ? .int(scope.place) : scope.items[scope.place])
                target = end
            }
        case .gathered(let loop): stack.append(try gathered(loop, scope))
        default: break
        }
        scopes.append(scope)
        return target
    }

    private mutating func gathered(_ loop: Loop, _ scope: Scope) throws(ExpressionFault) -> ExpressionValue {
        switch loop {
        case .all, .none: return .bool(true)
        case .any: return .bool(false)
        case .one: return .bool(scope.count == 1)
        case .count: return .int(scope.count)
        case .filter, .map:
            try budget.spend(memory: scope.gathered.count)
            return .array(scope.gathered)
        case .sum: return scope.total
        case .find, .findLast: return .null
        case .findIndex, .findLastIndex: return .int(-1)
        }
    }
}
