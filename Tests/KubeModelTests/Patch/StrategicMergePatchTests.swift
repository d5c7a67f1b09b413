import KubeModel
import Manifest
import Testing

/// The directives of strategic merge patches; results and messages are those of `kubectl patch`.
struct StrategicMergePatchTests {
    /// A type with one field of every manner of merging.
    struct Toy: PatchSchema {
        var patchTypeName: String { "Toy" }

        func patchField(_ name: String) -> PatchField? {
            switch name {
            case "items": PatchField(schema: self, mergesLists: true, mergeKey: "name")
            case "words": PatchField(schema: self, mergesLists: true)
            case "unnamed": PatchField(schema: self, mergesLists: true)
            case "whole": PatchField(schema: self, replaces: true)
            case "kept": PatchField(schema: self, retainsKeys: true)
            case "nested", "list", "a", "b": PatchField(schema: self)
            default: nil
            }
        }
    }

    struct Case: CustomTestStringConvertible {
        let document: Value
        let patch: Value
        let result: Value
        init(_ document: Value, _ patch: Value, _ result: Value) {
            self.document = document
            self.patch = patch
            self.result = result
        }
        var testDescription: String { "\(JSON.string(document)) with \(JSON.string(patch))" }
    }

    private static func items(_ names: String...) -> Value {
        .array(names.map { ["name": .string($0)] })
    }

    @Test(arguments: [
        Case(["a": 1], ["a": 2, "b": .null], ["a": 2]), Case(["a": 1, "b": 2], ["a": .null], ["b": 2]),
        Case(["nested": ["a": 1]], ["nested": ["b": 2]], ["nested": ["a": 1, "b": 2]]),
        Case(["nested": ["a": 1]], ["nested": ["$patch": "replace", "b": 2]], ["nested": ["b": 2]]),
        Case(["nested": ["a": 1]], ["nested": ["$patch": "delete"]], ["nested": [:]]),
        Case(["a": 1], ["nested": ["$patch": "delete"]], ["a": 1]),
        Case(["a": 1], ["nested": ["a": .null, "b": [.null]]], ["a": 1, "nested": ["b": [.null]]]),
        Case(["whole": ["a": 1]], ["whole": ["b": 2]], ["whole": ["b": 2]]),
        Case(["list": [1, 2]], ["list": [3]], ["list": [3]]), Case(["a": [1]], ["a": "text"], ["a": "text"]),
        Case(["kept": ["a": 1, "b": 2]], ["kept": ["$retainKeys": ["a"], "a": 3]], ["kept": ["a": 3]]),
        Case(["kept": ["a": 1]], ["kept": ["$retainKeys": ["b"], "a": .null, "b": 2]], ["kept": ["b": 2]]),
        Case(["words": ["a", "c"]], ["words": ["b", "a"]], ["words": ["b", "a", "c"]]),
        Case(["words": ["a", "b"]], ["$deleteFromPrimitiveList/words": ["a"]], ["words": ["b"]]),
        Case(["a": 1], ["$deleteFromPrimitiveList/words": ["a"]], ["a": 1]),
        Case(["words": ["a", "b"]], ["$setElementOrder/words": ["b", "a"]], ["words": ["b", "a"]]),
        Case(
            ["words": ["a", "x", "b"]], ["$setElementOrder/words": ["b", "c", "a"], "words": ["c"]],
            ["words": ["x", "b", "c", "a"]]),
        Case(["items": items("a", "b")], ["items": items("c", "a")], ["items": items("c", "a", "b")]),
        Case(
            ["items": [["name": "a", "a": 1], ["name": "b"]]], ["items": [["name": "a", "b": 2]]],
            ["items": [["name": "a", "a": 1, "b": 2], ["name": "b"]]]),
        Case(
            ["items": items("a", "b")], ["items": [["name": "a", "$patch": "delete"]]], ["items": items("b")]),
        Case(
            ["items": items("a", "b")], ["items": [["$patch": "replace"], ["name": "c"]]],
            ["items": items("c")]),
        Case(
            ["items": items("a", "s", "b")],
            ["$setElementOrder/items": items("b", "n", "a"), "items": items("n")],
            ["items": items("s", "b", "n", "a")]),
        // An item that takes the place of a deleted one counts as one the object had.
        Case(
            ["items": items("k0", "k1", "k2")],
            [
                "items": [["name": "k3"], ["name": "k2"], ["name": "k0", "$patch": "delete"]],
                "$setElementOrder/items": items("k3", "k2"),
            ],
            ["items": items("k1", "k3", "k2")]),
        Case(
            ["words": ["a", "b"]], ["$setElementOrder/words": [], "words": ["c"]], ["words": ["a", "b", "c"]]),
        Case(["$patch": 1], ["$patch": "replace", "a": 1], ["a": 1]),
    ])
    func `a patch does what its directives say`(_ example: Case) throws {
        let result = try StrategicMergePatch.apply(example.patch, to: example.document, schema: Toy())
        #expect(result == example.result)
    }

    @Test func `keys keep their place`() throws {
        let result = try StrategicMergePatch.apply(
            ["new": 1, "b": 5], to: ["b": 1, "a": 2], schema: OpenPatchSchema())
        #expect(result.objectValue?.map(\.key) == ["b", "a", "new"])
    }

    struct Refusal: CustomTestStringConvertible {
        let patch: Value
        let code: Int
        let message: String
        init(_ patch: Value, _ code: Int, _ message: String) {
            self.patch = patch
            self.code = code
            self.message = message
        }
        var testDescription: String { message }
    }

    @Test(arguments: [
        Refusal(
            [1], 400,
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"
        ),
        Refusal(["nested": ["$patch": "fix"]], 500, "unknown patch type: fix in map: map[$patch:fix]"),
        Refusal(
            ["items": [["name": "a", "$patch": "fix"]]], 500,
            "unknown patch type: fix in map: map[$patch:fix name:a]"),
        Refusal(
            ["items": [["name": "a", "$patch": "merge"]]], 500,
            "merging lists cannot yet be specified in the patch"),
        Refusal(["items": [["a": 1]]], 500, "map: map[a:1] does not contain declared merge key: name"),
        Refusal(
            ["items": [["$patch": "delete"]]], 500,
            "map: map[$patch:delete] does not contain declared merge key: name"),
        Refusal(["items": ["a"]], 500, "list element types are not identical: [[map[name:a]] [a]]"),
        Refusal(["words": [["a"]]], 422, "the server rejected our request due to an error in our request"),
        Refusal(["unnamed": [["a": 1]]], 500, "cannot merge lists without merge key for struct"),
        Refusal(["kept": ["$retainKeys": ["a"], "b": 1]], 400, "invalid patch format of retainKeys"),
        Refusal(["kept": ["$retainKeys": "a"]], 400, "invalid patch format of retainKeys"),
        Refusal(["$deleteFromPrimitiveListwords": ["a"]], 400, "invalid patch format of primitive list"),
        Refusal(["$setElementOrderwords": ["a"]], 400, "invalid patch format of setElementOrder list"),
        Refusal(["$setElementOrder/words": "a"], 500, "expected a []interface {}, but received a string"),
        Refusal(
            ["$setElementOrder/other": ["a"]], 500,
            #"unable to find api field in struct Toy for the json field "other""#),
        Refusal(
            ["strange": ["a": 1]], 500,
            #"unable to find api field in struct Toy for the json field "strange""#),
        Refusal(
            ["$setElementOrder/words": ["a"], "words": ["b"]], 500,
            "The order in patch list:\n[b]\n doesn't match $setElementOrder list:\n[a]\n"),
        Refusal(["$setElementOrder/empty": ["a"]], 500, "no elements in any of the given slices"),
    ])
    func `a faulty patch is refused in upstream's words`(_ example: Refusal) throws {
        let document: Value = [
            "nested": ["a": 1], "items": [["name": "a"]], "words": ["a"], "unnamed": [["a": 1]],
            "kept": ["a": 1], "strange": ["a": 1],
        ]
        #expect {
            if example.patch["$setElementOrder/empty"] == nil {
                try StrategicMergePatch.apply(example.patch, to: document, schema: Toy())
            } else {
                try StrategicMergePatch.apply(
                    ["$setElementOrder/words": ["a"]], to: ["words": []], schema: Toy())
            }
        } throws: { error in
            let answer = (error as? KubeModelError)?.apiError
            return answer?.code == example.code && answer?.message == example.message
        }
    }

    @Test(arguments: [
        Case(["a": 1], ["a": 1], [:]), Case(["a": 1, "b": 2], ["a": 3], ["a": 3, "b": .null]),
        Case(["nested": ["a": 1]], ["nested": ["a": 1]], [:]),
        Case(["whole": ["a": 1]], ["whole": ["a": 2]], ["whole": ["a": 2]]),
        Case(
            ["kept": ["a": 1, "b": 2]], ["kept": ["a": 1]],
            ["kept": ["b": .null, "$retainKeys": ["a"]]]),
        Case(
            ["words": ["a", "b"]], ["words": ["c", "b"]],
            [
                "words": ["c"], "$deleteFromPrimitiveList/words": ["a"],
                "$setElementOrder/words": ["c", "b"],
            ]),
        Case(
            ["items": [["name": "a", "a": 1], ["name": "b"]]],
            ["items": [["name": "c"], ["name": "a", "a": 2]]],
            [
                "items": [["name": "c"], ["name": "a", "a": 2], ["name": "b", "$patch": "delete"]],
                "$setElementOrder/items": items("c", "a"),
            ]),
        Case(
            ["items": items("a", "b")], ["items": items("b", "a")],
            ["$setElementOrder/items": items("b", "a")]),
        Case(["items": []], ["items": items("a")], ["items": items("a")]),
        Case(["items": items("a")], [:], ["items": .null]),
        Case(["list": [1]], ["list": [1, 2]], ["list": [1, 2]]),
        Case(["strange": [1]], ["strange": [1]], [:]),
    ])
    func `a difference says what changes, goes and moves`(_ example: Case) throws {
        let patch = try StrategicMergePatch.create(from: example.document, to: example.patch, schema: Toy())
        #expect(patch == example.result)
    }

    @Test func `two patches can be made one`() throws {
        let combined = try StrategicMergePatch.combine(
            [
                ["a": 1, "b": .null, "items": [["name": "x", "a": 1]]],
                ["a": .null, "items": [["name": "x", "b": 2]], "$deleteFromPrimitiveList/words": ["w"]],
            ], schema: Toy())
        #expect(
            combined == [
                "a": .null, "b": .null, "items": [["name": "x", "a": 1, "b": 2]],
                "$deleteFromPrimitiveList/words": ["w"],
            ])
    }
}
