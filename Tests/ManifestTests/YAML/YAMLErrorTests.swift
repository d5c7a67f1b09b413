import Manifest
import Testing

/// What a person reads when a file is refused: the place, the fault, the remedy.
@Suite struct YAMLErrorTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let message: String
        init(_ text: String, _ message: String) {
            self.text = text
            self.message = message
        }
        var testDescription: String { text }
    }

    static let structure = [
        Refusal(
            "a:\n\tb: c\n",
            "f.yaml:2:1: a tab is used for indentation; YAML wants spaces, so replace the tab by spaces"),
        Refusal(
            "a: b: c\n",
            "f.yaml:1:4: a mapping cannot begin here; if the ': ' belongs to the text, quote the text, else put the "
                + "key on its own line"),
        Refusal(
            "a: - b\n",
            "f.yaml:1:4: a list cannot begin here; put the '- ' on its own line, or quote the text if the dash "
                + "belongs to it"),
        Refusal(
            "a:\n  - b\n c: d\n",
            "f.yaml:3:2: this line is indented by 1 space, as none of the lines it could belong to is; align it with "
                + "its siblings"),
        Refusal(
            "a: \"1\"\n  b: 2\n",
            "f.yaml:2:3: this line is indented by 2 spaces, its neighbours by 0; align them"),
        Refusal(
            "metadata:\nname: foo\n  labels: x\n",
            "f.yaml:3:3: this line continues the text that began on line 2, which may not contain ': '; check the "
                + "indentation or quote the text"),
        Refusal(
            "a: b\nc\n",
            "f.yaml:2:1: expected ': ' after this key; write 'key: value', or check the indentation"),
        Refusal(
            "a: 1\n- b\n",
            "f.yaml:2:1: a list item (-) stands where the next key of a mapping is expected; check the indentation"
        ),
        Refusal("- a\nb: c\n", "f.yaml:2:1: expected the next list item (-) here; check the indentation"),
        Refusal(
            "a: \"b\" c\n",
            "f.yaml:1:8: unexpected text after the end of a value; put it on its own line or quote the whole value"
        ),
        Refusal(
            "\"a\"\nb: c\n",
            "f.yaml:2:1: unexpected content after the end of the document; indent it, or begin a new document with ---"
        ),
        Refusal("a: \"b\"#c\n", "f.yaml:1:7: a comment needs a space before its #"),
        Refusal(
            "a: [1, 2\nb: 3\n",
            "f.yaml:2:1: the '[' opened on line 1 is still open; close it before this line, or indent this line deeper "
                + "than its key"),
        Refusal("a: {b: [c\n", "f.yaml:1:8: the '[' opened on line 1 is not closed"),
        Refusal("a: [b, c}\n", "f.yaml:1:9: '}' does not close the '[' before it"),
        Refusal("a: [\"b\" \"c\"]\n", "f.yaml:1:9: expected ',' or the closing bracket after this entry"),
        Refusal("a: [b,, c]\n", "f.yaml:1:7: an entry is missing before this ','; remove the comma"),
        Refusal(
            "a: [\n  - b\n]\n",
            "f.yaml:2:3: lists with '- ' cannot stand inside brackets; write [a, b] instead"),
        Refusal(
            "--- [a,\n---\n]\n",
            "f.yaml:2:1: a document marker stands inside brackets that are still open; close them first"),
        Refusal(
            "%YAML 1.2\na: b\n", "f.yaml:2:1: a directive must be followed by a document that begins with ---"
        ),
        Refusal("%YAML 2.0\n---\na\n", "f.yaml:1:1: YAML version 2.0 is not supported; use 1.2"),
        Refusal(
            "a\nb: c\n",
            "f.yaml:2:1: this line continues the text that began on line 1, which may not contain ': '; "
                + "check the indentation or quote the text"),
    ]

    static let scalars = [
        Refusal("a: @b\n", "f.yaml:1:4: text cannot start with '@'; put quotes around it"),
        Refusal("a: %b\n", "f.yaml:1:4: text cannot start with '%'; put quotes around it"),
        Refusal("a: ]\n", "f.yaml:1:4: unexpected ']'; put quotes around the text if it belongs to it"),
        Refusal("a: \"b\n", "f.yaml:1:4: the quote opened on line 1 is not closed"),
        Refusal(
            "a: 'b\nc: d\n",
            "f.yaml:2:1: the quote opened on line 1 is still open; close it before this line, or indent this line "
                + "deeper than its key"),
        Refusal(
            "a: \"C:\\data\"\n",
            "f.yaml:1:7: \\d is no escape; write \\\\ for a backslash, or use single quotes"),
        Refusal("a: \"\\u12\"\n", "f.yaml:1:5: this escape needs 4 hexadecimal digits"),
        Refusal("a: \"\\uD800\"\n", "f.yaml:1:5: this escape stands for no Unicode character"),
        Refusal(
            "a: |x\n",
            "f.yaml:1:5: after | or > only an indentation digit, + or - and a comment may follow; the text begins on "
                + "the next line"),
        Refusal(
            "a: |\n\tb\n",
            "f.yaml:2:1: the text of this block is indented with a tab; replace the tab by spaces"),
        Refusal(
            "a: |\n     \n  b\n",
            "f.yaml:2:1: this blank line has more spaces than the text below it; remove them, or give the indentation "
                + "after | or >"),
        Refusal("a: *x\n", "f.yaml:1:4: the alias *x refers to no anchor &x above it"),
        Refusal("a: & b\n", "f.yaml:1:4: an anchor needs a name after &; quote the text if it begins with &"),
        Refusal("a: &x &y b\n", "f.yaml:1:7: a value can have only one anchor"),
        Refusal("a: !x !y b\n", "f.yaml:1:7: a value can have only one tag"),
        Refusal(
            "a: &x b\nc: &y *x\n",
            "f.yaml:2:7: an alias cannot have an anchor or a tag; it takes those of what it refers to"),
        Refusal(
            "a: !e!x b\n", "f.yaml:1:4: the tag handle !e! is declared by no %TAG directive of this document"),
        Refusal(
            "a: é\u{01}\n",
            "f.yaml:1:5: the control character U+0001 is not allowed here; remove it or write it as "
                + "an escape in double quotes"),
        Refusal(
            "a: b\u{7F}\n",
            "f.yaml:1:5: the control character U+007F is not allowed here; remove it or write it as "
                + "an escape in double quotes"),
    ]

    static let values = [
        Refusal(
            "a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key \"a\" is already set on line 1; remove one of them"),
        Refusal(
            "yes: 1\n\"true\": 2\n",
            "f.yaml:2:1: the key \"true\" is already set on line 1; remove one of them"),
        Refusal(
            "a: {[b]: c}\n",
            "f.yaml:1:5: a key must be text, a number, a boolean or null; lists and mappings cannot be; quote the text "
                + "if it begins with a bracket"),
        Refusal(
            "a: {{ .Values.x }}\n",
            "f.yaml:1:4: {{ begins a template, which is not YAML yet; render the file first, or quote the text"
        ),
        Refusal(
            "{{- if .Values.x }}\n",
            "f.yaml:1:1: {{ begins a template, which is not YAML yet; render the file first, or quote the text"
        ),
        Refusal(
            "a: .inf\n",
            "f.yaml:1:4: .inf is not a finite number, which a manifest cannot hold; put quotes around it if it is text"
        ),
        Refusal("a: !!int x\n", "f.yaml:1:10: \"x\" is no value of the type !!int"),
        Refusal("a: !!binary x\n", "f.yaml:1:13: the text after !!binary is not valid base64"),
        Refusal(
            "a:\n  <<: 1\n",
            "f.yaml:2:3: the value of << must be a mapping, an alias of one, or a list of these"),
        Refusal(
            "a: &x [*x]\n",
            "f.yaml:1:8: the alias *x stands inside the very node it refers to, so it would never end"),
    ]

    @Test(arguments: structure + scalars + values)
    func `a refused text names the place and the remedy`(refusal: Refusal) {
        let options = YAML.ReadOptions(file: "f.yaml")
        let error = #expect(throws: ManifestError.self) { try YAML.parse(refusal.text, options: options) }
        #expect(error.map(String.init(describing:)) == refusal.message)
    }

    @Test(arguments: [
        ([0x61, 0xFF], "line 1, column 2: the byte 0xFF is not valid UTF-8; save the file as UTF-8"),
        ([0x61, 0x0A, 0xC3], "line 2, column 1: the byte 0xC3 is not valid UTF-8; save the file as UTF-8"),
        ([0xED, 0xA0, 0x80], "line 1, column 1: the byte 0xED is not valid UTF-8; save the file as UTF-8"),
        ([0xFF, 0xFE, 0x61, 0x00], "line 1, column 1: the text is encoded in UTF-16; save it as UTF-8"),
        ([0x00, 0x61], "line 1, column 1: the text is encoded in UTF-16; save it as UTF-8"),
    ])
    func `bytes that are no UTF-8 are refused`(bytes: [UInt8], message: String) {
        let error = #expect(throws: ManifestError.self) { try YAML.parse(bytes) }
        #expect(error?.code == .encoding)
        #expect(error.map(String.init(describing:)) == message)
    }

    @Test func `the first of several faults is reported`() {
        let error = #expect(throws: ManifestError.self) {
            try YAML.parse("a: {x: 1, x: 2}\nb: .nan\nc: !!int x\n")
        }
        #expect(error?.position == ManifestError.Position(line: 1, column: 11, offset: 10))
    }
}
