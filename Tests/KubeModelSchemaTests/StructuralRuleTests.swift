import KubeModel
import Manifest
import Testing

@Suite struct `Rules for schemas of custom resources` {
    private func faults(_ spec: Value, hasStatus: Bool = false) -> [String] {
        let document: Value = ["type": "object", "properties": ["spec": spec]]
        return StructuralRules.faults(of: document, at: FieldPath("s"), hasStatus: hasStatus).map(
            \.description)
    }

    @Test(
        arguments: [
            (["type": "object", "properties": ["a": ["type": "string"]]], []),
            (
                ["properties": ["a": ["type": "string"]]],
                ["s.properties[spec].type: Required value: must not be empty for specified object fields"]
            ),
            (["type": "array"], ["s.properties[spec].items: Required value: must be specified"]),
            (
                ["type": "array", "items": ["nullable": true]],
                ["s.properties[spec].items.type: Required value: must not be empty for specified array items"]
            ),
            (
                ["type": "strin"],
                [
                    #"s.properties[spec].type: Unsupported value: "strin": supported values: "array", "boolean", "#
                        + #""integer", "number", "object", "string""#
                ]
            ),
            (
                ["type": "integer", "allOf": [["type": "integer", "default": 1]]],
                [
                    "s.properties[spec].allOf[0].default: Forbidden: must be undefined to be structural",
                    "s.properties[spec].allOf[0].type: Forbidden: must be empty to be structural",
                ]
            ),
            (["x-kubernetes-int-or-string": true, "anyOf": [["type": "integer"], ["type": "string"]]], []),
            (
                ["type": "string", "pattern": "[a"],
                [
                    #"s.properties[spec].pattern: Invalid value: "[a": must be a valid regular expression, but isn't: "#
                        + "error parsing regexp: missing closing ]: `[a`"
                ]
            ),
            (
                ["type": "string", "default": 1],
                [
                    #"s.properties[spec].default: Invalid value: "integer": s.properties[spec].default in body must be "#
                        + #"of type string: "integer""#
                ]
            ),
            (
                ["type": "object", "properties": ["a": ["type": "string"]], "default": ["b": 1]],
                [#"s.properties[spec].default: Invalid value: {"b":1}: must not have unknown fields"#]
            ),
            (
                [
                    "type": "object", "additionalProperties": ["type": "string"],
                    "properties": ["a": ["type": "string"]],
                ],
                [
                    "s.properties[spec].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"
                ]
            ),
            (
                ["type": "array", "uniqueItems": true, "items": ["type": "string"]],
                [
                    "s.properties[spec].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime "
                        + "complexity becomes quadratic"
                ]
            ),
            (
                ["type": "object", "x-kubernetes-list-type": "set"],
                [
                    #"s.properties[spec].type: Invalid value: "object": must be array if x-kubernetes-list-type is "#
                        + "specified"
                ]
            ),
            (
                [
                    "type": "array", "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["a", "b"],
                    "items": ["type": "object", "properties": ["a": ["type": "string"]]],
                ],
                [
                    #"s.properties[spec].x-kubernetes-list-map-keys: Invalid value: ["a","b"]: entries must all be names "#
                        + "of item properties",
                    "s.properties[spec].items.properties[a].default: Required value: this property is in "
                        + "x-kubernetes-list-map-keys, so it must have a default or be a required property",
                ]
            ),
            (
                ["type": "object", "$ref": "#/x"],
                ["s.properties[spec].$ref: Forbidden: $ref is not supported"]
            ),
            (
                ["type": "object", "x-kubernetes-embedded-resource": true],
                [
                    "s.properties[spec].properties: Required value: must not be empty if x-kubernetes-embedded-resource "
                        + "is true without x-kubernetes-preserve-unknown-fields"
                ]
            ),
            (
                ["type": "object", "x-kubernetes-validations": [["rule": "self.a > 1"], ["rule": " "]]],
                ["s.properties[spec].x-kubernetes-validations[1].rule: Required value: rule is not specified"]
            ),
        ] as [(Value, [String])])
    func `faults are worded as upstream words them`(spec: Value, expected: [String]) {
        #expect(faults(spec) == expected)
    }

    @Test func `the root is an object that says little of metadata`() {
        let document: Value = [
            "type": "object", "nullable": true, "additionalProperties": ["type": "string"],
            "properties": ["metadata": ["type": "object", "properties": ["labels": ["type": "object"]]]],
        ]
        let faults = StructuralRules.faults(of: document, at: FieldPath("s")).map(\.description)
        #expect(
            faults == [
                "s.nullable: Forbidden: nullable cannot be true at the root",
                "s.additionalProperties: Forbidden: must not be used at the root",
                "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, "
                    + "but metadata is implicitly specified",
                "s.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive",
            ])
    }

    @Test func `what a junctor names must be named outside of it`() {
        let document: Value = [
            "type": "object", "properties": ["spec": ["type": "object"]],
            "oneOf": [["properties": ["spec": ["properties": ["b": ["minimum": 1]]]]]],
        ]
        #expect(
            StructuralRules.faults(of: document, at: FieldPath("s")).map(\.description) == [
                "s.properties[spec].properties[b]: Required value: because it is defined in "
                    + "s.oneOf[0].properties[spec].properties[b]"
            ])
    }

    @Test func `a status subresource restricts the root`() {
        let document: Value = ["type": "object", "oneOf": [["required": ["spec"]]]]
        let faults = StructuralRules.faults(of: document, at: FieldPath("s"), hasStatus: true)
        #expect(faults.count == 1)
        #expect(faults.first?.message.hasSuffix("if the status subresource is enabled") == true)
    }
}
