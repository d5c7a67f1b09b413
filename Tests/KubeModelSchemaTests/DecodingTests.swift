import KubeModel
import Manifest
import Testing

@Suite struct `Decoding into built-in types` {
    private func schema(_ apiVersion: String, _ kind: String) throws -> Schema {
        let name = GroupVersionKind(apiVersion: apiVersion, kind: kind)
        return try #require(SchemaCatalog.builtin.schema(for: name))
    }

    private func deployment(_ container: Value) -> Value {
        [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"],
            "spec": ["template": ["spec": ["containers": [["name": "a"], container]]]],
        ]
    }

    @Test func `unknown fields are named in the order of the document`() throws {
        var object = deployment(["name": "b", "imge": "x", "env": [["name": "A", "val": "1"]]])
        object["spec", default: [:]]["replica"] = 1
        object["metdata"] = [:]
        let faults = try schema("apps/v1", "Deployment").decodingFaults(of: object)
        #expect(
            faults.unknownFields == [
                "spec.template.spec.containers[1].imge", "spec.template.spec.containers[1].env[0].val",
                "spec.replica", "metdata",
            ])
        #expect(faults.typeFault == nil)
        let messages = DecodingFaults.strictMessages(
            unknown: Array(faults.unknownFields.suffix(1)), duplicates: ["spec.replicas"])
        #expect(
            DecodingFaults.strictFailure(
                of: GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment"), messages
            )
            .message
                == #"Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: "#
                + #"unknown field "metdata", duplicate field "spec.replicas""#)
    }

    @Test(
        arguments: [
            (
                ["spec": ["replicas": "3"]],
                "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
            ),
            (
                ["spec": ["replicas": 1.5]],
                "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32"
            ),
            (
                ["spec": ["replicas": 3_000_000_000]],
                "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type "
                    + "int32"
            ),
            (
                ["spec": ["paused": "yes"]],
                "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool"
            ),
            (
                ["spec": ["template": ["spec": ["containers": [["env": [["name": "A", "value": 1]]]]]]]],
                "json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of "
                    + "type string"
            ),
            (
                ["spec": ["template": ["spec": ["containers": ["name": "a"]]]]],
                "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type "
                    + "[]v1.Container"
            ),
            (
                ["metadata": ["labels": ["a": true]]],
                "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"
            ),
            (
                ["metadata": ["labels": "a"]],
                "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.labels of type map[string]string"
            ),
            (
                ["metadata": ["creationTimestamp": "now"]],
                #"parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006""#
            ),
            (
                ["spec": []],
                "json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec"
            ),
            (["spec": ["strategy": ["rollingUpdate": ["maxSurge": "25%"]]]], nil),
            (["spec": ["replicas": .null]], nil),
        ] as [(Value, String?)])
    func `type faults are worded as Go words them`(object: Value, message: String?) throws {
        #expect(try schema("apps/v1", "Deployment").decodingFaults(of: object).typeFault == message)
    }

    @Test func `quantities and base64 are read`() throws {
        let pod: Value = ["spec": ["containers": [["resources": ["limits": ["cpu": "1x", "memory": 5]]]]]]
        #expect(try schema("v1", "Pod").decodingFaults(of: pod).typeFault != nil)
        let secret = try schema("v1", "Secret")
        #expect(secret.decodingFaults(of: ["data": ["a": "aGk="]]).isEmpty)
        #expect(
            secret.decodingFaults(of: ["data": ["a": "a*"]]).typeFault
                == "illegal base64 data at input byte 1")
        #expect(
            secret.decodingFaults(of: ["data": ["a": 1]]).typeFault
                == "json: cannot unmarshal number into Go struct field Secret.data of type []uint8")
    }

    @Test func `the typed form has what Go's structs always have`() throws {
        let schema = try schema("apps/v1", "Deployment")
        let object: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment", "nope": 1,
            "metadata": ["name": "w", "labels": [:], "annotations": .null],
            "spec": [
                "minReadySeconds": 0, "paused": false,
                "template": [
                    "spec": [
                        "containers": [["name": "a", "env": []]],
                        "volumes": [["name": "v", "emptyDir": [:]]],
                    ]
                ],
            ],
        ]
        let typed = schema.typedForm(of: object)
        #expect(
            typed == [
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"],
                "spec": [
                    "selector": .null, "strategy": [:],
                    "template": [
                        "metadata": [:],
                        "spec": [
                            "containers": [["name": "a", "resources": [:]]],
                            "volumes": [["name": "v", "emptyDir": [:]]],
                        ],
                    ],
                ],
                "status": [:],
            ])
        #expect(schema.typedForm(of: typed) == typed)
    }
}
