import Expression
import Testing

@Suite struct LimitTests {
    @Test(arguments: [
        String(repeating: "(", count: 100_000),
        String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000),
        String(repeating: "-", count: 10_000) + "1",
        String(repeating: "!", count: 10_000) + "true",
        String(repeating: "[", count: 8_000),
        "1" + String(repeating: "+1", count: 8_000),
        "result" + String(repeating: ".a", count: 8_000),
        "result" + String(repeating: "[0]", count: 5_000),
        "true" + String(repeating: "?true:true", count: 1_600),
        String(repeating: "true?", count: 3_000),
        String(repeating: "if true {", count: 1_500),
        String(repeating: "if true {1} else ", count: 900) + "{1}",
        String(repeating: "let a = ", count: 1_500),
        String(repeating: "map(1..9,", count: 1_500),
        "[" + String(repeating: "1,", count: 8_100) + "]"
            + String(repeating: "+[1,1,1,1,1,1,1,1]", count: 5_000),
        String(repeating: "1|", count: 8_000),
    ]) func `a hostile text is refused`(_ source: String) throws {
        #expect(throws: ExpressionError.self) { try CompiledExpression(source) }
    }

    @Test(arguments: [
        "1..1000000000",
        "-9223372036854775807..9223372036854775806",
        "0..9223372036854775807",
        "map(1..2000, map(1..2000, #))",
        "all(1..900, all(1..900, all(1..900, true)))",
        "count(1..5000, # in 1..5000)",
        "len(map(1..100, let a = string(1..10000); a + a))",
        "all(1..2000, sum(result) > 0)",
        "all(1..2000, result == result)",
        "none(1..2000, string(result) contains 'x')",
    ]) func `an endless evaluation ends`(_ source: String) throws {
        let expression = try CompiledExpression(source)
        let list = ExpressionValue.array(Array(repeating: .int(1), count: 2_000))
        let error = try #require(throws: ExpressionError.self) {
            try expression.value(in: ExpressionEnvironment(["result": list]))
        }
        #expect(error.code == .limit)
    }

    @Test func `what fits is answered`() throws {
        let sum = "0" + String(repeating: " + 1", count: 150)
        #expect(try evaluate(sum, .null) == "int 150")
        #expect(try evaluate("len(map(1..100, map(1..100, #)))", .null) == "int 100")
    }
}
