import Expression
import Manifest
import Testing

@Suite struct FunctionTests {
    @Test(
        arguments: [
            Evaluation("len([1, 2]) + len({a: 1}) + len('ab')", is: "int 5"),
            Evaluation("abs(-5)", is: "int 5"),
            Evaluation("abs(-.5)", is: "float64 0.5"),
            Evaluation("ceil(5.5)", is: "float64 6"),
            Evaluation("floor(-5.5)", is: "float64 -6"),
            Evaluation("round(2.5)", is: "float64 3"),
            Evaluation("round(-2.5)", is: "float64 -3"),
            Evaluation("ceil(5)", is: "float64 5"),
            Evaluation("int(5.9)", is: "int 5"),
            Evaluation("int('-12')", is: "int -12"),
            Evaluation("int(result)", .float(.nan), is: "int -9223372036854775808"),
            Evaluation("float('1.5')", is: "float64 1.5"),
            Evaluation("float(3)", is: "float64 3"),
            Evaluation("max(1, 5, 3) + min([4, 2], 3)", is: "int 7"),
            Evaluation("max([1, [2.5, 2]])", is: "float64 2.5"),
            Evaluation("min([])", is: "nil"),
            Evaluation("max('a')", is: ""),
            Evaluation("mean(1, [2, 3])", is: "float64 2"),
            Evaluation("median([3, 1, 2, 10])", is: "float64 2.5"),
            Evaluation("first([7, 8]) + last([7, 8])", is: "int 15"),
            Evaluation("first([])", is: "nil"),
            Evaluation("keys({b: 1, a: 2})", is: "[]interface {} [a b]"),
            Evaluation("values({b: 1, a: 2})", is: "[]interface {} [2 1]"),
            Evaluation(
                "type(1) + type(1.5) + type('') + type([]) + type({}) + type(nil)",
                is: "string intfloatstringarraymapnil"),
        ].filter { !$0.value.isEmpty }) func `functions of expr-lang answer as there`(_ test: Evaluation)
        throws
    {
        #expect(try evaluate(test.source, test.result) == test.value)
    }

    @Test(arguments: [
        Evaluation("asInt(result) == 1", .string("1"), is: "bool true"),
        Evaluation("asInt(result) == 1", .float(1.123), is: "bool true"),
        Evaluation("asFloat(result) >= 1.1", .string("1.1"), is: "bool true"),
        Evaluation("asFloat(result)", .string("-Inf"), is: "float64 -Inf"),
        Evaluation("asFloat(result)", .string("0x1p4"), is: "float64 16"),
        Evaluation("isNaN(result)", .float(.nan), is: "bool true"),
        Evaluation("isNaN(asFloat(result))", .string("NaN"), is: "bool true"),
        Evaluation("isInf(result)", .float(-.infinity), is: "bool true"),
        Evaluation("isInf(0)", is: "bool false"),
        Evaluation("isNil(result)", .null, is: "bool true"),
        Evaluation("isNil(result)", .array([]), is: "bool false"),
        Evaluation("default(result, 0) == 0", .null, is: "bool true"),
        Evaluation("default(result, 0) == 1", .float(1), is: "bool true"),
        Evaluation("default(result, 1) < 0.05 and not isNil(result)", .float(0.01), is: "bool true"),
        Evaluation("len(result) == 0 || isNaN(result[0]) || result[0] >= 0.95", .array([]), is: "bool true"),
    ]) func `functions of Argo Rollouts make numbers of results`(_ test: Evaluation) throws {
        #expect(try evaluate(test.source, test.result) == test.value)
    }

    @Test(arguments: [
        Evaluation("now()", is: "time.Time 2026-01-02 03:04:05 +0000 UTC"),
        Evaluation("now() - duration('1h30m')", is: "time.Time 2026-01-02 01:34:05 +0000 UTC"),
        Evaluation("duration('90s') + duration('1.5ms')", is: "time.Duration 1m30.0015s"),
        Evaluation("duration('-1h') * 2", is: "time.Duration -2h0m0s"),
        Evaluation("2 * duration('300us')", is: "time.Duration 600µs"),
        Evaluation("1.5 * duration('2s')", is: "float64 3000000000"),
        Evaluation("now() - now() == duration('0')", is: "bool true"),
        Evaluation("now() > now() - duration('1ns')", is: "bool true"),
        Evaluation(
            "date('2023-08-14 00:00:00', '2006-01-02 15:04:05', 'UTC') - duration('1h')",
            is: "time.Time 2023-08-13 23:00:00 +0000 UTC"),
        Evaluation("date('2024-02-29')", is: "time.Time 2024-02-29 00:00:00 +0000 UTC"),
        Evaluation("date('2024-03-01T01:00:00.25+02:00')", is: "time.Time 2024-02-29 23:00:00.25 +0000 UTC"),
        Evaluation("date('1969-12-31') < date('1970-01-01')", is: "bool true"),
        Evaluation("date('1900-03-01') - date('1900-02-28')", is: "time.Duration 24h0m0s"),
    ]) func `times come from the given clock`(_ test: Evaluation) throws {
        #expect(try evaluate(test.source, test.result) == test.value)
    }

    @Test func `numbers of a decoded document are floats`() throws {
        let document = try JSON.parse(#"{"count": 3, "items": [{"ok": true, "n": 1.5}, null]}"#)
        let result = ExpressionValue(document)
        #expect(try evaluate("result.count", result) == "float64 3")
        #expect(try evaluate("int(result.count) % 2", result) == "int 1")
        #expect(try evaluate("result.items[0].n > 1 && result.items[-1] == nil", result) == "bool true")
    }
}
