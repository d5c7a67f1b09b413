/// What makes a tree of an expression's words, with the grammar and the precedences of expr-lang.
struct Parser {
    private let tokens: [Token]
    var place = 0
    private let limits: ExpressionLimits
    var tree = SyntaxTree()
    /// How many predicates are open around this place; in them, `#` and `.field` mean the element.
    var predicates = 0
    private var depth = 0

    init(_ tokens: [Token], limits: ExpressionLimits) {
        self.tokens = tokens
        self.limits = limits
    }

    mutating func parse() throws(LocatedFault) -> SyntaxTree {
        tree.root = try sequence()
        guard current.kind == .end else { throw unexpected() }
        return tree
    }

    // MARK: Words

    var current: Token { tokens[place] }

    mutating func advance() {
        if place < tokens.count - 1 { place += 1 }
    }

    func unexpected(hint: String? = nil) -> LocatedFault {
        let known: [String: String] = [
            "=": "use == to compare", "&": "use && for and", "|": "a function's name must follow |",
            ";": "`;` belongs after `let name = value`",
        ]
        return fault(
            "unexpected token \(current.description)",
            hint: hint ?? (current.kind == .operation ? known[current.text] : nil))
    }

    func fault(_ message: String, hint: String? = nil, at token: Token? = nil) -> LocatedFault {
        LocatedFault(ExpressionFault(.syntax, message, hint: hint), (token ?? current).offset)
    }

    mutating func expectOperator(_ text: String) throws(LocatedFault) {
        guard current.isOperator(text) else { throw unexpected() }
        advance()
    }

    mutating func expectBracket(_ text: String) throws(LocatedFault) {
        guard current.isBracket(text) else { throw unexpected() }
        advance()
    }

    mutating func add(_ node: SyntaxTree.Node, at token: Token) throws(LocatedFault) -> Int {
        try tree.add(node, at: token.offset, limits)
    }

    // MARK: Expressions

    private mutating func sequence() throws(LocatedFault) -> Int {
        let first = current
        var nodes = [try expression()]
        while current.isOperator(";") {
            advance()
            if current.kind == .end { break }
            nodes.append(try expression())
        }
        return nodes.count == 1 ? nodes[0] : try add(.sequence(nodes), at: first)
    }

    mutating func expression(_ precedence: Int = 0) throws(LocatedFault) -> Int {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else {
            throw LocatedFault(ExpressionFault(.limit, "expression is nested too deeply"), current.offset)
        }
        if precedence == 0, current.isOperator("let") { return try declaration() }
        if precedence == 0, current.isOperator("if") { return try branch() }
        var left = try primary()
        var previous: BinaryOperator?
        while true {
            let word = current
            let isNegated = word.isOperator("not")
            if isNegated { advance() }
            let token = current
            guard let operation = BinaryOperator(token: token), !isNegated || operation.allowsNot else {
                if isNegated { throw unexpected() }
                if precedence == 0, token.isOperator("|") {
                    left = try pipe(left)
                    previous = nil
                    continue
                }
                break
            }
            guard operation.precedence >= precedence else {
                if isNegated { place -= 1 }
                break
            }
            advance()
            if previous == .otherwise, operation != .otherwise {
                throw fault(
                    "Operator (\(token.text)) and coalesce expressions (??) cannot be mixed. "
                        + "Wrap either by parentheses.", at: token)
            }
            if operation.isComparison {
                left = try comparison(left, operation, token)
            } else {
                let isRight = operation == .power
                let right = try expression(isRight ? operation.precedence : operation.precedence + 1)
                left = try add(.binary(operation, left, right), at: token)
                if isNegated { left = try add(.unary(.not, left), at: word) }
            }
            previous = operation
        }
        return precedence == 0 ? try conditional(left) : left
    }

    /// `1 < x < 3`, which means `1 < x && x < 3`.
    private mutating func comparison(
        _ first: Int, _ firstOperator: BinaryOperator, _ firstToken: Token
    ) throws(LocatedFault) -> Int {
        var (left, operation, token) = (first, firstOperator, firstToken)
        var root: Int?
        while true {
            let right = try expression(operation.precedence + 1)
            let node = try add(.binary(operation, left, right), at: token)
            root = if let root { try add(.binary(.and, root, node), at: token) } else { node }
            guard let next = BinaryOperator(token: current), next.isComparison else { return root ?? node }
            (left, operation, token) = (right, next, current)
            advance()
        }
    }

    /// `list | filter(…)`, which puts the left side before the arguments.
    private mutating func pipe(_ left: Int) throws(LocatedFault) -> Int {
        advance()
        let name = current
        guard name.kind == .identifier else { throw unexpected() }
        advance()
        return try postfix(call(name, [left]))
    }

    private mutating func conditional(_ condition: Int) throws(LocatedFault) -> Int {
        var node = condition
        while current.isOperator("?") {
            let token = current
            advance()
            var then = node
            if !current.isOperator(":") { then = try expression() }
            try expectOperator(":")
            node = try add(.conditional(node, then: then, otherwise: expression()), at: token)
        }
        return node
    }

    private mutating func declaration() throws(LocatedFault) -> Int {
        advance()
        let name = current
        guard name.kind == .identifier else { throw unexpected() }
        advance()
        try expectOperator("=")
        let value = try expression()
        try expectOperator(";")
        return try add(.declaration(name: name.text, value: value, body: sequence()), at: name)
    }

    private mutating func branch() throws(LocatedFault) -> Int {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else {
            throw LocatedFault(ExpressionFault(.limit, "expression is nested too deeply"), current.offset)
        }
        let token = current
        advance()
        let condition = try expression()
        let then = try block()
        try expectOperator("else")
        let otherwise = current.isOperator("if") ? try branch() : try block()
        return try add(.conditional(condition, then: then, otherwise: otherwise), at: token)
    }

    mutating func block() throws(LocatedFault) -> Int {
        try expectBracket("{")
        let node = try sequence()
        try expectBracket("}")
        return node
    }

    // MARK: Operands

    private mutating func primary() throws(LocatedFault) -> Int {
        let token = current
        if let operation = UnaryOperator(token: token) {
            advance()
            let operand = try expression(operation.precedence)
            return try postfix(add(.unary(operation, operand), at: token))
        }
        if token.isBracket("(") {
            advance()
            let node = try sequence()
            try expectBracket(")")
            return try postfix(node)
        }
        if token.isOperator("#") || token.isOperator(".") {
            guard predicates > 0 else {
                throw unexpected(
                    hint: "`\(token.text)` stands for the element inside a predicate, as in any(list, # > 1)")
            }
            return try postfix(pointer(token))
        }
        return try secondary(token)
    }

    /// `#`, `#index`, or the nothing before the point of `.field`.
    private mutating func pointer(_ token: Token) throws(LocatedFault) -> Int {
        var name = ""
        if token.isOperator("#") {
            advance()
            // Only a word that touches the sign names something: `# in list` has an operator.
            if current.kind == .identifier, current.offset == token.offset + 1 {
                name = current.text
                advance()
            }
        }
        return try add(.pointer(name), at: token)
    }

    private mutating func secondary(_ token: Token) throws(LocatedFault) -> Int {
        switch token.kind {
        case .identifier:
            advance()
            switch token.text {
            case "true": return try add(.bool(true), at: token)
            case "false": return try add(.bool(false), at: token)
            case "nil": return try add(.null, at: token)
            default: break
            }
            if current.isBracket("(") { return try postfix(call(token, [])) }
            return try postfix(add(.variable(token.text), at: token))
        case .number:
            advance()
            return try add(number(token), at: token)
        case .string:
            advance()
            return try postfix(add(.string(token.text), at: token))
        default:
            if token.isBracket("[") { return try postfix(array(token)) }
            if token.isBracket("{") { return try postfix(map(token)) }
            throw unexpected()
        }
    }

    private func number(_ token: Token) throws(LocatedFault) -> SyntaxTree.Node {
        let text = token.text.filter { $0 != "_" }.lowercased()
        for (prefix, radix, name) in [("0x", 16, "hex"), ("0b", 2, "binary"), ("0o", 8, "octal")]
        where text.hasPrefix(prefix) {
            guard let number = Int(text.dropFirst(2), radix: radix) else {
                throw fault("invalid \(name) literal: \(token.text)", at: token)
            }
            return .int(number)
        }
        if text.contains(where: { $0 == "." || $0 == "e" }) {
            guard let number = Double(text), number.isFinite else {
                throw fault("invalid float literal: \(token.text)", at: token)
            }
            return .float(number)
        }
        guard let number = Int(text) else { throw fault("invalid integer literal: \(token.text)", at: token) }
        return .int(number)
    }

    private mutating func array(_ token: Token) throws(LocatedFault) -> Int {
        advance()
        return try add(.array(items(until: "]")), at: token)
    }

    /// Expressions with commas between them, and maybe after the last, up to a bracket.
    mutating func items(until bracket: String) throws(LocatedFault) -> [Int] {
        var items: [Int] = []
        while !current.isBracket(bracket) {
            if !items.isEmpty {
                try expectOperator(",")
                if current.isBracket(bracket) { break }
            }
            items.append(try expression())
        }
        advance()
        return items
    }

    private mutating func map(_ token: Token) throws(LocatedFault) -> Int {
        advance()
        var pairs: [SyntaxTree.Pair] = []
        while !current.isBracket("}") {
            if !pairs.isEmpty {
                try expectOperator(",")
                if current.isBracket("}") { break }
            }
            let key = try mapKey()
            try expectOperator(":")
            pairs.append(SyntaxTree.Pair(key: key, value: try expression()))
        }
        advance()
        return try add(.map(pairs), at: token)
    }

    private mutating func mapKey() throws(LocatedFault) -> Int {
        let key = current
        switch key.kind {
        case .number, .string, .identifier:
            advance()
            return try add(.string(key.text), at: key)
        case .bracket where key.text == "(": return try expression()
        default:
            throw fault(
                "a map key must be a quoted string, a number, a identifier, or an expression enclosed in "
                    + "parentheses (unexpected token \(key.description))")
        }
    }
}
