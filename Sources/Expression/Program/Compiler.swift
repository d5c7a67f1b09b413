/// What makes instructions of a tree.
struct Compiler {
    private let tree: SyntaxTree
    private let compilePattern: ExpressionPatterns.Compile?
    private var program = Program()
    private var locals: [String] = []
    /// Where each open chain of `?.` is left when there is nothing at a link.
    private var chains: [[Int]] = []

    init(_ tree: SyntaxTree, patterns: ExpressionPatterns?) {
        self.tree = tree
        compilePattern = patterns?.compile
    }

    mutating func compile() throws(LocatedFault) -> Program {
        try compile(tree.root)
        return program
    }

    // MARK: Emitting

    private mutating func emit(_ instruction: Instruction, _ node: Int) {
        program.instructions.append(instruction)
        program.offsets.append(tree.offsets[node])
    }

    /// Leaves room for a jump whose target is not known yet.
    private mutating func reserve(_ node: Int) -> Int {
        emit(.pop, node)
        return program.instructions.count - 1
    }

    private var here: Int { program.instructions.count }

    private mutating func patch(_ place: Int, _ instruction: Instruction) {
        program.instructions[place] = instruction
    }

    // MARK: Nodes

    private mutating func compile(_ node: Int) throws(LocatedFault) {
        switch tree.nodes[node] {
        case .null: emit(.push(.null), node)
        case .bool(let value): emit(.push(.bool(value)), node)
        case .int(let value): emit(.push(.int(value)), node)
        case .float(let value): emit(.push(.float(value)), node)
        case .string(let value): emit(.push(.string(value)), node)
        case .variable(let name): variable(name, node)
        case .pointer(let name): emit(name.isEmpty ? .element : .index, node)
        case .unary(let operation, let operand):
            try compile(operand)
            if operation == .minus { emit(.negate, node) }
            if operation == .not { emit(.not, node) }
        case .binary(let operation, let left, let right): try binary(operation, left, right, node)
        case .chain(let inner): try chain(inner, node)
        case .member(let base, let property, let isOptional):
            try compile(base)
            if isOptional, !chains.isEmpty { chains[chains.count - 1].append(reserve(node)) }
            try compile(property)
            emit(.fetch, node)
        case .slice(let base, let from, let to):
            try compile(base)
            if let from { try compile(from) }
            if let to { try compile(to) }
            emit(.slice(hasFrom: from != nil, hasTo: to != nil), node)
        case .call(let function, let arguments):
            for argument in arguments { try compile(argument) }
            emit(.call(function, arguments.count), node)
        case .loop(let loop, let list, let predicate): try self.loop(loop, list, predicate, node)
        case .conditional(let condition, let then, let otherwise):
            try compile(condition)
            let toElse = reserve(condition)
            emit(.pop, node)
            try compile(then)
            let toEnd = reserve(node)
            patch(toElse, .jumpIfFalse(here))
            emit(.pop, node)
            try compile(otherwise)
            patch(toEnd, .jump(here))
        case .array(let items):
            for item in items { try compile(item) }
            emit(.array(items.count), node)
        case .map(let pairs):
            for pair in pairs {
                try compile(pair.key)
                try compile(pair.value)
            }
            emit(.map(pairs.count), node)
        case .declaration(let name, let value, let body):
            try compile(value)
            emit(.store(local: locals.count), node)
            locals.append(name)
            program.locals = max(program.locals, locals.count)
            try compile(body)
            locals.removeLast()
        case .sequence(let nodes):
            for (place, part) in nodes.enumerated() {
                if place > 0 { emit(.pop, part) }
                try compile(part)
            }
        }
    }

    private mutating func variable(_ name: String, _ node: Int) {
        if let local = locals.lastIndex(of: name) { return emit(.loadLocal(local), node) }
        let place = program.variables.firstIndex(of: name) ?? program.variables.count
        if place == program.variables.count { program.variables.append(name) }
        emit(.load(place), node)
    }

    private mutating func chain(_ inner: Int, _ node: Int) throws(LocatedFault) {
        chains.append([])
        try compile(inner)
        for place in chains.removeLast() { patch(place, .jumpIfNull(here)) }
    }

    private mutating func binary(
        _ operation: BinaryOperator, _ left: Int, _ right: Int, _ node: Int
    ) throws(LocatedFault) {
        try compile(left)
        switch operation {
        case .or, .and, .otherwise:
            let toEnd = reserve(operation == .otherwise ? node : left)
            emit(.pop, node)
            try compile(right)
            switch operation {
            case .or: patch(toEnd, .jumpIfTrue(here))
            case .and: patch(toEnd, .jumpIfFalse(here))
            default: patch(toEnd, .jumpIfNotNull(here))
            }
        case .matches:
            guard let compilePattern else {
                throw LocatedFault(
                    ExpressionFault(.name, "unknown operator (matches)", hint: "use contains or startsWith"),
                    tree.offsets[node])
            }
            if case .string(let text) = tree.nodes[right] {
                do {
                    program.patterns.append(try compilePattern(text))
                } catch {
                    throw LocatedFault(ExpressionFault(.syntax, "\(error)"), tree.offsets[right])
                }
                emit(.matches(program.patterns.count - 1), node)
            } else {
                try compile(right)
                emit(.binary(.matches), node)
            }
        default:
            try compile(right)
            emit(.binary(operation), node)
        }
    }

    private mutating func loop(
        _ loop: Loop, _ list: Int, _ predicate: Int?, _ node: Int
    ) throws(LocatedFault) {
        try compile(list)
        emit(.begin(loop), list)
        let start = here
        let toEnd = reserve(node)
        if let predicate { try compile(predicate) } else { emit(.element, node) }
        let judged = predicate ?? node
        var leave: Int?
        switch loop {
        case .all, .none, .any:
            if loop == .none { emit(.not, judged) }
            leave = reserve(judged)
            emit(.pop, node)
        case .one, .count: emit(.count, judged)
        case .filter: emit(.keep, judged)
        case .map: emit(.collect, judged)
        case .sum: emit(.accumulate, judged)
        case .find, .findLast, .findIndex, .findLastIndex: leave = reserve(judged)
        }
        emit(.next, node)
        emit(.jump(start), node)
        patch(toEnd, .jumpIfEnd(here))
        emit(.gathered(loop), node)
        if let leave {
            switch loop {
            case .all, .none: patch(leave, .jumpIfFalse(here))
            case .any: patch(leave, .jumpIfTrue(here))
            default: patch(leave, .pick(wantsIndex: loop == .findIndex || loop == .findLastIndex, here))
            }
        }
        emit(.end, node)
    }
}
