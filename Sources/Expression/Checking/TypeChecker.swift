/// What finds the type of an expression and refuses what cannot work, with the rules of expr-lang's checker.
///
/// It runs when an expression is compiled, with what is declared of variables, and again when it is
/// evaluated, with what their values are. A comparison of unlike kinds is thereby a fault, not silently
/// `false`.
struct TypeChecker {
    private let tree: SyntaxTree
    private let variables: [String: ExpressionType]
    private var locals: [(name: String, type: ExpressionType)] = []
    /// The types of the lists whose predicates are open, outermost first.
    private var scopes: [(list: ExpressionType, hasIndex: Bool)] = []

    init(_ tree: SyntaxTree, variables: [String: ExpressionType]) {
        self.tree = tree
        self.variables = variables
    }

    mutating func check() throws(LocatedFault) -> ExpressionType { try type(of: tree.root) }

    func fault(_ message: String, at node: Int, hint: String? = nil) -> LocatedFault {
        LocatedFault(.type(message, hint: hint), tree.offsets[node])
    }

    mutating func type(of index: Int) throws(LocatedFault) -> ExpressionType {
        switch tree.nodes[index] {
        case .null: return .null
        case .bool: return .bool
        case .int: return .int
        case .float: return .float
        case .string: return .string
        case .variable(let name): return try variable(name, at: index)
        case .pointer(let name): return try pointer(name, at: index)
        case .unary(let operation, let operand):
            return try unary(operation, type(of: operand), at: index)
        case .binary(let operation, let left, let right):
            return try binary(operation, type(of: left), type(of: right), at: index)
        case .chain(let inner): return try type(of: inner)
        case .member(let base, let property, _):
            let baseType = try type(of: base)
            return try member(baseType, type(of: property), property, at: index)
        case .slice(let base, let from, let to): return try slice(base, from, to, at: index)
        case .call(let function, let arguments):
            var types: [ExpressionType] = []
            for argument in arguments { types.append(try type(of: argument)) }
            do throws(ExpressionFault) {
                return try function.result(of: types)
            } catch {
                throw LocatedFault(error, tree.offsets[index])
            }
        case .loop(let loop, let list, let predicate): return try self.loop(loop, list, predicate, at: index)
        case .conditional(let condition, let then, let otherwise):
            return try conditional(condition, then, otherwise)
        case .array(let items): return try array(items)
        case .map(let pairs):
            for pair in pairs {
                _ = try type(of: pair.key)
                _ = try type(of: pair.value)
            }
            return .map
        case .declaration(let name, let value, let body): return try declaration(name, value, body, at: index)
        case .sequence(let nodes):
            var last = ExpressionType.null
            for node in nodes { last = try type(of: node) }
            return last
        }
    }

    // MARK: Names

    private func variable(_ name: String, at index: Int) throws(LocatedFault) -> ExpressionType {
        if let local = locals.last(where: { $0.name == name }) { return local.type }
        if let type = variables[name] { return type }
        let names = Array(variables.keys) + locals.map(\.name)
        let hint =
            Function(rawValue: name) != nil || Loop(rawValue: name) != nil
            ? "`\(name)` is a function: write \(name)(…)"
            : Spelling.nearest(to: name, among: names).map { "did you mean \($0)?" }
                ?? "the names are \(variables.keys.sorted().joined(separator: ", "))"
        throw LocatedFault(ExpressionFault(.name, "unknown name \(name)", hint: hint), tree.offsets[index])
    }

    private func pointer(_ name: String, at index: Int) throws(LocatedFault) -> ExpressionType {
        guard let scope = scopes.last else {
            throw fault("cannot use pointer accessor outside predicate", at: index)
        }
        if name == "index", scope.hasIndex { return .int }
        guard name.isEmpty else { throw fault("unknown pointer #\(name)", at: index) }
        if case .array(let element) = scope.list { return element }
        return .any
    }

    private mutating func declaration(
        _ name: String, _ value: Int, _ body: Int, at index: Int
    ) throws(LocatedFault) -> ExpressionType {
        if variables[name] != nil { throw fault("cannot redeclare \(name)", at: index) }
        if Function(rawValue: name) != nil || Loop(rawValue: name) != nil {
            throw fault("cannot redeclare builtin \(name)", at: index)
        }
        if locals.contains(where: { $0.name == name }) {
            throw fault("cannot redeclare variable \(name)", at: index)
        }
        let type = try type(of: value)
        locals.append((name, type))
        defer { locals.removeLast() }
        return try self.type(of: body)
    }

    // MARK: Members

    private func member(
        _ base: ExpressionType, _ property: ExpressionType, _ node: Int, at index: Int
    ) throws(LocatedFault) -> ExpressionType {
        var name: String?
        if case .string(let text) = tree.nodes[node] { name = text }
        switch base {
        case .any: return .any
        case .null:
            if let name {
                throw fault("type nil has no field \(name)", at: index, hint: "guard it: result?.\(name)")
            }
        case .map:
            guard property == .string || property == .any else {
                throw fault("cannot use \(property) to get an element from \(base)", at: node)
            }
            return .any
        case .array(let element):
            guard property == .int || property == .any else {
                throw fault(
                    "array elements can only be selected using an integer (got \(property))", at: node)
            }
            return element
        default: break
        }
        if let name { throw fault("type \(base) has no field \(name)", at: index) }
        throw fault("type \(base)[\(property)] is undefined", at: index)
    }

    private mutating func slice(
        _ base: Int, _ from: Int?, _ to: Int?, at index: Int
    ) throws(LocatedFault) -> ExpressionType {
        let type = try type(of: base)
        for bound in [from, to] {
            guard let bound else { continue }
            let boundType = try self.type(of: bound)
            if type != .any, boundType != .int, boundType != .any {
                throw fault("non-integer slice index \(boundType)", at: bound)
            }
        }
        guard type == .any || type == .string || type.isArray else {
            throw fault("cannot slice \(type)", at: index)
        }
        return type
    }

    // MARK: Structure

    private mutating func conditional(
        _ condition: Int, _ then: Int, _ otherwise: Int
    ) throws(LocatedFault) -> ExpressionType {
        let type = try type(of: condition)
        guard type == .bool || type == .any else {
            throw fault("non-bool expression (type \(type)) used as condition", at: condition)
        }
        let left = try self.type(of: then)
        let right = try self.type(of: otherwise)
        if left == .null { return right }
        if right == .null || left == right { return left }
        return left.isArray && right.isArray ? .array(of: .any) : .any
    }

    private mutating func array(_ items: [Int]) throws(LocatedFault) -> ExpressionType {
        var types: Set<ExpressionType> = []
        for item in items { types.insert(try type(of: item)) }
        return .array(of: types.count == 1 ? types.first ?? .any : .any)
    }

    private mutating func loop(
        _ loop: Loop, _ list: Int, _ predicate: Int?, at index: Int
    ) throws(LocatedFault) -> ExpressionType {
        let type = try type(of: list)
        guard type.isArray || type == .any else {
            throw fault("builtin \(loop) takes only array (got \(type))", at: list)
        }
        var element = ExpressionType.any
        if case .array(let known) = type { element = known }
        var answer = element
        if let predicate {
            scopes.append((type, loop == .map))
            answer = try self.type(of: predicate)
            scopes.removeLast()
            if loop.needsBool, answer != .bool, answer != .any {
                throw fault("predicate should return boolean (got \(answer))", at: predicate)
            }
        }
        switch loop {
        case .all, .none, .any, .one: return .bool
        case .count, .findIndex, .findLastIndex: return .int
        case .filter: return .array(of: element)
        case .map: return .array(of: answer)
        case .sum: return answer
        case .find, .findLast: return element
        }
    }
}
