import Manifest
import Testing

/// What RFC 8259 allows and forbids, text by text.
@Suite struct JSONGrammarTests {
    @Test(arguments: [
        "[]", "{}", " [ ] ", "\t\r\n{\n}\r\n", "null", "true", "false", "0", "-0", "42", "-1", "1.5", "1e3",
        "1E+2",
        "1e-2", "0.0", "123456789012345678901234567890", "-1.0e-10", "\"\"", "\"a\"",
        "\"\\u0041\\n\\/\\\\\\\"\"",
        "\"\\uD83D\\uDE00\"", "\"\u{7f}\"", "\"\u{2028}\"", "[1,2,3]", "[[[[]]]]", "[null, 1, \"1\", {}]",
        "{\"a\":1}", "{\"\":0}", "{\"a\":{\"b\":[{}]}}", "{\"a\\u0000b\":1}", "\u{FEFF}{\"a\":1}",
        "\"\\u0000\"",
        "[\"\u{10FFFF}\"]", "\"😀\"", "[-9223372036854775808, 9223372036854775807]", "\"\\\\u005D\"", "[1\n]",
        "[0e1]", "[1e00]", "{\"a\":\"b\",\"a\":\"c\"}", "\"\\uDADA\"", "[\"\\uD888\\u1234\"]",
        "[2.2250738585072014e-308]",
    ])
    func `well-formed text is accepted`(text: String) throws {
        let value = try JSON.parse(text)
        #expect(try JSON.parse(JSON.write(value)) == value)
    }

    @Test(arguments: [
        "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1:2]",
        "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\"::1}", "{1:1}",
        "{null:1}",
        "[}", "{]", "[1]]", "{}}", "{}{}", "1 2", "01", "-01", "+1", "-", "--1", "1.", ".5", "1.e1", "1e",
        "1e+", "1eE2",
        "0x1", "0b1", "1_000", "Infinity", "NaN", "-Infinity", "nul", "nulll", "True", "TRUE", "tru", "'a'",
        "\"a", "\"",
        "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u\"", "\"\\", "\"\\u00\"", "\"\n\"", "\"\t\"",
        "\"\u{0}\"",
        "\"\u{1f}\"", "// c\n1", "/* c */1", "[1]//", "#1", "[1,\n2\n,3,]", "\u{A0}1", "1\u{0B}",
        "\u{2060}[]", "[\u{0C}]",
        "*", "<html>", "abc", "[1e400]", "[-1e999]", "{\"a\":[}", "[\"a\":1]", "\\u000A\"\"", "[\"\\a\"]",
        "{\"x\":true,\"y\"",
    ])
    func `malformed text is refused with its place`(text: String) throws {
        let error = try #require(throws: ManifestError.self) { try JSON.parse(text) }
        #expect(error.position != nil)
        #expect(!error.message.isEmpty)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0xFE, 0xFF, 0x00, 0x22],
            [0x5B, 0xFF, 0x5D], [0x22, 0x61, 0x5C, 0x6E, 0xF0, 0x9F, 0x22],
        ] as [[UInt8]])
    func `bytes that are no UTF-8 are refused`(bytes: [UInt8]) {
        #expect(throws: ManifestError.self) { try JSON.parse(bytes) }
    }

    struct Fault: CustomTestStringConvertible {
        let text: String
        let code: ManifestError.Code
        let description: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Fault(
            text: "{\"a\": 1,\n \"b\": }", code: .syntax,
            description: "line 2, column 7: expected a value, found '}'"),
        Fault(
            text: "[1, 2,\n]", code: .syntax,
            description: "line 2, column 1: expected a value after ',', found ']'; remove the trailing comma"),
        Fault(
            text: "{\"é\": 007}", code: .syntax,
            description: "line 1, column 7: a number must not start with 0; quote it if it is text"),
        Fault(
            text: "{\n  \"a\": [1,\n", code: .syntax,
            description:
                "line 3, column 1: the document ends inside the list opened at line 2, column 8; is it cut off?"
        ),
        Fault(
            text: "{\"a\": 1]", code: .syntax,
            description: "line 1, column 8: expected '}' for the '{' of line 1, column 1, found ']'"),
        Fault(
            text: "[1e999]", code: .unsupported,
            description: "line 1, column 2: the number 1e999 is too large for a double"),
    ])
    func `errors say what, where and what to do`(fault: Fault) throws {
        let error = try #require(throws: ManifestError.self) { try JSON.parse(fault.text) }
        #expect(error.code == fault.code)
        #expect(error.description == fault.description)
    }

    @Test func `nesting is limited, not the stack`() throws {
        let fine = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(throws: Never.self) { try JSON.parse(fine) }
        let deep = String(repeating: "{\"a\":", count: 10_000) + "1" + String(repeating: "}", count: 10_000)
        let error = try #require(throws: ManifestError.self) { try JSON.parse(deep) }
        #expect(error.code == .depthLimit)
    }
}
