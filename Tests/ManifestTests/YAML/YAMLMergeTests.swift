import Manifest
import Testing

/// Aliases, merge keys and duplicate keys in values.
@Suite struct YAMLMergeTests {
    @Test func `an alias stands for what its anchor names`() throws {
        let value = try YAML.parse("a: &x {k: &n 1}\nb: *x\nc: [*n, *x]\n*n : d\n")[0]
        #expect(value == ["a": ["k": 1], "b": ["k": 1], "c": [1, ["k": 1]], "1": "d"])
    }

    @Test func `a later anchor of one name wins for later aliases`() throws {
        #expect(try YAML.parse("- &x 1\n- *x\n- &x 2\n- *x\n")[0] == [1, 1, 2, 2])
    }

    @Test func `anchors do not reach into the next document`() {
        let error = #expect(throws: ManifestError.self) { try YAML.parse("a: &x 1\n---\nb: *x\n") }
        #expect(error?.code == .unknownAlias)
    }

    @Test func `own keys win over merged ones, wherever they stand`() throws {
        let text = "base: &b {x: 1, z: 2}\nbefore: {x: 5, <<: *b}\nafter: {<<: *b, x: 5}\n"
        let value = try YAML.parse(text)[0]
        #expect(value["before"] == ["x": 5, "z": 2])
        #expect(value["after"] == ["x": 5, "z": 2])
    }

    @Test func `of merged mappings the first wins, and merges nest`() throws {
        let text = """
            a: &a {k: 1, l: 1}
            b: &b {<<: *a, l: 2, m: 2}
            c: {<<: [*b, {m: 3, o: 3}]}
            """
        let value = try YAML.parse(text)[0]
        #expect(value["c"] == ["k": 1, "l": 2, "m": 2, "o": 3])
        #expect(JSON.string(value["c"] ?? .null) == #"{"k":1,"l":2,"m":2,"o":3}"#)
    }

    @Test func `a quoted or tagged merge key is an ordinary key`() throws {
        #expect(try YAML.parse("\"<<\": 1\n")[0] == ["<<": 1])
        #expect(try YAML.parse("!!str <<: 1\n")[0] == ["<<": 1])
        #expect(try YAML.parse("!!merge <<: {a: 1}\n")[0] == ["a": 1])
    }

    @Test func `the tree keeps merge keys and aliases`() throws {
        let root = try YAMLStream(Array("a: &x {b: 1}\nc:\n  <<: *x\n".utf8)).documents[0].root
        let merge = root.entries[1].value.entries[0]
        #expect(merge.key.scalarText == "<<" && merge.value.kind == .alias)
        #expect(try root.entries[1].value.value() == ["b": 1])
    }

    @Test func `duplicate keys may be allowed, the last one wins`() throws {
        let options = YAML.ReadOptions(duplicateKeys: .lastWins)
        #expect(try YAML.parse("a: 1\nb: 2\na: 3\n", options: options)[0] == ["a": 3, "b": 2])
        let many = (0..<100).map { "k\($0 % 50): \($0)\n" }.joined()
        #expect(try YAML.parse(many, options: options)[0]["k49"] == 99)
    }
}
