import Manifest
import Testing

@Suite struct YAMLEditInsertTests {
    @Test(arguments: [
        EditCase("at the end", "a: 1\nb: 2 # c\n", "x", 3, "a: 1\nb: 2 # c\nx: 3\n"),
        EditCase("without final newline", "a:\n  b: 1", "a.c", "v", "a:\n  b: 1\n  c: v"),
        EditCase("with CRLF", "a:\r\n  b: 1\r\nd: 2\r\n", "a.c", "v", "a:\r\n  b: 1\r\n  c: v\r\nd: 2\r\n"),
        EditCase(
            "before a comment of the next", "a:\n  b: 1\n# d\nd: 2\n", "a.c", 2,
            "a:\n  b: 1\n  c: 2\n# d\nd: 2\n"),
        EditCase("in an item", "- a: 1\n- b: 2\n", "[0].c", 3, "- a: 1\n  c: 3\n- b: 2\n"),
        EditCase("behind a nested block", "a:\n  b:\n    c: 1\n", "a.d", 1, "a:\n  b:\n    c: 1\n  d: 1\n"),
        EditCase(
            "behind a block scalar", "a:\n  b: |\n    x\n\n    y\nc: 1\n", "a.d", 1,
            "a:\n  b: |\n    x\n\n    y\n  d: 1\nc: 1\n"),
        EditCase("behind kept blank lines", "a: |+\n  x\n\n", "b", 1, "a: |+\n  x\n\nb: 1\n"),
        EditCase("behind an empty value", "a:\n  b:\nc: 1\n", "a.d", 1, "a:\n  b:\n  d: 1\nc: 1\n"),
        EditCase("into braces", "l: {a: b} # c\n", "l.x", "y, z", "l: {a: b, x: 'y, z'} # c\n"),
        EditCase("into spaced braces", "l: { a: b }\n", "l.x", 1, "l: { a: b, x: 1 }\n"),
        EditCase("into empty braces", "l: {}\n", "l.x", 1, "l: {x: 1}\n"),
        EditCase("into JSON", "{\"a\":1}\n", "b", "x", "{\"a\":1, \"b\": \"x\"}\n"),
        EditCase(
            "into JSON of many lines", "{\n  \"a\": 1\n}\n", "b", "x", "{\n  \"a\": 1,\n  \"b\": \"x\"\n}\n"),
        EditCase(
            "into braces of many lines", "l: {\n  a: 1, # c\n  b: 2 # d\n}\n", "l.x", 3,
            "l: {\n  a: 1, # c\n  b: 2, # d\n  x: 3\n}\n"),
        EditCase("behind a trailing comma", "l: {\n  a: 1,\n}\n", "l.x", 3, "l: {\n  a: 1,\n  x: 3,\n}\n"),
        EditCase("into a missing value", "a:\nb: 1\n", "a.x", "v", "a:\n  x: v\nb: 1\n"),
        EditCase("into null", "a: null # c\nb: 1\n", "a.x", "v", "a: # c\n  x: v\nb: 1\n"),
        EditCase(
            "a mapping", "a: 1\n", "b", ["c": ["d", ["e": "f", "g": 1]]],
            "a: 1\nb:\n  c:\n  - d\n  - e: f\n    g: 1\n"),
        EditCase("a key that needs quotes", "a: 1\n", "[\"on\"]", "x\ny\n", "a: 1\n\"on\": |\n  x\n  y\n"),
        EditCase("a block at the end of the text", "a: 1", "b", "x\ny\n", "a: 1\nb: \"x\\ny\\n\""),
        EditCase(
            "in an indented document", "a:\n    - b: 1\nc: 1\n", "d", ["e": [1]],
            "a:\n    - b: 1\nc: 1\nd:\n  e:\n      - 1\n"),
    ])
    func `an entry takes the indentation of its neighbours`(edit: EditCase) throws {
        #expect(try insert(edit) == edit.expected)
    }

    @Test(arguments: [
        EditCase("under the key", "a:\n- 1\n- 2 # c\nb: 1\n", "a[+]", 3, "a:\n- 1\n- 2 # c\n- 3\nb: 1\n"),
        EditCase("indented", "a:\n  - 1\nb: 1\n", "a[+]", 3, "a:\n  - 1\n  - 3\nb: 1\n"),
        EditCase(
            "a mapping", "a:\n- b: 1\n  c: 2\n", "a[+]", ["b": 2, "d": [1]],
            "a:\n- b: 1\n  c: 2\n- b: 2\n  d:\n  - 1\n"),
        EditCase(
            "behind wide dashes", "-   a: 1\n    b: 2\n", "[+]", ["a": 2, "b": 3],
            "-   a: 1\n    b: 2\n-   a: 2\n    b: 3\n"),
        EditCase("in front", "a:\n# one\n- 1\n- 2\n", "a[0]", 0, "a:\n- 0\n# one\n- 1\n- 2\n"),
        EditCase("between", "- 1\n# two\n- 2\n", "[1]", 5, "- 1\n- 5\n# two\n- 2\n"),
        EditCase("in front of a nested list", "- - 1\n  - 2\n", "[0][0]", 0, "- - 0\n  - 1\n  - 2\n"),
        EditCase("between brackets", "a: [x, y]\n", "a[+]", "z: z", "a: [x, y, 'z: z']\n"),
        EditCase("in front between brackets", "a: [x, y]\n", "a[0]", ["k": 1], "a: [{k: 1}, x, y]\n"),
        EditCase("between empty brackets", "a: [ ]\n", "a[+]", "z", "a: [z ]\n"),
        EditCase(
            "brackets of many lines", "a: [\n  1, # c\n  2\n]\n", "a[1]", 9, "a: [\n  1, # c\n  9,\n  2\n]\n"),
        EditCase("into a missing value", "a:\nb: 1\n", "a[+]", "v", "a:\n- v\nb: 1\n"),
        EditCase("without final newline", "a:\n- x", "a[+]", "v", "a:\n- x\n- v"),
        EditCase("by a JSON pointer", "a:\n- x\n", "/a/-", "v", "a:\n- x\n- v\n"),
    ])
    func `an item takes the indentation of its neighbours`(edit: EditCase) throws {
        #expect(try insert(edit) == edit.expected)
    }

    @Test(arguments: [
        (YAMLEditor.Placement.first, "m: 5\n# about b\nb: 1\nd: 2\n"),
        (.before(.key("b")), "m: 5\n# about b\nb: 1\nd: 2\n"),
        (.after(.key("b")), "# about b\nb: 1\nm: 5\nd: 2\n"),
        (.last, "# about b\nb: 1\nd: 2\nm: 5\n"), (.sorted, "# about b\nb: 1\nd: 2\nm: 5\n"),
    ])
    func `an entry goes where it is told`(placement: YAMLEditor.Placement, expected: String) throws {
        var editor = YAMLEditor(try YAMLStream(Array("# about b\nb: 1\nd: 2\n".utf8)))
        try editor.insert(5, at: YAMLPath("m"), placement: placement)
        #expect(String(decoding: try editor.result().bytes, as: UTF8.self) == expected)
    }

    @Test func `a sorted entry goes before the first greater key`() throws {
        var editor = YAMLEditor(try YAMLStream(Array("a: 1\n# about c\nc: 3\n".utf8)))
        try editor.insert(2, at: YAMLPath("b"), placement: .sorted)
        #expect(String(decoding: try editor.result().bytes, as: UTF8.self) == "a: 1\nb: 2\n# about c\nc: 3\n")
    }

    @Test func `parents are made on request only`() throws {
        let path = try YAMLPath("metadata.annotations[\"a.b/c\"]")
        var editor = YAMLEditor(try YAMLStream(Array("metadata:\n  name: x\n".utf8)))
        #expect(throws: ManifestError.self) { try editor.insert("v", at: path) }
        try editor.insert("v", at: path, createsParents: true)
        let result = String(decoding: try editor.result().bytes, as: UTF8.self)
        #expect(result == "metadata:\n  name: x\n  annotations:\n    a.b/c: v\n")
    }

    @Test func `a second document is reached by its index`() throws {
        var editor = YAMLEditor(try YAMLStream(Array("a: 1\n---\na: 2\n...\n---\nb: 1\n".utf8)))
        try editor.insert(3, at: YAMLPath("c"), document: 1)
        #expect(try editor.result().bytes == Array("a: 1\n---\na: 2\nc: 3\n...\n---\nb: 1\n".utf8))
        #expect(throws: ManifestError.self) { try editor.insert(3, at: YAMLPath("c"), document: 3) }
    }

    private func insert(_ edit: EditCase) throws -> String {
        var editor = YAMLEditor(try YAMLStream(Array(edit.text.utf8)))
        try editor.insert(edit.value, at: YAMLPath(edit.path))
        return String(decoding: try editor.result().bytes, as: UTF8.self)
    }
}
