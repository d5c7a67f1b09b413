import Expression
import FoundationEssentials
import TestSupport
import Testing

@Suite struct RandomExpressionTests {
    /// `SLIPWAY_SEED` takes another; without it the expressions are the same each time.
    private static let seed =
        ProcessInfo.processInfo.environment["SLIPWAY_SEED"].flatMap { UInt64($0) } ?? 20_261_128

    private static let words = [
        "result", "x", "1", "0", "-3", "2.5", "1e300", "9223372036854775807", "'a'", "\"\\u00e9\"", "true",
        "false",
        "nil", "(", ")", "[", "]", "{", "}", ",", ":", ";", "?", "??", "?.", ".", "..", "#", "#index", "+",
        "-", "*",
        "/", "%", "**", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", "not", "in", "and", "or",
        "contains",
        "startsWith", "endsWith", "matches", "|", "let", "=", "if", "else", "all(", "any(", "map(", "filter(",
        "count(", "sum(", "find(", "len(", "abs(", "round(", "int(", "float(", "string(", "max(", "min(",
        "mean(",
        "median(", "now()", "duration(", "date(", "asInt(", "asFloat(", "isNaN(", "default(", "first(",
        "keys(",
        ".a", "[0]", "[-1]", "[1:]", " ", "\n", "//", "/*", "`", "é", "\\",
    ]

    private static func value(_ random: inout SeededGenerator, depth: Int = 3) -> ExpressionValue {
        switch Int.random(in: 0..<(depth > 0 ? 11 : 8), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .int([0, 1, -1, .max, .min, 7].randomElement(using: &random) ?? 0)
        case 3:
            .float(
                [0, -0.0, 1.5, .nan, .infinity, -.infinity, 1e300, .leastNonzeroMagnitude].randomElement(
                    using: &random) ?? 0)
        case 4: .string(["", "a", "1", "é👍", "1h", "NaN"].randomElement(using: &random) ?? "")
        case 5:
            .time(nanoseconds: [0, .max, .min, 1_700_000_000_000_000_000].randomElement(using: &random) ?? 0)
        case 6: .duration(nanoseconds: [0, .max, .min, 1_000].randomElement(using: &random) ?? 0)
        case 7: .float(Double.random(in: -10...10, using: &random))
        case 8: .map(["a": value(&random, depth: depth - 1), "b": .int(1)])
        default:
            .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth - 1) })
        }
    }

    /// An expression of the grammar, mostly of fitting types, so that evaluation is reached.
    private static func expression(_ random: inout SeededGenerator, depth: Int) -> String {
        func part(_ random: inout SeededGenerator) -> String { expression(&random, depth: depth - 1) }
        let leaves = [
            "result", "result[0]", "result.a", "1", "0", "2.5", "'a'", "nil", "true", "(1..3)", "[]", "now()",
        ]
        if depth == 0 { return leaves.randomElement(using: &random) ?? "1" }
        let operators = [
            "+", "-", "*", "/", "%", "**", "==", "!=", "<", ">=", "&&", "||", "in", "not in", "..",
            "contains",
            "startsWith", "endsWith", "matches",
        ]
        let functions = [
            "len", "abs", "ceil", "floor", "round", "int", "float", "string", "max", "min", "mean", "median",
            "first",
            "last", "keys", "values", "duration", "date", "asInt", "asFloat", "isNaN", "isInf", "isNil",
            "type", "sum",
            "count",
        ]
        let loops = [
            "all", "none", "any", "one", "filter", "map", "count", "sum", "find", "findIndex", "findLast",
        ]
        switch Int.random(in: 0..<9, using: &random) {
        case 0...2:
            let operation = operators.randomElement(using: &random) ?? "+"
            return "(\(part(&random)) \(operation) \(part(&random)))"
        case 3: return "(\(part(&random)) ?? \(part(&random)))"
        case 4: return "(\(part(&random)) ? \(part(&random)) : \(part(&random)))"
        case 5: return "\(functions.randomElement(using: &random) ?? "len")(\(part(&random)))"
        case 6:
            let element = ["#", "# > 1", ".a", "#?.a", part(&random)].randomElement(using: &random) ?? "#"
            return "\(loops.randomElement(using: &random) ?? "all")(\(part(&random)), \(element))"
        case 7: return "(\(part(&random)))[\(part(&random)):\(part(&random))]"
        default: return "[\(part(&random)), \(part(&random))]?.[\(part(&random))]"
        }
    }

    private static var limits: ExpressionLimits {
        var limits = ExpressionLimits()
        limits.steps = 5_000
        limits.memory = 5_000
        return limits
    }

    /// Evaluates, and answers the value or the fault as text; a fault must point into the source.
    private static func outcome(_ source: String, _ result: ExpressionValue) -> String {
        do throws(ExpressionError) {
            let expression = try CompiledExpression(source, patterns: patterns, limits: limits)
            return "\(try expression.value(in: ExpressionEnvironment(["result": result], now: 1)))"
        } catch {
            let lines = source.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            #expect((1...lines.count).contains(error.line) && error.column <= lines[error.line - 1].count + 1)
            return "\(error)"
        }
    }

    @Test func `no text crashes the compiler or the evaluation`() {
        let seed = Self.seed
        print("RandomExpressionTests words seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<4_000 {
            let count = Int.random(in: 1..<20, using: &random)
            let source = (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            _ = Self.outcome(source, Self.value(&random))
        }
    }

    @Test func `an expression answers the same every time and mostly without a fault of syntax`() {
        let seed = Self.seed
        print("RandomExpressionTests grammar seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var answers = 0
        for _ in 0..<3_000 {
            let source = Self.expression(&random, depth: Int.random(in: 1...4, using: &random))
            let result = Self.value(&random)
            let outcome = Self.outcome(source, result)
            #expect(outcome == Self.outcome(source, result), "\(source)")
            if !outcome.contains("unexpected token") { answers += 1 }
        }
        #expect(answers > 2_500)
    }
}
