import KubeModel
import Manifest
import TestSupport
import Testing

@Suite struct `Field sets` {
    typealias Path = [PathElement]

    @Test(arguments: [UInt64](1...12)) func `the algebra agrees with that of plain sets`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<15 {
            let (left, right) = (paths(using: &random), paths(using: &random))
            let (one, other) = (FieldSet(left.shuffled(using: &random)), FieldSet(Array(right)))
            let note: Comment = "seed \(seed)"
            #expect(Set(one.paths) == Set(left), note)
            #expect(Set(one.union(other).paths) == Set(left).union(right), note)
            #expect(Set(one.intersection(other).paths) == Set(left).intersection(right), note)
            #expect(Set(one.subtracting(other).paths) == Set(left).subtracting(right), note)
            let below = Set(left).filter { path in !right.contains { path.starts(with: $0) } }
            #expect(Set(one.recursivelySubtracting(other).paths) == below, note)
            let leaves = Set(left).filter { path in !left.contains { $0 != path && $0.starts(with: path) } }
            #expect(Set(one.leaves.paths) == leaves, note)
            #expect(one.count == Set(left).count, note)
            #expect(left.allSatisfy(one.contains) && one.contains([.field("nowhere")]) == false, note)
            #expect(one == other.union(one).subtracting(other.subtracting(one)), note)
        }
    }

    @Test(arguments: [UInt64](1...20)) func `the text form reads back`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let set = FieldSet(Array(paths(using: &random)))
        #expect(try FieldSet(fieldsV1: set.fieldsV1) == set, "seed \(seed)")
    }

    @Test func `the text form is canonical`() {
        let item = PathElement.key([
            .init(name: "containerPort", value: 80), .init(name: "protocol", value: "T<P"),
        ])
        let set = FieldSet([
            [.field("z")], [.field("ports"), item], [.field("ports"), item, .field("name")],
            [.field("tags"), .value("b")], [.field("tags"), .value(1)], [.field("list"), .index(2)],
        ])
        let text =
            #"{"f:list":{"i:2":{}},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"T\\u003cP\"}":"#
            + #"{".":{},"f:name":{}}},"f:tags":{"v:1":{},"v:\"b\"":{}},"f:z":{}}"#
        #expect(JSON.string(set.fieldsV1) == text)
    }

    @Test func `keys are read in any order, unknown steps are dropped`() throws {
        let value = try JSON.parse(
            #"{"f:a":{"k:{\"b\":1,\"a\":2}":{}},"x:future":{"f:b":{}},"f:c":{".":{},"f:d":{}}}"#)
        let item = PathElement.key([.init(name: "a", value: 2), .init(name: "b", value: 1)])
        let set = try FieldSet(fieldsV1: value)
        #expect(set == FieldSet([[.field("a"), item], [.field("c")], [.field("c"), .field("d")]]))
    }

    @Test(arguments: ["f", "fa", "i:x", "k:1", "k:{", "v:"])
    func `malformed steps are refused`(step: String) {
        #expect(throws: KubeModelError.self) { try FieldSet(fieldsV1: [step: [:]]) }
    }

    @Test func `paths are spelled as messages spell them`() {
        let path: Path = [
            .field("spec"), .field("rules"),
            .key([.init(name: "name", value: "b"), .init(name: "port", value: 80)]), .field("tags"),
            .value("x\"y"), .index(3),
        ]
        #expect(path.pathDescription == #".spec.rules[name="b",port=80].tags[="x\"y"][3]"#)
    }

    private func paths(using random: inout SeededGenerator) -> Set<Path> {
        let steps: [PathElement] = [
            .field("a"), .field("b"), .field("é"), .key([.init(name: "n", value: 1)]),
            .key([.init(name: "n", value: "1")]), .value("v"), .value(2), .value(true), .index(0), .index(10),
        ]
        let paths = (0..<Int.random(in: 1..<12, using: &random)).map { _ in
            (0..<Int.random(in: 1..<5, using: &random)).compactMap { _ in steps.randomElement(using: &random)
            }
        }
        return Set(paths)
    }
}
