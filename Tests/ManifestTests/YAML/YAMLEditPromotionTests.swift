import Manifest
import Testing

/// One edit of a configuration repository, as promotions make them.
struct EditCase: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let path: String
    let value: Value
    let expected: String

    init(_ name: String, _ text: String, _ path: String, _ value: Value, _ expected: String) {
        self.name = name
        self.text = text
        self.path = path
        self.value = value
        self.expected = expected
    }

    var testDescription: String { name }
}

/// Edits that write wrong files, or lose formatting, in tools people use for promotions today.
@Suite struct YAMLEditPromotionTests {
    static let cases: [EditCase] = [
        EditCase("a plain scalar", "image:\n  tag: v1\n", ".image.tag", "v2", "image:\n  tag: v2\n"),
        EditCase(
            "an item's field", "images:\n- name: a\n  newTag: v1\n- name: b\n  newTag: v1\n",
            "images[name=b].newTag", "v2", "images:\n- name: a\n  newTag: v1\n- name: b\n  newTag: v2\n"),
        EditCase(
            "between braces", "image: {repo: x, tag: v1, pull: Always}\n", "image.tag", "v2",
            "image: {repo: x, tag: v2, pull: Always}\n"),
        EditCase(
            "with an anchor", "tag: &t v1\nother: *t\n", "tag", "v2", "tag: &t v2\nother: *t\n"),
        EditCase("a key beyond ASCII", "имя: v1\nb: 1\n", "имя", "v2", "имя: v2\nb: 1\n"),
        EditCase(
            "between braces beyond ASCII", "é: {имя: v1, 日本: v1}\n", "é.日本", "v2", "é: {имя: v1, 日本: v2}\n"),
        EditCase("a value with a colon", "cmd: a\n", "cmd", "b: c", "cmd: 'b: c'\n"),
        EditCase("a value with a hash", "cmd: a # why\n", "cmd", "b #c", "cmd: 'b #c' # why\n"),
        EditCase(
            "a block scalar", "note: |\n  line1\n  line2\nb: 1\n", "note", "new\n", "note: |\n  new\nb: 1\n"),
        EditCase("a boolean in disguise", "on: \"no\"\n", "on", "yes", "on: \"yes\"\n"),
        EditCase("a boolean in disguise, unquoted", "on: maybe\n", "on", "yes", "on: \"yes\"\n"),
        EditCase("a date in disguise", "tag: v1\n", "tag", "2026-01-01", "tag: \"2026-01-01\"\n"),
        EditCase(
            "a marker in a comment", "tag: v1 # {\"$imagepolicy\": \"flux-system:app:tag\"}\n", "tag", "v2",
            "tag: v2 # {\"$imagepolicy\": \"flux-system:app:tag\"}\n"),
        EditCase("quotes", "tag: \"1.0\"\n", "tag", "2.0.0", "tag: \"2.0.0\"\n"),
        EditCase("CRLF", "a: 1\r\ntag: v1\r\nb: 2\r\n", "tag", "v2", "a: 1\r\ntag: v2\r\nb: 2\r\n"),
        EditCase("no final newline", "a: 1\ntag: '1.0'", "tag", "2.0", "a: 1\ntag: '2.0'"),
    ]

    @Test(arguments: cases) func `only the value changes`(edit: EditCase) throws {
        var editor = YAMLEditor(try YAMLStream(Array(edit.text.utf8)))
        try editor.set(YAMLPath(edit.path), to: edit.value)
        let result = String(decoding: try editor.result().bytes, as: UTF8.self)
        #expect(result == edit.expected)
    }

    @Test func `two keys on one line change in one pass`() throws {
        var editor = YAMLEditor(try YAMLStream(Array("image: {repo: x, tag: v1}\n".utf8)))
        try editor.set(YAMLPath("image.tag"), to: "v2")
        try editor.set(YAMLPath("image.repo"), to: "longer/y")
        #expect(try editor.result().bytes == Array("image: {repo: longer/y, tag: v2}\n".utf8))
    }

    @Test func `an image entry keeps its place and every comment`() throws {
        let text = """
            images:
                # payments: frozen
                - name: svc-z
                  newTag: v1   # pinned for CVE-1

                - name: svc-a
                  newTag: v1

            """
        var editor = YAMLEditor(try YAMLStream(Array(text.utf8)))
        try editor.set(YAMLPath("images[name=svc-a].newTag"), to: "v2")
        let result = String(decoding: try editor.result().bytes, as: UTF8.self)
        #expect(result == text.replacing("svc-a\n      newTag: v1", with: "svc-a\n      newTag: v2"))
    }
}
