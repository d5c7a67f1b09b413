import KubeModel
import Manifest
import Testing

struct MergePatchTests {
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

    /// The first rows are the table of RFC 7386, appendix A, as far as the patch is an object.
    @Test(arguments: [
        Case(["a": "b"], ["a": "c"], ["a": "c"]), Case(["a": "b"], ["b": "c"], ["a": "b", "b": "c"]),
        Case(["a": "b"], ["a": .null], [:]), Case(["a": "b", "b": "c"], ["a": .null], ["b": "c"]),
        Case(["a": ["b"]], ["a": "c"], ["a": "c"]), Case(["a": "c"], ["a": ["b"]], ["a": ["b"]]),
        Case(["a": ["b": "c"]], ["a": ["b": "d", "c": .null]], ["a": ["b": "d"]]),
        Case(["a": [["b": "c"]]], ["a": [1]], ["a": [1]]), Case([1, 2], ["a": "b", "c": .null], ["a": "b"]),
        Case(["e": .null], ["a": 1], ["e": .null, "a": 1]),
        Case([:], ["a": ["bb": ["ccc": .null]]], ["a": ["bb": [:]]]),
        Case([:], ["a": [["b": .null, "c": 1], .null]], ["a": [["c": 1], .null]]),
        Case(["a": .null], ["a": ["b": .null]], ["a": [:]]),
        Case(["a": 1, "b": 2], ["b": .null, "a": .null, "c": 3], ["c": 3]),
    ])
    func `fields are set and null removes them`(_ example: Case) throws {
        #expect(try MergePatch.apply(example.patch, to: example.document) == example.result)
    }

    @Test(
        arguments: [("array", [1]), ("string", "x"), ("null", .null), ("number", 1), ("bool", true)]
            as [(String, Value)])
    func `a patch must be an object`(kind: String, patch: Value) {
        let message =
            "error decoding patch: json: cannot unmarshal \(kind) into Go value of type map[string]interface {}"
        #expect(throws: KubeModelError(.malformedPatch, message)) { try MergePatch.apply(patch, to: [:]) }
    }

    @Test(arguments: [
        Case(["a": 1], ["a": 1], [:]), Case(["a": 1], ["a": 2], ["a": 2]), Case(["a": 1], [:], ["a": .null]),
        Case(["a": ["b": 1, "c": 2]], ["a": ["b": 1, "c": 3]], ["a": ["c": 3]]),
        Case(["a": [1]], ["a": [1, 2]], ["a": [1, 2]]),
        Case(["a": ["b": 1]], ["a": [:]], ["a": ["b": .null]]),
        Case(["a": ["b": 1]], ["a": 2], ["a": 2]), Case([:], ["a": [:]], ["a": [:]]),
    ])
    func `a difference is the smallest patch`(_ example: Case) {
        #expect(MergePatch.create(from: example.document, to: example.patch) == example.result)
    }

    @Test func `a difference leads to its target`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var values = RandomValues(seed: seed)
        for _ in 0..<2000 {
            let (original, target) = (values.object(depth: 3), values.object(depth: 3))
            let patch = MergePatch.create(from: original, to: target)
            let result = try MergePatch.apply(patch, to: original)
            #expect(result == target, "seed \(seed): \(JSON.string(original)) to \(JSON.string(target))")
        }
    }

    @Test func `an apply keeps what others added and removes what it set before`() throws {
        let patch = try MergePatch.createThreeWay(
            original: ["spec": ["a": 1, "b": 2], "kind": "X"],
            modified: ["spec": ["a": 5, "d": [:]], "kind": "X"],
            current: ["spec": ["a": 1, "b": 2, "c": 3], "kind": "X", "status": 1])
        #expect(patch == ["spec": ["a": 5, "b": .null, "d": [:]]])
    }

    @Test func `an apply may not change what names the object`() {
        let names: [PatchPrecondition] = [.unchanged("kind"), .unchangedMetadata("name")]
        let object: Value = ["kind": "X", "metadata": ["name": "a"]]
        #expect(
            throws: KubeModelError(.inapplicablePatch, "precondition failed for: map[metadata:map[name:b]]")
        ) {
            try MergePatch.createThreeWay(
                original: object, modified: ["kind": "X", "metadata": ["name": "b"]], current: object,
                preconditions: names)
        }
    }
}
