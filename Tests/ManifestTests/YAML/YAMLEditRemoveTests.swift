import Manifest
import Testing

@Suite struct YAMLEditRemoveTests {
    @Test(arguments: [
        ("a: 1\nb: 2 # c\nd: 3\n", "b", "a: 1\nd: 3\n"),
        ("a: 1\n# b1\n# b2\nb:\n  - 1\n  # in b\n  - 2 # c\n# d\nd: 3\n", "b", "a: 1\n# d\nd: 3\n"),
        ("a: 1\n# apart\n\n# b\nb: 2\n", "b", "a: 1\n# apart\n\n"),
        ("a: 1\n  # deeper\nb: 2\n", "b", "a: 1\n  # deeper\n"),
        ("a: 1\nb: 2", "b", "a: 1"), ("a: 1\nb: 2", "a", "b: 2"),
        ("a: 1\r\nb: 2\r\n", "a", "b: 2\r\n"), ("a: 1\r\nb: 2", "b", "a: 1"),
        ("a: 1\nb: |\n  x\n\n  y\nc: 2\n", "b", "a: 1\nc: 2\n"),
        ("- a: 1 # c\n  b: 2\n- d\n", "[0].a", "- b: 2\n- d\n"),
        ("- a: 1\n  # about b\n  b: 2\n", "[0].a", "- # about b\n  b: 2\n"),
        ("- a: 1\n  b: 2\n- d\n", "[0].b", "- a: 1\n- d\n"), ("? a\n: 1\nb: 2\n", "a", "b: 2\n"),
        ("a: &x 1\nb: 2\n", "a", "b: 2\n"),
    ])
    func `an entry goes with its lines and comments`(text: String, path: String, expected: String) throws {
        #expect(try remove(path, from: text) == expected)
    }

    @Test(arguments: [
        ("a:\n- 1\n# two\n- 2\n- 3\nb: 1\n", "a[1]", "a:\n- 1\n- 3\nb: 1\n"),
        ("- name: a\n  x: 1\n- name: b\n", "[name=a]", "- name: b\n"),
        ("- - 1\n  - 2\n", "[0][0]", "- - 2\n"), ("- - 1\n  - 2", "[0][1]", "- - 1"),
        ("-\n- 2\n", "[0]", "- 2\n"),
    ])
    func `an item goes with its lines and comments`(text: String, path: String, expected: String) throws {
        #expect(try remove(path, from: text) == expected)
    }

    @Test(arguments: [
        ("a:\n  b: 1 # c\nd: 2\n", "a.b", "a: {}\nd: 2\n"), ("a:\n- 1\nd: 2\n", "a[0]", "a: []\nd: 2\n"),
        ("a: # k\n  # b\n  b: 1\nd: 2\n", "a.b", "a: {} # k\nd: 2\n"),
        ("a:\n  # apart\n\n  b: 1\nd: 2\n", "a.b", "a: {}\n  # apart\n\nd: 2\n"),
        ("a: &x\n  b: 1\nd: *x\n", "a.b", "a: &x {}\nd: *x\n"), ("a:\n  b: 1", "a.b", "a: {}"),
        ("- a: 1\n- b\n", "[0].a", "- {}\n- b\n"), ("# c\na: 1\n", "a", "{}\n"), ("- 1", "[0]", "[]"),
        ("a: {b: 1}\n", "a.b", "a: {}\n"), ("a: [ 1 ]\n", "a[0]", "a: []\n"),
        ("a: [ # c\n  1,\n]\n", "a[0]", "a: [ # c\n]\n"),
    ])
    func `the last one leaves an empty collection`(text: String, path: String, expected: String) throws {
        #expect(try remove(path, from: text) == expected)
    }

    @Test(arguments: [
        ("a: {b: 1, c: 2}\n", "a.b", "a: {c: 2}\n"), ("a: {b: 1, c: 2}\n", "a.c", "a: {b: 1}\n"),
        ("a: [x, y, z] # c\n", "a[1]", "a: [x, z] # c\n"), ("a: [x, y,]\n", "a[1]", "a: [x,]\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "a", "{\n  \"b\": 2\n}\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "b", "{\n  \"a\": 1\n}\n"),
        ("[\n  a, # ca\n  # cb\n  b  # cb\n]\n", "[1]", "[\n  a # ca\n]\n"),
        ("[\n  a, # ca\n  b  # cb\n]\n", "[0]", "[\n  b  # cb\n]\n"),
    ])
    func `a comma goes with its element`(text: String, path: String, expected: String) throws {
        #expect(try remove(path, from: text) == expected)
    }

    private func remove(_ path: String, from text: String) throws -> String {
        var editor = YAMLEditor(try YAMLStream(Array(text.utf8)))
        try editor.remove(YAMLPath(path))
        return String(decoding: try editor.result().bytes, as: UTF8.self)
    }
}
