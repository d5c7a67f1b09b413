/// What is left of the steps and the memory of one evaluation.
struct Budget {
    private var steps: Int
    private var memory: Int

    init(_ limits: ExpressionLimits) {
        steps = limits.steps
        memory = limits.memory
    }

    mutating func spend(steps count: Int) throws(ExpressionFault) {
        steps -= count
        if steps < 0 { throw ExpressionFault(.limit, "step budget exceeded") }
    }

    /// Elements that are made also take as many steps.
    mutating func spend(memory count: Int) throws(ExpressionFault) {
        memory -= count
        if memory < 0 { throw ExpressionFault(.limit, "memory budget exceeded") }
        try spend(steps: count)
    }

    mutating func spend(memoryOf value: ExpressionValue) throws(ExpressionFault) {
        switch value {
        case .string(let text): try spend(memory: text.utf8.count / 16 + 1)
        case .array(let items): try spend(memory: items.count)
        case .map(let map): try spend(memory: map.count)
        default: break
        }
    }
}
