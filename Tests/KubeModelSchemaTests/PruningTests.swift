import KubeModel
import Manifest
import TestSupport
import Testing

@Suite struct `Pruning and defaulting` {
    let schema = Schema.customResource([
        "type": "object",
        "properties": [
            "spec": [
                "type": "object",
                "properties": [
                    "size": ["type": "integer", "default": 3],
                    "mode": ["type": "string", "nullable": true, "default": "a"],
                    "must": ["type": "string"],
                    "list": [
                        "type": "array",
                        "items": [
                            "type": "object",
                            "properties": ["x": ["type": "integer", "default": 1], "y": ["type": "string"]],
                        ],
                    ],
                    "map": [
                        "type": "object",
                        "additionalProperties": [
                            "type": "object", "properties": ["z": ["type": "string", "default": "q"]],
                        ],
                    ],
                    "nest": [
                        "type": "object", "default": [:],
                        "properties": ["deep": ["type": "integer", "default": 7]],
                    ],
                    "free": [
                        "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                        "properties": ["known": ["type": "object", "properties": ["a": ["type": "string"]]]],
                    ],
                    "any": ["type": "object", "additionalProperties": true],
                    "pod": [
                        "type": "object", "x-kubernetes-embedded-resource": true,
                        "properties": ["spec": ["type": "object"]],
                    ],
                ],
            ]
        ],
    ])

    @Test func `absent fields and nulls that may not be get their defaults`() {
        let value: Value = [
            "spec": [
                "size": .null, "mode": .null, "must": .null, "list": [["y": "k"], .null], "map": ["m": [:]],
                "free": ["unknown": .null],
            ]
        ]
        #expect(
            schema.defaulted(value) == [
                "spec": [
                    "size": 3, "mode": .null, "list": [["y": "k", "x": 1], .null], "map": ["m": ["z": "q"]],
                    "nest": ["deep": 7], "free": ["unknown": .null],
                ]
            ])
    }

    @Test func `unknown fields go, but for those that are to be kept`() {
        let value: Value = [
            "apiVersion": "v1", "kind": "K", "metadata": ["anything": 1], "extra": 1,
            "spec": [
                "size": 1, "nope": ["a": 1], "list": [["x": 1, "w": 2]], "map": ["m": ["z": "1", "v": 1]],
                "free": ["other": ["b": 1], "known": ["a": "1", "c": 1]], "any": ["a": ["b": 1], "c": 1],
                "pod": [
                    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "x"], "spec": ["a": 1],
                    "status": [:],
                ],
            ],
        ]
        let (kept, unknown) = schema.pruned(value)
        #expect(
            kept == [
                "apiVersion": "v1", "kind": "K", "metadata": ["anything": 1],
                "spec": [
                    "size": 1, "list": [["x": 1]], "map": ["m": ["z": "1"]],
                    "free": ["other": ["b": 1], "known": ["a": "1"]], "any": ["a": [:], "c": 1],
                    "pod": ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "x"], "spec": [:]],
                ],
            ])
        #expect(
            unknown == [
                "extra", "spec.any.a.b", "spec.free.known.c", "spec.list[0].w", "spec.map.m.v", "spec.nope",
                "spec.pod.spec.a", "spec.pod.status",
            ])
    }

    @Test(arguments: [UInt64](1...60))
    func `defaulting, pruning and validating again changes nothing`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let document = RandomSchema.object(depth: 3, using: &random)
        let note: Comment = "seed \(seed): \(JSON.string(document))"
        #expect(StructuralRules.faults(of: document, at: FieldPath("s")).isEmpty, note)
        let schema = Schema.customResource(document)
        for _ in 0..<10 {
            let value = RandomSchema.value(for: document, using: &random)
            let once = schema.pruned(schema.defaulted(value)).value
            #expect(schema.defaulted(once) == once, note)
            let again = schema.pruned(once)
            #expect(again.value == once, note)
            #expect(again.unknownFields.isEmpty, note)
            // What is made by the schema is valid by it, and defaults do not change that.
            #expect(schema.validate(once) == [], note)
            #expect(schema.listFaults(in: once) == [], note)
        }
    }

    @Test func `reading never crashes on documents that are no schemas`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let document = RandomSchema.noise(depth: 4, using: &random)
            let schema = Schema.customResource(document)
            let value = RandomSchema.noise(depth: 3, using: &random)
            let once = schema.pruned(schema.defaulted(value)).value
            #expect(schema.pruned(once).value == once)
            _ = schema.validate(value)
            _ = StructuralRules.faults(of: document, at: FieldPath("s"))
        }
    }
}

/// Random structural schemas, and values that they accept.
private enum RandomSchema {
    static func object(depth: Int, using random: inout SeededGenerator) -> Value {
        var properties = Object()
        for name in ["a", "b", "c"].prefix(Int.random(in: 1...3, using: &random)) {
            properties[name] = any(depth: depth - 1, using: &random)
        }
        return ["type": "object", "properties": .object(properties)]
    }

    private static func any(depth: Int, using random: inout SeededGenerator) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return ["type": "integer", "minimum": 0, "maximum": 9, "default": 4]
        case 1: return ["type": "string", "maxLength": 3, "pattern": "^[a-z]*$"]
        case 2: return ["type": "boolean", "nullable": true]
        case 3: return ["x-kubernetes-int-or-string": true]
        case 4: return ["type": "string", "enum": ["x", "y"], "default": "x"]
        case 5:
            return [
                "type": "array", "x-kubernetes-list-type": "set",
                "items": ["type": "string", "maxLength": 4],
            ]
        case 6:
            return ["type": "object", "additionalProperties": object(depth: depth - 1, using: &random)]
        default:
            var result = object(depth: depth - 1, using: &random)
            if Bool.random(using: &random) { result["x-kubernetes-preserve-unknown-fields"] = true }
            if Bool.random(using: &random) { result["default"] = [:] }
            return result
        }
    }

    static func value(for schema: Value, using random: inout SeededGenerator) -> Value {
        if schema["x-kubernetes-int-or-string"] == true { return Bool.random(using: &random) ? 1 : "50%" }
        switch schema["type"] {
        case "integer": return .integer(Int64.random(in: 0...9, using: &random))
        case "boolean": return Bool.random(using: &random) ? .null : true
        case "string": return schema["enum"] == nil ? "abc" : "y"
        case "array": return .array(["p", "q", "r"].shuffled(using: &random).prefix(2).map(Value.string))
        default: break
        }
        var object = Object()
        if let additional = schema["additionalProperties"] {
            object["key"] = value(for: additional, using: &random)
        }
        for pair in schema["properties"]?.objectValue ?? Object() where Bool.random(using: &random) {
            object[pair.key] = value(for: pair.value, using: &random)
        }
        if Bool.random(using: &random) { object["unknown"] = ["deep": [1, .null]] }
        if schema["additionalProperties"] != nil { object["unknown"] = nil }
        return .object(object)
    }

    /// Any value, with the keywords of schemas for keys.
    static func noise(depth: Int, using random: inout SeededGenerator) -> Value {
        let keys = [
            "type", "properties", "items", "additionalProperties", "required", "enum", "default", "allOf",
            "not",
            "minimum", "pattern", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "nullable",
            "format",
        ]
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -2...2, using: &random))
        case 3:
            return .string(["object", "array", "map", "a", "[", "ipv4"].randomElement(using: &random) ?? "")
        case 4: return 1.5
        case 5: return .array((0..<2).map { _ in noise(depth: depth - 1, using: &random) })
        default:
            return .object(
                Object(
                    keys.shuffled(using: &random).prefix(4).map {
                        Object.Pair(key: $0, value: noise(depth: depth - 1, using: &random))
                    }))
        }
    }
}
