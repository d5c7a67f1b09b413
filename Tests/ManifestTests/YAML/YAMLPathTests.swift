import Manifest
import Testing

@Suite struct YAMLPathTests {
    @Test(
        arguments: [
            (".", []), ("", []), ("spec.replicas", [.key("spec"), .key("replicas")]),
            (".spec.containers[0].image", [.key("spec"), .key("containers"), .index(0), .key("image")]),
            (".a.[0]", [.key("a"), .index(0)]), (".[1]", [.index(1)]), ("[-1][+]", [.index(-1), .append]),
            (".metadata.annotations[\"a.b/c\"]", [.key("metadata"), .key("annotations"), .key("a.b/c")]),
            (".a.\"b.c\".'d e'", [.key("a"), .key("b.c"), .key("d e")]),
            ("a\\.b.c", [.key("a.b"), .key("c")]), ("[\"say \\\"hi\\\"\"]", [.key("say \"hi\"")]),
            ("c[name=web].image", [.key("c"), .item(key: "name", value: "web"), .key("image")]),
            ("[name='a]b']", [.item(key: "name", value: "a]b")]),
            ("[\"a=b\"=c=d]", [.item(key: "a=b", value: "c=d")]),
            ("/spec/a~1b/0/-", [.key("spec"), .key("a/b"), .key("0"), .key("-")]),
            ("имя[0]", [.key("имя"), .index(0)]),
        ] as [(String, [YAMLPath.Step])])
    func `a path is read into its steps`(text: String, steps: [YAMLPath.Step]) throws {
        #expect(try YAMLPath(text).steps == steps)
    }

    @Test(arguments: [
        (".a[\"b.c\"]", "a.\"b.c\""), (".a[0][-1][+]", "a[0][-1][+]"), (".c[name=web]", "c[name=web]"),
        ("[\"\"][\"a b\"]", "[\"\"].\"a b\""), (".", ""), ("[name=\"a]b\"]", "[name='a]b']"),
    ])
    func `a path is printed in one form that reads back`(printed: String, text: String) throws {
        let path = try YAMLPath(text)
        #expect(path.description == printed)
        #expect(try YAMLPath(printed) == path)
    }

    @Test(arguments: [
        ("a..b", "path 'a..b', character 3: a key has to stand here; an empty one is written [\"\"]"),
        ("a[", "path 'a[', character 2: brackets hold a number, +, a quoted key or key=value"),
        ("a[0", "path 'a[0', character 4: a closing bracket has to stand here"),
        ("a[x]", "path 'a[x]', character 2: brackets hold a number, +, a quoted key or key=value"),
        ("a[0]b", "path 'a[0]b', character 5: a dot or a bracket has to follow"),
        ("é.\"b", "path 'é.\"b', character 3: the quote is not closed"),
        ("a\\", "path 'a\\', character 3: nothing follows the backslash"),
    ])
    func `a malformed path is refused at its character`(text: String, message: String) throws {
        let error = try #require(#expect(throws: ManifestError.self) { try YAMLPath(text) })
        #expect(error.code == .invalidPath)
        #expect(error.message == message)
    }

    @Test(arguments: [("y", 1), ("true", 1), ("on", 2), ("\"010\"", 3), ("8", 3)])
    func `a key is found as it is written and as it reads`(path: String, value: Int64) throws {
        let document = try #require(YAMLStream(Array("y: 1\n'on': 2\n010: 3\n".utf8)).documents.first)
        #expect(try document.node(at: YAMLPath(path)).value() == .integer(value))
    }

    @Test func `a node is found through aliases and merge keys`() throws {
        let text = "base: &b {image: x, args: [1, 2]}\nalias: *b\nmerged: {<<: [*b], name: m}\n"
        let document = try #require(YAMLStream(Array(text.utf8)).documents.first)
        for path in ["base.args[-1]", "alias.args[1]", "merged.args.1", "/merged/args/1"] {
            #expect(try document.node(at: YAMLPath(path)).value() == 2)
        }
        #expect(try document.node(at: YAMLPath("alias")).value() == ["image": "x", "args": [1, 2]])
    }
}
