import KubeModel
import Manifest
import Testing

/// The rules of RFC 6902, and where Kubernetes differs from them.
struct JSONPatchTests {
    struct Case: CustomTestStringConvertible {
        let document: Value
        let patch: Value
        let result: Value
        init(_ document: Value, _ patch: Value, _ result: Value) {
            self.document = document
            self.patch = patch
            self.result = result
        }
        var testDescription: String { JSON.string(patch) }
    }

    private static func operation(_ name: String, _ path: String, _ value: Value) -> Value {
        ["op": .string(name), "path": .string(path), "value": value]
    }

    private static func move(_ name: String, _ from: String, _ path: String) -> Value {
        ["op": .string(name), "from": .string(from), "path": .string(path)]
    }

    @Test(arguments: [
        Case(["a": 1], [], ["a": 1]),
        Case(["a": 1], [operation("add", "/b", 2)], ["a": 1, "b": 2]),
        Case(["a": 1], [operation("add", "/a", [1])], ["a": [1]]),
        Case(["a": [1, 3]], [operation("add", "/a/1", 2)], ["a": [1, 2, 3]]),
        Case(["a": [1, 3]], [operation("add", "/a/2", 2)], ["a": [1, 3, 2]]),
        Case(["a": [1]], [operation("add", "/a/-", [2])], ["a": [1, [2]]]),
        Case(["a": [1, 3]], [operation("add", "/a/-1", 2)], ["a": [1, 3, 2]]),
        Case(["a": []], [operation("add", "/a/0", .null)], ["a": [.null]]),
        Case([1, 2], [operation("add", "/0", 0)], [0, 1, 2]),
        Case(["": 1], [operation("replace", "/", 2)], ["": 2]),
        Case(["a": ["": 1]], [operation("replace", "/a/", 2)], ["a": ["": 2]]),
        Case(
            ["a/b": 1, "m~n": 2], [operation("replace", "/a~1b", 3), operation("replace", "/m~0n", 4)],
            ["a/b": 3, "m~n": 4]),
        Case(["~1": 1], [operation("test", "/~01", 1)], ["~1": 1]),
        Case(["a": 1, "b": 2], [["op": "remove", "path": "/a"]], ["b": 2]),
        Case(["a": [1, 2, 3]], [["op": "remove", "path": "/a/1"]], ["a": [1, 3]]),
        Case(["a": [1, 2, 3]], [["op": "remove", "path": "/a/-1"]], ["a": [1, 2]]),
        Case(["a": ["b": ["c": 1]]], [operation("replace", "/a/b/c", "x")], ["a": ["b": ["c": "x"]]]),
        Case(["a": [1, 2]], [operation("replace", "/a/0", .null)], ["a": [.null, 2]]),
        Case(["a": 1], [operation("replace", "", ["b": 2])], ["b": 2]),
        Case(["a": 1], [operation("replace", "/missing", 2)], ["a": 1, "missing": 2]),
        Case(["a": 1], [["op": "add", "path": "/b"]], ["a": 1, "b": .null]),
        Case(["a": ["b": 1], "c": [:]], [move("move", "/a/b", "/c/d")], ["a": [:], "c": ["d": 1]]),
        Case(["a": [1, 2, 3]], [move("move", "/a/0", "/a/2")], ["a": [2, 3, 1]]),
        Case(["a": ["b": [1]]], [move("copy", "/a/b", "/a/c")], ["a": ["b": [1], "c": [1]]]),
        Case(["a": 1], [move("copy", "/missing", "/b")], ["a": 1, "b": .null]),
        Case(
            ["a": ["x": 1, "y": [2]]], [operation("test", "/a", ["y": [2], "x": 1])],
            ["a": ["x": 1, "y": [2]]]),
        Case(["a": .null], [operation("test", "/a", .null)], ["a": .null]),
        Case(["a": 1], [operation("test", "/b", .null)], ["a": 1]),
        Case(["a": 1], [operation("test", "", ["a": 1])], ["a": 1]),
        Case(["a": [["b": 1]]], [operation("add", "/a/0/c", 2)], ["a": [["b": 1, "c": 2]]]),
    ])
    func `a patch is applied in order`(_ example: Case) throws {
        #expect(try JSONPatch(example.patch).apply(to: example.document) == example.result)
    }

    @Test(arguments: [
        Case(["a": 1], [operation("test", "/a", 2)], "testing value /a failed: test failed"),
        Case(["a": 1], [operation("test", "/a", 1.0)], "testing value /a failed: test failed"),
        Case(["a": 1], [operation("test", "/b", 1)], "testing value /b failed: test failed"),
        Case(["a": 1], [["op": "test", "path": "/a"]], "testing value /a failed: test failed"),
        Case(
            ["a": 1], [["op": "remove", "path": "/b"]],
            "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value"),
        Case(
            ["a": [1]], [["op": "remove", "path": "/a/1"]],
            "error in remove for path: '/a/1': Unable to access invalid index: 1: invalid index referenced"),
        Case(
            ["a": 1], [operation("add", "/b/c", 1)],
            #"add operation does not apply: doc is missing path: "/b/c": missing value"#),
        Case(
            ["a": .null], [operation("add", "/a/c", 1)],
            #"add operation does not apply: doc is missing path: "/a/c": missing value"#),
        Case(
            ["a": "text"], [operation("add", "/a/c", 1)],
            #"add operation does not apply: doc is missing path: "/a/c": missing value"#),
        Case(
            ["a": 1], [operation("add", "", 1)],
            #"add operation does not apply: doc is missing path: "": missing value"#),
        Case(
            ["a": [1]], [operation("add", "/a/2", 1)],
            "error in add for path: '/a/2': Unable to access invalid index: 2: invalid index referenced"),
        Case(
            ["a": [1]], [operation("add", "/a/x", 1)],
            #"error in add for path: '/a/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax"#
        ),
        Case(
            ["a": [1], "b": 2], [move("copy", "/b", "/a/9")],
            "error while adding value during copy: Unable to access invalid index: 9: invalid index referenced"
        ),
        Case(
            ["a": [1], "b": 2], [move("move", "/b", "/a/9")],
            "error in move for path: '/a/9': Unable to access invalid index: 9: invalid index referenced"),
        Case(["a": 1], [["op": "jump", "path": "/a"]], "Unexpected kind: jump"),
        Case(["a": 1], [["path": "/a"]], "Unexpected kind: unknown"),
        Case(["a": 1], [["op": "add", "value": 1]], "add operation failed to decode path: missing value"),
        Case(
            ["a": 1], [["op": "move", "path": "/b"]], "move operation failed to decode from: missing value"),
        Case(
            ["a": 1], [move("move", "/x/y", "/b")],
            "move operation does not apply: doc is missing from path: /x/y: missing value"),
        Case(
            ["a": 1], [move("copy", "/a", "/x/y")],
            "copy operation does not apply: doc is missing destination path: /x/y: missing value"),
        Case(["a": 1], [operation("replace", "", 1)], "replace operation value must be object or array"),
    ])
    func `a patch that does not fit says where`(_ example: Case) throws {
        let patch = try JSONPatch(example.patch)
        #expect(throws: KubeModelError(.inapplicablePatch, example.result.stringValue ?? "")) {
            try patch.apply(to: example.document)
        }
    }

    @Test(
        arguments: [
            (["op": "add"], "object", "Go value of type []handlers.jsonPatchOp"),
            ([1], "number", "Go value of type handlers.jsonPatchOp"),
            ([["op": 5]], "number", "Go struct field jsonPatchOp.op of type string"),
        ] as [(Value, String, String)])
    func `what is no patch document is a bad request`(document: Value, kind: String, target: String) {
        let message = "error decoding patch: json: cannot unmarshal \(kind) into \(target)"
        #expect(throws: KubeModelError(.malformedPatch, message)) { try JSONPatch(document) }
    }

    @Test func `a patch has a bounded number of operations`() {
        let tests = Array(repeating: Self.operation("test", "/a", 1), count: JSONPatch.maximumOperations + 1)
        #expect {
            try JSONPatch(.array(tests))
        } throws: { error in
            (error as? KubeModelError)?.apiError.message
                == "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001"
        }
    }

    @Test func `copies of copies are stopped`() throws {
        let patch = try JSONPatch(.array((0..<40).map { _ in Self.move("copy", "/a", "/a/-") }))
        #expect {
            try patch.apply(to: ["a": ["some text"]])
        } throws: { error in
            (error as? KubeModelError)?.message.hasPrefix("Unable to complete the copy") == true
        }
    }

    @Test func `a patch is written as it was read`() throws {
        let document: Value = [
            ["op": "move", "from": "/a", "path": "/b"], ["op": "add", "path": "/c", "value": .null],
        ]
        #expect(try JSONPatch(document).document == document)
    }
}
