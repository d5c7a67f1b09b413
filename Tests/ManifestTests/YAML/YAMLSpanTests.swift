import Manifest
import Testing

/// Where the nodes of a tree say they stand, which is what edits rely on.
@Suite struct YAMLSpanTests {
    private func text(_ span: Range<Int>?, in stream: YAMLStream) -> String? {
        span.map { String(decoding: stream.bytes[$0], as: UTF8.self) }
    }

    @Test func `scalars span their text, quotes included`() throws {
        let stream = try YAMLStream(Array("a: one two  # c\nb: \"x\\\"\"\nc: 'it''s'\nd:\n".utf8))
        let entries = stream.documents[0].root.entries
        #expect(entries.map { text($0.value.span, in: stream) } == ["one two", "\"x\\\"\"", "'it''s'", ""])
        #expect(entries.map(\.value.scalarText) == ["one two", "x\"", "it's", ""])
        #expect(entries.map(\.value.isEmpty) == [false, false, false, true])
        #expect(entries.map { $0.value.indicatorOffset.map { stream.bytes[$0] } }.allSatisfy { $0 == 0x3A })
        #expect(stream.comments.map { text($0, in: stream) } == ["# c"])
    }

    @Test func `block collections span their entries and know their column`() throws {
        let source = "spec:\n  ports:\n  - name: http\n    port: 80  # web\n  - name: grpc\n\n# end\n"
        let stream = try YAMLStream(Array(source.utf8))
        let root = stream.documents[0].root
        let ports = try #require(root.entries.first?.value.entries.first?.value)
        #expect(
            text(root.span, in: stream)
                == "spec:\n  ports:\n  - name: http\n    port: 80  # web\n  - name: grpc")
        #expect(text(ports.span, in: stream) == "- name: http\n    port: 80  # web\n  - name: grpc")
        #expect(ports.entryColumn == 2)
        #expect(ports.items.map(\.entryColumn) == [4, 4])
        #expect(ports.items.map { $0.indicatorOffset.map { stream.bytes[$0] } } == [0x2D, 0x2D])
        #expect(text(ports.items[0].span, in: stream) == "name: http\n    port: 80")
    }

    @Test func `flow collections span their brackets`() throws {
        let stream = try YAMLStream(Array("a: [ 1, {b: c} ] # x\n? [k]\n: [d: e]\n".utf8))
        let entries = stream.documents[0].root.entries
        #expect(text(entries[0].value.span, in: stream) == "[ 1, {b: c} ]")
        #expect(text(entries[0].value.items[1].span, in: stream) == "{b: c}")
        #expect(text(entries[1].key.span, in: stream) == "[k]")
        let pair = entries[1].value.items[0]
        #expect(pair.isPair && text(pair.span, in: stream) == "d: e")
    }

    @Test(arguments: [
        ("a: |\n  x\n\n  y\n\n\nb: 1\n", "|\n  x\n\n  y", "x\n\ny\n"),
        ("a: |+\n  x\n\n\nb: 1\n", "|+\n  x\n\n", "x\n\n\n"),
        ("a: >-  # c\n  x\n  y\n", ">-  # c\n  x\n  y", "x y"),
        ("a: |\nb: 1\n", "|", ""),
        ("a: |2\n   x\n", "|2\n   x", " x\n"),
    ])
    func `block scalars span their lines without the last break`(
        source: String, span: String, content: String
    ) throws {
        let stream = try YAMLStream(Array(source.utf8))
        let value = stream.documents[0].root.entries[0].value
        #expect(text(value.span, in: stream) == span)
        #expect(value.scalarText == content)
        #expect(value.textIndent == 2 || content.isEmpty)
    }

    @Test func `anchors and tags have a span of their own`() throws {
        let stream = try YAMLStream(Array("a: &x !!str 12\nb: *x\nc: !t\n  d: e\n".utf8))
        let values = stream.documents[0].root.entries.map(\.value)
        #expect(text(values[0].propertiesSpan, in: stream) == "&x !!str")
        #expect(values[0].anchor == "x" && values[0].tag == "tag:yaml.org,2002:str")
        #expect(values[1].kind == .alias && values[1].anchor == "x" && values[1].target.scalarText == "12")
        #expect(values[2].tag == "!t" && text(values[2].span, in: stream) == "d: e")
    }

    @Test func `documents span their markers and directives`() throws {
        let source = "# head\n%YAML 1.2\n---\na: 1\n...\n---\nb\n--- # empty\n"
        let stream = try YAMLStream(Array(source.utf8))
        let spans = stream.documents.map { text($0.span, in: stream) }
        #expect(spans == ["%YAML 1.2\n---\na: 1\n...", "---\nb", "---"])
        #expect(stream.documents.map(\.root.isEmpty) == [false, false, true])
        #expect(stream.documents[0].startMarker == 17 && stream.documents[0].endMarker == 26)
    }
}
