import Manifest
import Testing

@Suite struct YAMLEditSetTests {
    @Test(arguments: [
        EditCase("a number", "replicas: 3 # three\n", "replicas", 5, "replicas: 5 # three\n"),
        EditCase("a number over a quoted string", "a: '1'\n", "a", 2, "a: 2\n"),
        EditCase("null", "a: b\n", "a", .null, "a: null\n"),
        EditCase("an empty value", "a:\nb: 1\n", "a", "x", "a: x\nb: 1\n"),
        EditCase("an empty value before a comment", "a:   # c\n", "a", "x", "a: x   # c\n"),
        EditCase("an empty value with an anchor", "a: &x\nb: 1\n", "a", "v", "a: &x v\nb: 1\n"),
        EditCase("an empty item", "-\n- a\n", "[0]", "x", "- x\n- a\n"),
        EditCase("a key without a colon", "{a, b: 1}\n", "a", "x", "{a: x, b: 1}\n"),
        EditCase("a quote in single quotes", "a: 'x'\n", "a", "it's", "a: 'it''s'\n"),
        EditCase("a control character in single quotes", "a: 'x'\n", "a", "a\tb", "a: \"a\\tb\"\n"),
        EditCase("escapes in double quotes", "a: \"x\"\n", "a", "q\"\\\né😀", "a: \"q\\\"\\\\\\né😀\"\n"),
        EditCase("an indicator in a flow list", "[a, b]\n", "[1]", "x, y", "[a, 'x, y']\n"),
        EditCase("JSON", "{\"a\":1,\"b\":[\"x\"]}", "b[0]", "y", "{\"a\":1,\"b\":[\"y\"]}"),
        EditCase("a string over a number in JSON", "{\"a\":1}", "a", "y", "{\"a\":\"y\"}"),
        EditCase(
            "an object in JSON", "{\"a\":1}", "a", ["k": ["v", .null]], "{\"a\":{\"k\": [\"v\", null]}}"),
        EditCase("with a tag", "a: !!str 1\n", "a", "22", "a: !!str \"22\"\n"),
        EditCase("a folded plain scalar", "a: one\n  two\nb: 1\n", "a", "x", "a: x\nb: 1\n"),
        EditCase("an alias", "a: &x 1\nb: *x\n", "b", 2, "a: &x 1\nb: 2\n"),
        EditCase("a value of a long key", "? a\n: b\n", "a", "c", "? a\n: c\n"),
        EditCase(
            "several lines over one", "a: x # c\nb: 1\n", "a", "l1\nl2\n", "a: | # c\n  l1\n  l2\nb: 1\n"),
        EditCase(
            "several lines before an indented comment", "a: x\n\n  # c\nb: 1\n", "a", "l1\nl2\n",
            "a: \"l1\\nl2\\n\"\n\n  # c\nb: 1\n"),
        EditCase("several lines at the end", "a: x", "a", "l1\nl2\n", "a: \"l1\\nl2\\n\""),
        EditCase("several lines in quotes", "a: \"x\"\n", "a", "l1\nl2", "a: \"l1\\nl2\"\n"),
        EditCase("the root", "a\n", ".", "b", "b\n"),
        EditCase("a root mapping", "# c\na: 1\nb: 2\n", ".", ["x": 1], "# c\nx: 1\n"),
    ])
    func `a scalar keeps its style where it can`(edit: EditCase) throws {
        try check(edit)
    }

    @Test(arguments: [
        EditCase("stripped", "a: |-\n  x\n", "a", "y\nz", "a: |-\n  y\n  z\n"),
        EditCase("no final break any more", "a: |\n  x\nb: 1\n", "a", "y", "a: |-\n  y\nb: 1\n"),
        EditCase("deep indentation", "a: |  # c\n      x\nb: 1\n", "a", "y\n", "a: |  # c\n      y\nb: 1\n"),
        EditCase("leading spaces", "a:\n  b: |\n    x\n", "a.b", "  y\nz\n", "a:\n  b: |2\n      y\n    z\n"),
        EditCase("kept blank lines", "a: |+\n  x\n\n\nb: 1\n", "a", "y\n\n", "a: |+\n  y\n\nb: 1\n"),
        EditCase("folded, one line", "a: >-\n  x\n  y\n", "a", "z w", "a: >-\n  z w\n"),
        EditCase("folded, lines", "a: >\n  x\n  y\n", "a", "z\nw\n", "a: >\n  z\n\n  w\n"),
        EditCase("folded, indented lines", "a: >\n  x\n", "a", "z\n w\n", "a: |\n  z\n   w\n"),
        EditCase("a tab", "a: |\n  x\n", "a", "y\n\tz\n", "a: |\n  y\n  \tz\n"),
        EditCase("a control character", "a: |\n  x\nb: 1\n", "a", "\u{1}\n", "a: \"\\u0001\\n\"\nb: 1\n"),
        EditCase("a number", "a: | # c\n  x\nb: 1\n", "a", 1, "a: 1 # c\nb: 1\n"),
        EditCase("a mapping", "a: | # c\n  x\nb: 1\n", "a", ["k": 1], "a: # c\n  k: 1\nb: 1\n"),
        EditCase("an item", "- |\n x\n- y\n", "[0]", "z\n", "- |\n z\n- y\n"),
        EditCase("CRLF", "a: |\r\n  x\r\nb: 1\r\n", "a", "y\nz\n", "a: |\r\n  y\r\n  z\r\nb: 1\r\n"),
        EditCase("no final newline", "b: |-\n  x", "b", "y\nz", "b: |-\n  y\n  z"),
    ])
    func `a block scalar stays one with its indentation`(edit: EditCase) throws {
        try check(edit)
    }

    @Test(arguments: [
        EditCase(
            "a mapping over a scalar", "a: x\nb: 1\n", "a", ["k": 1, "l": [1]],
            "a:\n  k: 1\n  l:\n  - 1\nb: 1\n"),
        EditCase("below a comment", "a: x # c\nb: 1\n", "a", ["k": 1], "a: # c\n  k: 1\nb: 1\n"),
        EditCase("with an anchor", "a: &n x\nb: *n\n", "a", ["k": 1], "a: &n\n  k: 1\nb: *n\n"),
        EditCase("an item", "l:\n- x\n- y\n", "l[0]", ["k": 1, "m": 2], "l:\n- k: 1\n  m: 2\n- y\n"),
        EditCase("an item with a comment", "- x # c\n", "[0]", ["k": 1, "m": 2], "- # c\n  k: 1\n  m: 2\n"),
        EditCase(
            "in a document of four columns", "a:\n    b:\n        - x\nc: 1\n", "c", ["k": ["z"]],
            "a:\n    b:\n        - x\nc:\n    k:\n        - z\n"),
        EditCase(
            "a scalar over a mapping", "a: # c\n  k: 1\n  l: 2 # d\nb: 1\n", "a", "x", "a: x # c\nb: 1\n"),
        EditCase("a mapping over a mapping", "a:\n   k: 1\nb: 1\n", "a", ["x": 1], "a:\n   x: 1\nb: 1\n"),
        EditCase("a list over a list", "a:\n  - 1\n  - 2\nb: 1\n", "a", [3], "a:\n  - 3\nb: 1\n"),
        EditCase("an empty list", "a:\n- 1\nb: 1\n", "a", [], "a: []\nb: 1\n"),
        EditCase("an item's mapping", "- a: 1\n  b: 2\n- c\n", "[0]", "x", "- x\n- c\n"),
        EditCase("over an empty flow mapping", "a: {}\n", "a", ["k": 1], "a: {k: 1}\n"),
        EditCase("over a flow list", "a: [x, y] # c\n", "a", ["k", "a: b"], "a: [k, 'a: b'] # c\n"),
        EditCase("no final newline", "a:\n  b: 1", "a", ["c": ["d": "e"]], "a:\n  c:\n    d: e"),
    ])
    func `a collection takes the place and the indentation`(edit: EditCase) throws {
        try check(edit)
    }

    private func check(_ edit: EditCase) throws {
        var editor = YAMLEditor(try YAMLStream(Array(edit.text.utf8)))
        try editor.set(YAMLPath(edit.path), to: edit.value)
        let result = String(decoding: try editor.result().bytes, as: UTF8.self)
        #expect(result == edit.expected)
    }
}
