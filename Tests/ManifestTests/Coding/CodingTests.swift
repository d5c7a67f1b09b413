import Manifest
import TestSupport
import Testing

@Suite struct CodingTests {
    struct Step: Codable, Equatable {
        var setWeight: Int32?
        var pause: Pause?
        struct Pause: Codable, Equatable { var duration: String? }
    }
    struct Spec: Codable, Equatable {
        var replicas: Int32
        var ratio: Double?
        var paused: Bool?
        var steps: [Step]
        var labels: [String: String]?
        var template: Value?
        var big: UInt64?
    }

    @Test func `a struct is read from a tree and written back`() throws {
        let value: Value = [
            "replicas": 3, "ratio": 0.25, "paused": false,
            "steps": [["setWeight": 5], ["pause": ["duration": "1h"]], [:]],
            "labels": ["a": "b"], "template": ["z": 1, "a": [1.5, .null]],
        ]
        let spec = try ValueDecoder().decode(Spec.self, from: value)
        #expect(spec.steps.count == 3)
        #expect(spec.template?["a"]?[0] == 1.5)
        #expect(try ValueEncoder().encode(spec) == value)
    }

    @Test func `numbers keep their spelling inside a struct's own trees`() throws {
        let spec = try ValueDecoder().decode(
            Spec.self,
            from: JSON.parse(#"{"replicas":1.0,"steps":[],"template":1.50,"big":18446744073709551615}"#))
        #expect(spec.big == UInt64.max)
        #expect(
            JSON.string(try ValueEncoder().encode(spec))
                == #"{"replicas":1,"steps":[],"template":1.50,"big":18446744073709551615}"#)
    }

    struct Fault: CustomTestStringConvertible {
        let json: String
        let message: String
        var testDescription: String { json }
    }

    @Test(arguments: [
        Fault(json: #"{"steps":[]}"#, message: "replicas: required, but missing"),
        Fault(
            json: #"{"replicas":"3","steps":[]}"#, message: "replicas: expected an integer, found a string"),
        Fault(
            json: #"{"replicas":1,"steps":[{},{"setWeight":true}]}"#,
            message: "steps[1].setWeight: expected an integer, found a boolean"),
        Fault(
            json: #"{"replicas":3000000000,"steps":[]}"#,
            message: "replicas: 3000000000 is out of range; use a number from -2147483648 to 2147483647"),
        Fault(json: #"{"replicas":1,"steps":{}}"#, message: "steps: expected a list, found an object"),
        Fault(json: "[]", message: "expected an object, found a list"),
    ])
    func `a mismatch names the field`(fault: Fault) throws {
        let value = try JSON.parse(fault.json)
        let error = try #require(throws: ManifestError.self) {
            try ValueDecoder().decode(Spec.self, from: value)
        }
        #expect(error.message == fault.message)
    }

    @Test func `an infinite number is refused`() throws {
        let error = try #require(throws: ManifestError.self) {
            try ValueEncoder().encode(["a": Double.infinity])
        }
        #expect(error.message == "a: inf has no JSON form; use a finite number")
    }

    @Test func `any tree goes through the bridge unchanged`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let value = Value.random(using: &random)
            #expect(try ValueEncoder().encode(value) == value, "seed \(seed)")
            #expect(try ValueDecoder().decode(Value.self, from: value) == value, "seed \(seed)")
            #expect(try ValueEncoder().encode(["x": [value]]) == ["x": [value]], "seed \(seed)")
        }
    }
}
