import KubeModel
import Testing

@testable import Dashboard

@Suite struct MarkupTests {
    @Test(arguments: [
        ("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
        ("\"><img src=x>", "&quot;&gt;&lt;img src=x&gt;"), ("a & b", "a &amp; b"),
        // A quote or bracket with a combining mark is another character to Swift and the same byte to a browser.
        ("\"\u{301} onclick=x", "&quot;\u{301} onclick=x"), ("<\u{338}b>", "&lt;\u{338}b&gt;"),
        ("a\u{0}b\u{1b}[0mc", "a\u{FFFD}b\u{FFFD}[0mc"), ("tab\tand\nline", "tab\tand\nline"), ("ä€😀", "ä€😀"),
    ])
    func `text is harmless wherever it is shown`(text: String, html: String) {
        #expect(Escaping.escaped(text) == html)
    }

    @Test func `templates escape what they show`() throws {
        let html = try Templates().render("badge", ["text": "\"\u{301}><b>", "tone": "x\" onclick=\"y"]).text
        #expect(!html.contains("<b>"))
        #expect(html.contains("x&quot; onclick=&quot;y"))
    }

    @Test func `a name that a row lacks is not looked for in the page`() throws {
        let fields: Fields = [
            "repository": "outer", "rows": .list([["name": "a", "phase": Tone.good.badge("fine")]]),
        ]
        let html = try Templates().render("runs", fields).text
        #expect(!html.contains("outer"))
        #expect(html.contains("fine"))
    }

    @Test func `a difference is shown line by line, whatever is in it`() throws {
        let text = """
            diff --git a/app.py b/app.py
            index 1..2 100644
            --- a/app.py
            +++ b/app.py
            @@ -1,2 +1,2 @@
             import os
            -print("<b>")
            +print("&")
            diff --git a/gone b/gone
            deleted file mode 100644
            """
        let html = try Templates().render(
            "diff", DiffView.fields(title: "Changes", files: FileDifference.read(Array(text.utf8)))
        ).text
        #expect(html.contains("<span class=\"added\">+print(&quot;&amp;&quot;)</span>"))
        #expect(html.contains("<span class=\"removed\">-print(&quot;&lt;b&gt;&quot;)</span>"))
        #expect(html.contains("<span class=\"file-name\">app.py</span>"))
        #expect(html.contains("<span class=\"file-name\">gone</span>"))
        #expect(!html.contains("index 1..2"))
    }

    @Test(arguments: [
        (0, "a moment"), (7, "5 s"), (61, "1 min"), (3599, "59 min"), (7300, "2 h"), (180_000, "2 d"),
    ])
    func `how long ago something was is told in one unit`(seconds: Int64, text: String) {
        let now = Timestamp(seconds: 1_800_000_000)
        #expect(Moments.ago(Timestamp(seconds: now.seconds - seconds), now: now) == text)
    }

    /// What may stand in a template as it is: HTML that was made by templates, and drawings.
    private static let finished: Set<String> = ["html", "bar", "svg"]

    @Test(arguments: Templates.sources.map(\.name))
    func `no template shows text as it is, or has a script or a style of its own`(name: String) throws {
        let source = try #require(Templates.sources.first { $0.name == name })
        let text = String(decoding: source.bytes, as: UTF8.self)
        for part in text.split(separator: "{{{").dropFirst() {
            #expect(
                Self.finished.contains(String(part.prefix { $0 != "}" })), "\(name): {{{\(part.prefix(20))")
        }
        #expect(!text.contains("{{&"))
        #expect(!text.contains(" style="))
        #expect(!text.contains("<style"))
        #expect(text.firstMatch(of: /\son[a-z]+\s*=/) == nil)
        #expect(!text.contains("javascript:"))
        // Every form that changes something carries the token of its session.
        for form in text.split(separator: "<form").dropFirst() {
            let body = form.prefix(while: { _ in true }).split(separator: "</form>").first ?? ""
            #expect(body.contains("name=\"csrf\""), "\(name)")
            #expect(body.contains("method=\"post\""), "\(name)")
        }
    }
}
