import KubeModel
import Manifest
import Testing

/// What `kubectl apply` computes on the client's side.
struct StrategicMergePatchApplyTests {
    let schema: Schema

    init() throws {
        schema = try #require(
            SchemaCatalog.builtin.schema(for: GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment")))
    }

    private func deployment(_ containers: [Value], replicas: Value? = nil) -> Value {
        var object: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"],
            "spec": ["template": ["spec": ["containers": .array(containers)]]],
        ]
        if let replicas { object["spec", "replicas"] = replicas }
        return object
    }

    @Test func `what others added stays and what was applied before goes`() throws {
        let original = deployment([["name": "app", "image": "a:1"], ["name": "old", "image": "o:1"]])
        let modified = deployment([["name": "app", "image": "a:2"], ["name": "new", "image": "n:1"]])
        let current = deployment(
            [
                ["name": "injected", "image": "i:1"], ["name": "app", "image": "a:1", "tty": true],
                ["name": "old", "image": "o:1"],
            ], replicas: 5)
        let patch = try StrategicMergePatch.createThreeWay(
            original: original, modified: modified, current: current, schema: schema)
        #expect(
            patch == [
                "spec": [
                    "template": [
                        "spec": [
                            "$setElementOrder/containers": [["name": "app"], ["name": "new"]],
                            "containers": [
                                ["name": "app", "image": "a:2"], ["name": "new", "image": "n:1"],
                                ["name": "old", "$patch": "delete"],
                            ],
                        ]
                    ]
                ]
            ])
        let result = try StrategicMergePatch.apply(patch, to: current, schema: schema)
        #expect(
            result
                == deployment(
                    [
                        ["name": "injected", "image": "i:1"], ["name": "app", "image": "a:2", "tty": true],
                        ["name": "new", "image": "n:1"],
                    ], replicas: 5))
    }

    @Test func `an unchanged configuration gives an empty patch`() throws {
        let applied = deployment([["name": "app", "image": "a:1"]])
        let current = deployment([["name": "app", "image": "a:1", "tty": true]], replicas: 3)
        let patch = try StrategicMergePatch.createThreeWay(
            original: applied, modified: applied, current: current, schema: schema)
        #expect(patch == [:])
    }

    @Test func `a field that both sides changed is a conflict unless overwritten`() throws {
        let original = deployment([["name": "app", "image": "a:1"]])
        let modified = deployment([["name": "app", "image": "a:2"]])
        let current = deployment([["name": "app", "image": "a:9"]])
        let message = """
            patch:
            spec:
              template:
                spec:
                  $setElementOrder/containers:
                  - name: app
                  containers:
                  - image: a:2
                    name: app

            conflicts with changes made from original to current:
            spec:
              template:
                spec:
                  containers:
                  - image: a:9
                    name: app


            """
        #expect(throws: KubeModelError(.conflictingPatch, message)) {
            try StrategicMergePatch.createThreeWay(
                original: original, modified: modified, current: current, schema: schema, overwrite: false)
        }
        let patch = try StrategicMergePatch.createThreeWay(
            original: original, modified: modified, current: current, schema: schema)
        #expect(try StrategicMergePatch.apply(patch, to: current, schema: schema) == modified)
    }

    @Test func `changes of different fields do not conflict`() throws {
        let original = deployment([["name": "app", "image": "a:1"]])
        let modified = deployment([["name": "app", "image": "a:2"]])
        let current = deployment([["name": "app", "image": "a:1", "tty": true]], replicas: 7)
        let patch = try StrategicMergePatch.createThreeWay(
            original: original, modified: modified, current: current, schema: schema, overwrite: false)
        let result = try StrategicMergePatch.apply(patch, to: current, schema: schema)
        #expect(result == deployment([["name": "app", "image": "a:2", "tty": true]], replicas: 7))
    }

    @Test(
        arguments: [
            (["a": 1], ["a": 1], false), (["a": 1], ["a": 2], true),
            (["a": ["b": 1]], ["a": ["c": 2]], false),
            (["a": ["$patch": "replace", "b": 1]], ["a": ["b": 1]], true),
            (["a": [1, 2]], ["a": [2, 1]], false),
            (["a": [1]], ["a": [1, 2]], true), (["a": [["x": 1]]], ["a": [["x": 2]]], true),
            (["a": [1]], ["a": 1], true),
            (["a": []], ["a": []], false),
        ] as [(Value, Value, Bool)])
    func `patches conflict where they set a field differently`(left: Value, right: Value, expected: Bool)
        throws
    {
        #expect(try StrategicMergePatch.conflict(left, right, schema: OpenPatchSchema()) == expected)
    }

    @Test func `lists that merge conflict item by item`() throws {
        func metadata(_ finalizers: [Value], _ owner: Value) -> Value {
            ["metadata": ["finalizers": .array(finalizers), "ownerReferences": [owner]]]
        }
        let left = metadata(["a"], ["uid": "1", "name": "x"])
        #expect(
            try !StrategicMergePatch.conflict(
                left, metadata(["b"], ["uid": "2", "name": "y"]), schema: schema))
        #expect(
            try StrategicMergePatch.conflict(
                left, metadata(["b"], ["uid": "1", "name": "y"]), schema: schema))
    }

    @Test func `an apply may not change what names the object`() throws {
        var renamed = deployment([])
        renamed.metadata.name = "other"
        #expect(
            throws: KubeModelError(
                .inapplicablePatch, "precondition failed for: map[metadata:map[name:other]]")
        ) {
            try StrategicMergePatch.createThreeWay(
                original: deployment([]), modified: renamed, current: deployment([]), schema: schema,
                preconditions: [.unchanged("apiVersion"), .unchanged("kind"), .unchangedMetadata("name")])
        }
    }
}
