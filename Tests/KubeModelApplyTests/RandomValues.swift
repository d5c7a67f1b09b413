import Manifest
import TestSupport

/// Random configurations of a kind with every way to merge.
enum RandomConfiguration {
    static let schema: Value = [
        "type": "object",
        "properties": [
            "spec": [
                "type": "object",
                "properties": [
                    "size": ["type": "integer"], "color": ["type": "string"],
                    "labels": ["type": "object", "additionalProperties": ["type": "string"]],
                    "tags": [
                        "type": "array", "x-kubernetes-list-type": "set", "items": ["type": "string"],
                    ],
                    "args": ["type": "array", "items": ["type": "string"]],
                    "rules": [
                        "type": "array", "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name", "port"],
                        "items": [
                            "type": "object", "required": ["name"],
                            "properties": [
                                "name": ["type": "string"], "port": ["type": "integer", "default": 80],
                                "weight": ["type": "integer"],
                                "match": [
                                    "type": "object", "x-kubernetes-map-type": "atomic",
                                    "additionalProperties": ["type": "string"],
                                ],
                            ],
                        ],
                    ],
                    "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                ],
            ]
        ],
    ]

    /// A configuration with some of the fields, none of them null or empty.
    ///
    /// Who owns the last item of a list leaves null behind when it drops the item, which upstream leaves to the
    /// defaulting of the object; what is empty would so become absent.
    static func make(using random: inout SeededGenerator) -> Value {
        var spec = Object()
        func chance() -> Bool { Bool.random(using: &random) }
        func number() -> Value { .integer(Int64.random(in: 0..<3, using: &random)) }
        func letter() -> String { ["a", "b", "c"].randomElement(using: &random) ?? "a" }
        func strings() -> Value {
            .array((0..<Int.random(in: 1..<4, using: &random)).map { _ in .string(letter()) })
        }
        func map() -> Value {
            .object(
                Object(
                    (0..<Int.random(in: 1..<3, using: &random)).map { _ in
                        Object.Pair(key: letter(), value: .string(letter()))
                    }))
        }
        if chance() { spec["size"] = number() }
        if chance() { spec["color"] = .string(letter()) }
        if chance() { spec["labels"] = map() }
        if chance() { spec["args"] = strings() }
        if chance() {
            let tags = ["a", "b", "c"].shuffled(using: &random).prefix(Int.random(in: 1..<4, using: &random))
            spec["tags"] = .array(tags.map(Value.string))
        }
        if chance() {
            let names = ["x", "y", "z"].shuffled(using: &random).prefix(Int.random(in: 1..<4, using: &random))
            spec["rules"] = .array(
                names.map { name in
                    var rule: Object = ["name": .string(name)]
                    if chance() { rule["port"] = number() }
                    if chance() { rule["weight"] = number() }
                    if chance() { rule["match"] = map() }
                    return .object(rule)
                })
        }
        if chance() { spec["free"] = ["deep": map(), "list": strings()] }
        return [
            "apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "one"],
            "spec": .object(spec),
        ]
    }
}
