import KubeModel
import Manifest
import Testing

@Suite struct `Validation of custom resources` {
    private func faults(_ schema: Value, _ value: Value) -> [String] {
        let document: Value = ["type": "object", "properties": ["spec": schema]]
        let object: Value = ["spec": value]
        let resource = CustomResourceSchema(version: ["name": "v1", "schema": ["openAPIV3Schema": document]])
        return resource.faults(of: object).map(\.description)
    }

    @Test(
        arguments: [
            (
                ["type": "integer"], "x",
                [#"spec: Invalid value: "string": spec in body must be of type integer: "string""#]
            ),
            (["type": "integer"], 1.0, []),
            (
                ["type": "integer"], 1.5,
                [#"spec: Invalid value: "number": spec in body must be of type integer: "number""#]
            ),
            (["type": "number"], 3, []),
            (
                ["type": "object"], .null,
                [#"spec: Invalid value: "null": spec in body must be of type object: "null""#]
            ),
            (["type": "object", "nullable": true], .null, []),
            (["x-kubernetes-int-or-string": true], "50%", []),
            (
                ["x-kubernetes-int-or-string": true], true,
                [#"spec: Invalid value: "boolean": spec in body must be of type integer,string: "boolean""#]
            ),
            (["type": "string", "maxLength": 2], "äöü", ["spec: Too long: may not be more than 2 bytes"]),
            (
                ["type": "string", "minLength": 2], "ä",
                [#"spec: Invalid value: "ä": spec in body should be at least 2 chars long"#]
            ),
            (
                ["type": "string", "pattern": "^a"], "b",
                [#"spec: Invalid value: "b": spec in body should match '^a'"#]
            ),
            (
                ["type": "integer", "minimum": 3, "exclusiveMinimum": true], 3,
                ["spec: Invalid value: 3: spec in body should be greater than 3"]
            ),
            (
                ["type": "number", "maximum": 2.5], 2.75,
                ["spec: Invalid value: 2.75: spec in body should be less than or equal to 2.5"]
            ),
            (
                ["type": "integer", "multipleOf": 4], 6,
                ["spec: Invalid value: 6: spec in body should be a multiple of 4"]
            ),
            (
                ["type": "integer", "format": "int32"], 3_000_000_000,
                [
                    "<nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in spec"
                ]
            ),
            (
                ["type": "array", "items": ["type": "string"], "minItems": 2], ["a"],
                ["spec: Invalid value: 1: spec in body should have at least 2 items"]
            ),
            (
                ["type": "array", "items": ["type": "string"], "maxItems": 1], ["a", "b"],
                ["spec: Too many: 2: must have at most 1 item"]
            ),
            (
                ["type": "object", "minProperties": 1], [:],
                ["spec: Invalid value: 0: spec in body should have at least 1 properties"]
            ),
            (
                ["type": "object", "maxProperties": 1, "additionalProperties": ["type": "string"]],
                ["a": "1", "b": 2],
                [
                    "spec: Too many: 2: must have at most 1 item",
                    #"spec.b: Invalid value: "integer": spec.b in body must be of type string: "integer""#,
                ]
            ),
            (
                ["type": "string", "enum": ["a", "b"]], "c",
                [#"spec: Unsupported value: "c": supported values: "a", "b""#]
            ),
            (
                ["type": "string", "format": "ipv4"], "1.2.3",
                [#"spec: Invalid value: "1.2.3": spec in body must be of type ipv4: "1.2.3""#]
            ),
            (["type": "string", "format": "made-up"], "x", []),
            (
                [
                    "type": "object", "properties": ["a": ["type": "integer"]],
                    "oneOf": [["required": ["a"]], ["required": ["b"]]],
                ],
                [:],
                [
                    #"<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid"#,
                    "spec.a: Required value",
                ]
            ),
            (
                ["type": "integer", "anyOf": [["minimum": 5], ["maximum": 1]]], 3,
                [
                    #"<nil>: Invalid value: "": "spec" must validate at least one schema (anyOf)"#,
                    "spec: Invalid value: 3: spec in body should be greater than or equal to 5",
                ]
            ),
            (
                ["type": "integer", "allOf": [["minimum": 5], ["maximum": 9]]], 3,
                [
                    "spec: Invalid value: 3: spec in body should be greater than or equal to 5",
                    #"<nil>: Invalid value: "": "spec" must validate all the schemas (allOf)"#,
                ]
            ),
            (
                ["type": "integer", "not": ["minimum": 5]], 7,
                [#"<nil>: Invalid value: "": "spec" must not validate the schema (not)"#]
            ),
            (
                [
                    "type": "array", "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["b", "a"],
                    "items": [
                        "type": "object", "properties": ["a": ["type": "string"], "b": ["type": "integer"]],
                    ],
                ], [["a": "x", "b": 1], ["b": 1, "a": "x"], ["a": "x"], ["a": "x", "b": 1]],
                [#"spec[1]: Duplicate value: {"a":"x","b":1}"#]
            ),
            (
                [
                    "type": "object", "x-kubernetes-embedded-resource": true,
                    "x-kubernetes-preserve-unknown-fields": true,
                ], ["apiVersion": "", "metadata": ["name": "x"]],
                [
                    #"spec.apiVersion: Invalid value: "": must not be empty"#,
                    "spec.kind: Required value: must not be empty",
                ]
            ),
        ] as [(Value, Value, [String])])
    func `faults are worded as upstream words them`(schema: Value, value: Value, expected: [String]) {
        #expect(faults(schema, value) == expected)
    }

    @Test(
        arguments: [
            ("ipv4", ["10.0.0.1"], ["10.0.0.256", "010.0.0.1", "::1"]),
            (
                "ipv6", ["::1", "fe80::1:2", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"],
                ["1::2::3", "12345::", "1.2.3.4"]
            ),
            ("cidr", ["10.0.0.0/8", "::/0"], ["10.0.0.0", "10.0.0.0/33"]),
            (
                "date-time", ["2026-01-31T08:05:00Z", "2026-01-31t08:05:00.5+01:00"],
                ["2026-02-30T00:00:00Z", "2026"]
            ),
            ("date", ["2024-02-29"], ["2023-02-29", "24-01-01"]),
            ("duration", ["1h30m", "22 ns", "1.5s", "3 days"], ["", "h", "5 parsecs"]),
            ("uuid", ["6BA7B810-9dad-11d1-80b4-00c04fd430c8"], ["6ba7b810"]),
            ("uuid4", ["f47ac10b-58cc-4372-a567-0e02b2c3d479"], ["f47ac10b-58cc-1372-a567-0e02b2c3d479"]),
            ("uri", ["https://x.y/z?q=1", "/path"], ["no scheme", "rel/ative", "http://a b"]),
            ("email", ["a@b.c", "A <a@b.c>"], ["a", "a@b@c"]),
            ("hostname", ["example.com", "a-b.example.org"], ["-", "exa mple.com"]),
            ("mac", ["00:1B:44:11:3a:b7"].map { $0.lowercased() }, ["00:1b:44"]),
            ("byte", ["aGVsbG8=", ""], ["a", "a*=="]),
            ("hexcolor", ["#fff", "A0B1C2"], ["#ffff"]),
            ("rgbcolor", ["rgb(0, 255,9)"], ["rgb(256,0,0)"]),
            ("isbn10", ["0-321-75104-3"], ["0321751044"]),
            ("isbn13", ["978-0321751041"], ["978-0321751042"]),
            ("creditcard", ["4111 1111 1111 1111"], ["1234"]),
            ("ssn", ["111-22-3333"], ["111-222-333"]),
            ("bsonobjectid", ["507f1f77bcf86cd799439011"], ["507f"]),
            ("k8s-short-name", ["a-1"], ["A", "-a"]),
            ("k8s-long-name", ["a.b-1"], ["a..b"]),
            ("password", ["anything"], []),
        ] as [(String, [String], [String])])
    func `formats accept what upstream accepts`(format: String, valid: [String], invalid: [String]) {
        for text in valid {
            #expect(faults(["type": "string", "format": .string(format)], .string(text)) == [])
        }
        for text in invalid {
            #expect(
                faults(["type": "string", "format": .string(format)], .string(text)).count == 1, "\(text)")
        }
    }
}
