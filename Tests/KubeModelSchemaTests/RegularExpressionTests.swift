import KubeModel
import Testing

@Suite struct `Regular expressions` {
    @Test(
        arguments: [
            ("^[a-z]+$", ["abc"], ["", "aB", "a\n"]),
            ("b", ["abc", "b"], ["ac", ""]),
            ("", ["", "x"], []),
            ("^(a|bc)*$", ["", "abca", "bcbc"], ["abb", "c"]),
            ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
            ("^(?:ab){2}c?$", ["abab", "ababc"], ["ab", "ababcc"]),
            ("^a{,2}$", ["a{,2}"], ["a", "aa"]),
            (#"^\d+\.\d*$"#, ["1.", "10.25"], ["1", ".5", "٣.1"]),
            (#"^[\w.-]+@[[:alpha:]]+$"#, ["a.b-c_1@x"], ["a b@x", "a@1"]),
            (#"^[^\s/]+$"#, ["a:b"], ["a b", "a/b"]),
            (#"^\pL\p{Nd}\PL$"#, ["é5-", "Ж0 "], ["a5b", "55-"]),
            ("(?i)^straße|STOP$", ["STRASSE".lowercased() + "stop", "Straße"], ["strase"]),
            ("(?s)^a.b$", ["a\nb"], ["ab"]),
            ("^a.b$", ["axb", "a€b"], ["a\nb"]),
            ("(?m)^b$", ["a\nb\nc"], ["ab"]),
            (#"\bfoo\b"#, ["a foo b", "foo"], ["foobar"]),
            (#"^\Qa.b\E$"#, ["a.b"], ["axb"]),
            (#"^\x41\x{20AC}\t$"#, ["A€\t"], ["A"]),
            ("^[]a]+$", ["]a"], ["b"]),
            ("^[a-]+$", ["-a-"], ["b"]),
            ("^(?P<year>[0-9]{4})(?<rest>x)$", ["2026x"], ["26x"]),
            ("^[^a-y]$", ["z", "Z"], ["a"]),
            (#"^(\+|-)?[0-9]+(\.[0-9]+)?$"#, ["+1", "-1.5"], ["1.", "--1"]),
            ("x*", ["", "y"], []),
            ("^(a?){20}a{20}$", [String(repeating: "a", count: 20)], ["aa"]),
        ] as [(String, [String], [String])])
    func `texts match as in Go`(pattern: String, matching: [String], other: [String]) throws {
        let expression = try RegularExpression(pattern)
        for text in matching { #expect(expression.matches(text), "\(pattern) \(text)") }
        for text in other { #expect(!expression.matches(text), "\(pattern) \(text)") }
    }

    @Test(arguments: [
        ("[a-z", "missing closing ]: `[a-z`"),
        ("(ab", "missing closing ): `(ab`"),
        ("ab)", "unexpected ): `ab)`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{3,2}", "invalid repeat count: `{3,2}`"),
        (#"a\"#, "trailing backslash at end of expression: ``"),
        (#"\8"#, #"invalid escape sequence: `\8`"#),
        ("[z-a]", "invalid character class range: `z-a`"),
        (#"\p{Nope}"#, #"invalid character class range: `\p{Nope}`"#),
        ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?P<a b>x)", "invalid named capture: `(?P<a b>`"),
    ])
    func `malformed expressions are refused in Go's words`(pattern: String, message: String) {
        let fault = #expect(throws: RegularExpressionFault.self) { try RegularExpression(pattern) }
        #expect(fault?.description == "error parsing regexp: \(message)")
    }

    @Test func `nested repetitions take time linear in the text`() throws {
        let expression = try RegularExpression("^(a+)+$")
        #expect(!expression.matches(String(repeating: "a", count: 2_000) + "b"))
    }

    @Test func `an expression may not grow without bounds`() {
        #expect(throws: RegularExpressionFault.self) { try RegularExpression("((a{1000}){1000}){1000}") }
    }
}
