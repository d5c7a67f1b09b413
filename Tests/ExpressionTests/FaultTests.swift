import Expression
import Testing

/// An expression and what is said of it.
struct Fault: Sendable, CustomTestStringConvertible {
    let source: String
    let result: ExpressionValue
    let message: String
    let place: String

    init(_ source: String, _ result: ExpressionValue = .null, says message: String, at place: String) {
        self.source = source
        self.result = result
        self.message = message
        self.place = place
    }

    var testDescription: String { source }
}

@Suite struct FaultTests {
    @Test(arguments: [
        Fault("", says: "unexpected token EOF", at: "1:1"),
        Fault("result =", says: "unexpected token Operator(\"=\")", at: "1:8"),
        Fault("1 +", says: "unexpected token EOF", at: "1:4"),
        Fault("1 2", says: "unexpected token Number(\"2\")", at: "1:3"),
        Fault("(1", says: "unexpected token EOF", at: "1:3"),
        Fault("\"abc", says: "literal not terminated", at: "1:5"),
        Fault("'\\q'", says: "invalid char escape", at: "1:3"),
        Fault("12abc", says: "bad number syntax: \"12a\"", at: "1:3"),
        Fault("99999999999999999999", says: "invalid integer literal: 99999999999999999999", at: "1:1"),
        Fault("a @ b", says: "unrecognized character: U+0040 '@'", at: "1:3"),
        Fault("/* x", says: "unclosed comment", at: "1:5"),
        Fault("now() -- ?", says: "unexpected token Operator(\"?\")", at: "1:10"),
        Fault(
            "1 ??\n2 +\n3",
            says: "Operator (+) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.",
            at: "2:3"),
        Fault("# > 1", says: "unexpected token Operator(\"#\")", at: "1:1"),
        Fault("result.name()", says: "methods cannot be called", at: "1:12"),
        Fault(
            "{[]: 1}",
            says:
                "a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses (unexpected token Bracket(\"[\"))",
            at: "1:2"),
        Fault("all(result)", says: "expected at least 2 arguments", at: "1:11"),
        Fault("result matches '('", says: "error parsing regexp: missing closing ): `(`", at: "1:16"),
    ]) func `what is no expression is refused with its place`(_ test: Fault) throws {
        let error = try #require(throws: ExpressionError.self) {
            try CompiledExpression(test.source, patterns: patterns)
        }
        #expect(error.message == test.message)
        #expect("\(error.line):\(error.column)" == test.place)
    }

    @Test(arguments: [
        Fault("invalidVariable", says: "unknown name invalidVariable", at: "1:1"),
        Fault("upper(result)", says: "unknown name upper", at: "1:1"),
        Fault("'a' == 1", says: "invalid operation: == (mismatched types string and int)", at: "1:5"),
        Fault(
            "asFloat(result) == \"1.1\"", says: "invalid operation: == (mismatched types float64 and string)",
            at: "1:17"),
        Fault("true && 1", says: "invalid operation: && (mismatched types bool and int)", at: "1:6"),
        Fault("'a' - 'b'", says: "invalid operation: - (mismatched types string and string)", at: "1:5"),
        Fault("1.5 % 2", says: "invalid operation: % (mismatched types float64 and int)", at: "1:5"),
        Fault("-'a'", says: "invalid operation: - (mismatched type string)", at: "1:1"),
        Fault("1 ? 2 : 3", says: "non-bool expression (type int) used as condition", at: "1:1"),
        Fault("all('abc', # > 1)", says: "builtin all takes only array (got string)", at: "1:5"),
        Fault("filter(1..3, # + 1)", says: "predicate should return boolean (got int)", at: "1:16"),
        Fault(
            "[1, 2]['a']", says: "array elements can only be selected using an integer (got string)",
            at: "1:8"),
        Fault("'abc'.len", says: "type string has no field len", at: "1:7"),
        Fault("nil.foo", says: "unexpected token Operator(\".\")", at: "1:4"),
        Fault("len()", says: "invalid number of arguments (expected 1, got 0)", at: "1:1"),
        Fault("len(1)", says: "invalid argument for len (type int)", at: "1:1"),
        Fault("asFloat(1, 2)", says: "too many arguments to call asFloat", at: "1:1"),
        Fault("isNaN('a')", says: "cannot use string as argument (type float64) to call isNaN ", at: "1:1"),
        Fault("let result = 1; 2", says: "cannot redeclare result", at: "1:5"),
        Fault("map(1..2, #acc)", says: "unknown pointer #acc", at: "1:11"),
        Fault("1 in 'abc'", says: "invalid operation: in (mismatched types int and string)", at: "1:3"),
        Fault("1 in ['abc']", says: "cannot use int as type string in array", at: "1:3"),
    ]) func `what cannot work is refused before it is tried`(_ test: Fault) throws {
        let error = try #require(throws: ExpressionError.self) { try CompiledExpression(test.source) }
        #expect(error.message == test.message)
        #expect("\(error.line):\(error.column)" == test.place)
    }

    @Test(arguments: [
        Fault("result[0] >= 0.95", .array([]), says: "index out of range: 0 (array length is 0)", at: "1:7"),
        Fault("result[-3]", .array([.int(1)]), says: "index out of range: -2 (array length is 1)", at: "1:7"),
        Fault(
            "result == 'a'", .float(1), says: "invalid operation: == (mismatched types float64 and string)",
            at: "1:8"),
        Fault(
            "result > 1", .array([.float(2)]),
            says: "invalid operation: > (mismatched types []interface {} and int)", at: "1:8"),
        Fault("result.foo > 1", .null, says: "type nil has no field foo", at: "1:8"),
        Fault("result?.a.b > 1", .map([:]), says: "cannot fetch b from <nil>", at: "1:11"),
        Fault(
            "result contains 'a'", .null,
            says: "invalid operation: contains (mismatched types unknown and string)", at: "1:8"),
        Fault("result.a.b > 1", .map([:]), says: "cannot fetch b from <nil>", at: "1:10"),
        Fault("result.a > 1", .map(["a": .string("x")]), says: "invalid operation: string > int", at: "1:10"),
        Fault("result.a + 1", .map([:]), says: "invalid operation: <nil> + int", at: "1:10"),
        Fault("!result.a", .map([:]), says: "interface conversion: interface {} is nil, not bool", at: "1:1"),
        Fault(
            "result.a && true", .map(["a": .int(1)]),
            says: "interface conversion: interface {} is int, not bool", at: "1:8"),
        Fault(
            "result % 2 == 0", .float(4), says: "invalid operation: % (mismatched types float64 and int)",
            at: "1:8"),
        Fault("result.a % 0", .map(["a": .int(1)]), says: "integer divide by zero", at: "1:10"),
        Fault("all(result.a, #)", .map([:]), says: "builtin all takes only array (got <nil>)", at: "1:12"),
        Fault(
            "asInt(result) == 1", .string("1.1"), says: "strconv.ParseInt: parsing \"1.1\": invalid syntax",
            at: "1:1"),
        Fault(
            "asFloat(result) == 1.1", .string("NotANum"),
            says: "strconv.ParseFloat: parsing \"NotANum\": invalid syntax", at: "1:1"),
        Fault(
            "asFloat(result)", .string("1e999"),
            says: "strconv.ParseFloat: parsing \"1e999\": value out of range", at: "1:1"),
        Fault("asInt(result)", .null, says: "asInt() not supported on <nil> <nil>", at: "1:1"),
        Fault(
            "duration(result)", .string("1 hour"),
            says: "time: unknown unit \" hour\" in duration \"1 hour\"", at: "1:1"),
        Fault("date(result)", .string("2023-02-30"), says: "invalid date 2023-02-30", at: "1:1"),
    ]) func `what has no answer says why`(_ test: Fault) throws {
        let error = try #require(throws: ExpressionError.self) { try evaluate(test.source, test.result) }
        #expect(error.message == test.message)
        #expect("\(error.line):\(error.column)" == test.place)
    }

    @Test func `elements of a known type are checked`() throws {
        let error = try #require(throws: ExpressionError.self) {
            try evaluate("result[0] == 'a'", .array([.float(1)]), as: .array(of: .float))
        }
        #expect(error.message == "invalid operation: == (mismatched types float64 and string)")
        #expect(try evaluate("result[0] == 'a'", .array([.float(1)])) == "bool false")
    }

    @Test func `a fault points at its place and helps`() throws {
        let error = try #require(throws: ExpressionError.self) {
            try CompiledExpression("len(result) > 0 &&\n\tresutl[0] > 1")
        }
        #expect(
            "\(error)" == """
                unknown name resutl (2:2)
                 |  resutl[0] > 1
                 | .^
                did you mean result?
                """)
    }

    @Test func `a condition that is neither true nor false is a fault`() throws {
        let condition = try CompiledExpression("1")
        let error = try #require(throws: ExpressionError.self) {
            try condition.bool(in: ExpressionEnvironment())
        }
        #expect(error.message == "expected bool, but got int")
        #expect(try CompiledExpression("result > 1").bool(in: ExpressionEnvironment(["result": .int(2)])))
        let time = try CompiledExpression("now() - duration('1s')")
        #expect(try time.time(in: ExpressionEnvironment(now: 5_000_000_000)) == 4_000_000_000)
        #expect(throws: ExpressionError.self) { try condition.time(in: ExpressionEnvironment()) }
    }

    @Test func `matches needs an engine`() throws {
        let error = try #require(throws: ExpressionError.self) {
            try CompiledExpression("result matches 'a'")
        }
        #expect(error.code == .name)
    }
}
