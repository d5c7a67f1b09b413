import Manifest
import Testing

/// Line breaks, byte order marks, comments and characters beyond ASCII.
@Suite struct YAMLLineTests {
    static let text =
        "# head\na:\n  - b  # x\n  - |\n    c\n\n    d\n  - \"e\n\n    f\"\n  - g\n    h\nk: {l: m,\n  p: o}\n"

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `all line breaks mean the same`(lineBreak: String) throws {
        let bytes = Array(Self.text.utf8).flatMap { $0 == 0x0A ? Array(lineBreak.utf8) : [$0] }
        let stream = try YAMLStream(bytes)
        #expect(stream.bytes == bytes)
        #expect(stream.comments.count == 2)
        let expected: Value = ["a": ["b", "c\n\nd\n", "e\nf", "g h"], "k": ["l": "m", "p": "o"]]
        #expect(try stream.documents[0].value() == expected)
        let error = #expect(throws: ManifestError.self) { try YAML.parse(bytes + Array("]".utf8)) }
        #expect(error?.position?.line == 15 && error?.position?.column == 1)
    }

    @Test func `a byte order mark may begin each document`() throws {
        #expect(try YAML.parse("\u{FEFF}a: 1\n...\n\u{FEFF}# c\n---\nb: 2\n") == [["a": 1], ["b": 2]])
        #expect(try YAML.parse("\u{FEFF}") == [])
        #expect(throws: ManifestError.self) { try YAML.parse("a: \u{FEFF}b\n") }
    }

    @Test func `quoted text may hold every character JSON allows`() throws {
        #expect(
            try YAML.parse("a: \"\u{7F}\u{85}\u{FEFF}\u{FFFF}\"\n")[0] == [
                "a": "\u{7F}\u{85}\u{FEFF}\u{FFFF}"
            ])
        #expect(try YAML.parse(#"["\uD83D\uDE00\/\u0000"]"#)[0] == ["😀/\0"])
    }

    @Test func `characters beyond ASCII count as one column`() throws {
        let stream = try YAMLStream(Array("ключ: 😀 # ü\nб: [é, ]\n".utf8))
        let entries = stream.documents[0].root.entries
        #expect(entries.map(\.value.position.column) == [7, 4])
        #expect(try stream.documents[0].value() == ["ключ": "😀", "б": ["é"]])
    }

    @Test(arguments: [
        ("", 0), ("# only a comment\n", 0), ("---\n", 1), ("---\n---\n", 2), ("...\n", 0), ("a\n...\n", 1),
    ])
    func `documents are counted by their content or marker`(text: String, count: Int) throws {
        #expect(try YAML.parse(text).count == count)
    }

    @Test func `a closing bracket may stand at the column of its key`() throws {
        let value = try YAML.parse("args: [\n  a,\n]\nenv: {\n  b: c\n}\n")[0]
        #expect(value == ["args": ["a"], "env": ["b": "c"]])
    }

    @Test func `JSON is YAML`() throws {
        let text = #"{"a":[1,-2.5e3,true,null,"x\ty"],"b":{"c":{}},"d":[]}"#
        #expect(try YAML.parse(text)[0] == JSON.parse(text))
        #expect(try YAML.parse("\t\(text)\t")[0] == JSON.parse(text))
    }
}
