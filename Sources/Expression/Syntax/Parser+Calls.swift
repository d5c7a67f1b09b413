/// Calls, predicates and what follows an operand: members, indices and slices.
extension Parser {
    mutating func call(_ name: Token, _ left: [Int]) throws(LocatedFault) -> Int {
        if let loop = Loop(rawValue: name.text) { return try self.loop(loop, name, left) }
        guard let function = Function(rawValue: name.text) else { throw unknown(name) }
        try expectBracket("(")
        let arguments = left + (try items(until: ")"))
        return try add(.call(function, arguments), at: name)
    }

    private func unknown(_ name: Token) -> LocatedFault {
        let names = Function.allCases.map(\.rawValue) + Loop.allCases.map(\.rawValue)
        let hint =
            Function.unsupported.contains(name.text)
            ? "`\(name.text)` is a function of expr-lang that conditions do without here"
            : Spelling.nearest(to: name.text, among: names).map { "did you mean \($0)(…)?" }
        return LocatedFault(ExpressionFault(.name, "unknown name \(name.text)", hint: hint), name.offset)
    }

    private mutating func loop(_ loop: Loop, _ name: Token, _ left: [Int]) throws(LocatedFault) -> Int {
        try expectBracket("(")
        let list: Int
        var predicate: Int?
        if let given = left.first {
            list = given
        } else {
            if current.isBracket(")") { throw fault("expected at least 2 arguments") }
            list = try expression()
        }
        if !(current.isBracket(")") && loop.mayLackPredicate) {
            if current.isBracket(")") { throw fault("expected at least 2 arguments") }
            if left.isEmpty { try expectOperator(",") }
            predicate = try self.predicate()
        }
        if current.isOperator(",") { advance() }
        try expectBracket(")")
        return try add(.loop(loop, over: list, predicate: predicate), at: name)
    }

    private mutating func predicate() throws(LocatedFault) -> Int {
        predicates += 1
        defer { predicates -= 1 }
        if current.isBracket("{") { return try block() }
        let node = try expression()
        if current.isOperator(";") { throw fault("wrap predicate with brackets { and }") }
        return node
    }

    mutating func postfix(_ base: Int) throws(LocatedFault) -> Int {
        var node = base
        while true {
            let token = current
            if token.isOperator(".") || token.isOperator("?.") {
                advance()
                let isOptional = token.text == "?."
                if isOptional, current.isBracket("[") {
                    node = try index(node, isOptional: true)
                } else {
                    node = try member(node, isOptional: isOptional)
                }
            } else if token.isBracket("[") {
                node = try index(node, isOptional: false)
            } else {
                return node
            }
        }
    }

    private mutating func member(_ base: Int, isOptional: Bool) throws(LocatedFault) -> Int {
        let name = current
        // Operators that are words are names here: `result.in`.
        let isWord = name.text.unicodeScalars.first.map { Lexer.isWordCharacter($0) } ?? false
        guard name.kind == .identifier || name.kind == .operation && isWord else {
            throw fault("expected name", hint: "write [\"…\"] for a field whose name is no word")
        }
        advance()
        if current.isBracket("(") {
            throw fault(
                "methods cannot be called", hint: "write \(name.text)(…), if there is such a function")
        }
        var base = base
        var isChain = false
        if case .chain(let inner) = tree.nodes[base] { (base, isChain) = (inner, true) }
        let property = try add(.string(name.text), at: name)
        let node = try add(.member(base, property: property, isOptional: isOptional), at: name)
        return isChain || isOptional ? try add(.chain(node), at: name) : node
    }

    /// `[index]`, `[from:to]`.
    private mutating func index(_ base: Int, isOptional: Bool) throws(LocatedFault) -> Int {
        let bracket = current
        advance()
        let from = current.isOperator(":") ? nil : try expression()
        if current.isOperator(":") {
            advance()
            let to = current.isBracket("]") ? nil : try expression()
            try expectBracket("]")
            return try add(.slice(base, from: from, to: to), at: bracket)
        }
        try expectBracket("]")
        guard let from else { throw unexpected() }
        let node = try add(.member(base, property: from, isOptional: isOptional), at: bracket)
        return isOptional ? try add(.chain(node), at: bracket) : node
    }
}
