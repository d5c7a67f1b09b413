import Manifest
import TestSupport
import Testing

@Suite struct ValueTests {
    @Test func `a value is three words wide`() {
        #expect(MemoryLayout<Value>.stride == 24)
    }

    @Test func `setting a deep field makes the objects on the way`() {
        var value: Value = [:]
        value["metadata", "labels", "app"] = "web"
        value["metadata", "name"] = "x"
        #expect(value == ["metadata": ["name": "x", "labels": ["app": "web"]]])
        value["metadata", "labels", "app"] = nil
        value["spec", "absent", "field"] = nil
        #expect(value == ["metadata": ["labels": [:], "name": "x"]])
    }

    @Test func `the order of keys does not count for equality and hashing`() {
        let left: Value = ["a": 1, "b": ["c": [1, 2]]]
        let right: Value = ["b": ["c": [1, 2]], "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1, "b": ["c": [2, 1]]])
        #expect(left != ["a": 1])
        #expect(Value.integer(1) != Value.double(Real(1)))
    }

    @Test(arguments: [3, 47, 48, 49, 50, 200])
    func `an object behaves the same below and above its index threshold`(count: Int) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var object = Object()
        var model: [(key: String, value: Value)] = []
        for step in 0..<count * 8 {
            let key = "k\(Int.random(in: 0..<count, using: &random))"
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                object[key] = nil
                model.removeAll { $0.key == key }
            case 1:
                object[key, default: 0] = .integer(Int64(step))
                if let place = model.firstIndex(where: { $0.key == key }) {
                    model[place].value = .integer(Int64(step))
                } else {
                    model.append((key, .integer(Int64(step))))
                }
            default:
                object[key] = .integer(Int64(step))
                if let place = model.firstIndex(where: { $0.key == key }) {
                    model[place].value = .integer(Int64(step))
                } else {
                    model.append((key, .integer(Int64(step))))
                }
            }
        }
        #expect(Array(object.keys) == model.map(\.key), "seed \(seed)")
        #expect(Array(object.values) == model.map(\.value), "seed \(seed)")
        for (place, pair) in model.enumerated() {
            #expect(object.position(of: pair.key) == place, "seed \(seed)")
        }
    }

    @Test func `integral numbers are integers however they are spelled`() throws {
        #expect(try JSON.parse("1e3").integerValue == 1000)
        #expect(try JSON.parse("1.0").integerValue == 1)
        #expect(try JSON.parse("1.5").integerValue == nil)
        #expect(Value.integer(2).doubleValue == 2)
    }
}
