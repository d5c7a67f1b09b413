import HTTPTypes
import Testing

@testable import Dashboard

@Suite struct RequestCheckTests {
    private static func fields(_ pairs: [(String, String)]) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in pairs {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return fields
    }

    @Test(
        arguments: [
            ([("origin", "http://localhost:8090")], true), ([], true),
            ([("origin", "http://evil.example")], false), ([("origin", "null")], false),
            ([("origin", "http://localhost:8091")], false),
            ([("sec-fetch-site", "same-origin")], true), ([("sec-fetch-site", "none")], true),
            ([("sec-fetch-site", "cross-site")], false), ([("sec-fetch-site", "same-site")], false),
            ([("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8090")], false),
        ] as [([(String, String)], Bool)])
    func `a form of another site is not ours`(headers: [(String, String)], isOwn: Bool) {
        let found = FormCheck.isOwn(
            token: "abc", expected: "abc", fields: Self.fields(headers), authority: "localhost:8090")
        #expect(found == isOwn)
    }

    @Test(arguments: [nil, "", "abd", "ab", "abcd", "ABC"])
    func `a form without its token is not ours`(token: String?) {
        #expect(!FormCheck.isOwn(token: token, expected: "abc", fields: [:], authority: "localhost"))
    }

    @Test(
        arguments: [
            ("slipway_session=abc", "abc"), ("a=b; slipway_session=abc; c=d", "abc"),
            ("slipway_session=abc; slipway_session=def", nil), ("slipway_sessions=abc", nil), ("", nil),
            ("slipway_session", nil), ("slipway_session=" + String(repeating: "x", count: 129), nil),
        ] as [(String, String?)])
    func `cookies are read as browsers send them`(header: String, value: String?) {
        #expect(Cookies.value("slipway_session", in: Self.fields([("cookie", header)])) == value)
    }

    @Test func `cookies are kept from scripts and other sites`() {
        let plain = Cookies(isSecure: false).header("slipway_session", "abc", seconds: 60)
        #expect(plain == "slipway_session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60")
        #expect(Cookies(isSecure: true).header("a", "b", seconds: 0).hasSuffix("; Secure"))
    }

    @Test(
        arguments: [
            ("a=1&b=two+words&c=%C3%A4", ["a": "1", "b": "two words", "c": "ä"]), ("", [:]), ("a", ["a": ""]),
            ("a==b", ["a": "=b"]), ("a=1&a=2", nil), ("a=%", nil), ("a=%zz", nil), ("a=%ff", nil),
        ] as [(String, [String: String]?)])
    func `forms are read exactly`(text: String, fields: [String: String]?) throws {
        guard let fields else {
            #expect(throws: DashboardError.self) { try FormBody(text) }
            return
        }
        let body = try FormBody(text)
        for (name, value) in fields { #expect(body[name] == value) }
    }

    @Test(arguments: [
        ("/", true), ("/pulls/a?x=1", true), ("//evil.example", false), ("/\\evil.example", false),
        ("http://evil.example", false), ("javascript:alert(1)", false), ("", false), ("/a b", false),
        ("/a\nb", false),
    ])
    func `a form leads back to this dashboard alone`(path: String, isLocal: Bool) {
        #expect((LocalPath(path) != nil) == isLocal)
    }
}
