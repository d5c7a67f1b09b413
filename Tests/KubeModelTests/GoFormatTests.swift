import KubeModel
import Manifest
import Testing

/// Expectations are what Go 1.24 prints.
struct GoFormatTests {
    @Test(arguments: [
        ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#),
        ("\n\t\r\u{7}\u{8}\u{b}\u{c}", #""\n\t\r\a\b\v\f""#),
        ("\u{1}\u{7f}", #""\x01\x7f""#), ("grüße €", #""grüße €""#), ("\u{a0}\u{200b}", #""\u00a0\u200b""#),
        ("\u{e0001}", #""\U000e0001""#), ("", #""""#),
    ])
    func `texts are quoted`(text: String, quoted: String) {
        #expect(GoFormat.quoted(text) == quoted)
    }

    @Test func `documents are printed as Go maps`() {
        let value: Value = ["b": ["x", 1, .null, true], "a": ["z": "1", "k": [:]], "c": 1.5]
        #expect(GoFormat.description(of: value) == "map[a:map[k:map[] z:1] b:[x 1 <nil> true] c:1.5]")
    }

    @Test(arguments: [
        (0.1, "0.1"), (100, "100"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e-7, "1.5e-07"),
        (0.0001, "0.0001"), (0.00001, "1e-05"), (-2.5, "-2.5"), (123456.789, "123456.789"), (0, "0"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
    ])
    func `numbers are printed with the fewest digits`(number: Double, text: String) {
        #expect(GoFormat.description(of: .double(Real(number))) == text)
    }
}
