/// An expression of analysis templates, compiled once and evaluated for every measurement.
///
/// The language is the part of [expr-lang](https://expr-lang.org/docs/language-definition) 1.17 that
/// conditions use, with its meaning and its messages, and the functions Argo Rollouts adds to it (`asFloat`,
/// `isNaN`, `default`, …). Nothing in it reaches outside, and an evaluation is bounded in steps and memory.
///
///     let condition = try CompiledExpression("len(result) > 0 && result[0] >= 0.95")
///     let holds = try condition.bool(in: ExpressionEnvironment(["result": .array([.float(0.97)])]))
public struct CompiledExpression: Sendable {
    /// The text it was made of.
    public let source: String
    private let characters: [Unicode.Scalar]
    private let tree: SyntaxTree
    private let program: Program
    private let variables: [String: ExpressionType]
    private let patterns: ExpressionPatterns?
    private let limits: ExpressionLimits

    /// Compiles an expression.
    ///
    /// - Parameters:
    ///   - variables: The names it may use and what is known of them. Other names are refused.
    ///   - patterns: The engine behind `matches`; without one, `matches` is refused.
    /// - Throws: `syntax`, `name`, `type` or `limit`, each with its place.
    public init(
        _ source: String, variables: [String: ExpressionType] = ["result": .any],
        patterns: ExpressionPatterns? = nil, limits: ExpressionLimits = ExpressionLimits()
    ) throws(ExpressionError) {
        self.source = source
        self.variables = variables
        self.patterns = patterns
        self.limits = limits
        characters = Array(source.unicodeScalars.prefix(limits.length + 1))
        do throws(LocatedFault) {
            guard characters.count <= limits.length else {
                let message = "expression is longer than \(limits.length) characters"
                throw LocatedFault(ExpressionFault(.limit, message), 0)
            }
            var lexer = Lexer(characters)
            var parser = Parser(try lexer.tokenize(), limits: limits)
            tree = try parser.parse()
            var checker = TypeChecker(tree, variables: variables)
            _ = try checker.check()
            var compiler = Compiler(tree, patterns: patterns)
            program = try compiler.compile()
        } catch {
            throw ExpressionError(error.fault, at: error.offset, in: characters)
        }
    }

    /// The value of the expression.
    ///
    /// - Throws: `type` where the values at hand are of types the expression cannot take, `evaluation` where
    ///   they have no answer (an index out of range), `limit` where it takes too long.
    public func value(in environment: ExpressionEnvironment) throws(ExpressionError) -> ExpressionValue {
        do throws(LocatedFault) {
            var types = variables
            for name in variables.keys { types[name] = environment.types[name] ?? .null }
            var checker = TypeChecker(tree, variables: types)
            _ = try checker.check()
            var machine = Machine(program, environment, patterns, limits)
            return try machine.run()
        } catch {
            throw ExpressionError(error.fault, at: error.offset, in: characters)
        }
    }

    /// The answer of a condition.
    ///
    /// - Throws: As ``value(in:)``, and `type` where the value is neither true nor false: no answer is not an
    ///   answer.
    public func bool(in environment: ExpressionEnvironment) throws(ExpressionError) -> Bool {
        let value = try value(in: environment)
        guard case .bool(let flag) = value else {
            let fault = ExpressionFault.type(
                "expected bool, but got \(value.typeName)", hint: "a condition compares: result >= 0.95")
            throw ExpressionError(fault, at: 0, in: characters)
        }
        return flag
    }

    /// The time an expression names, in nanoseconds since 1970, such as range queries want it.
    ///
    /// - Throws: As ``value(in:)``, and `type` where the value is no time.
    public func time(in environment: ExpressionEnvironment) throws(ExpressionError) -> Int64 {
        let value = try value(in: environment)
        guard case .time(let nanoseconds) = value else {
            let fault = ExpressionFault.type(
                "expected time.Time, but got \(value.typeName)", hint: "such as now() - duration(\"5m\")")
            throw ExpressionError(fault, at: 0, in: characters)
        }
        return nanoseconds
    }
}
