import KubeModel
import Manifest
import Testing

@Suite struct `Server-side apply` {
    static let deployment = GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment")
    let manager = FieldManager(
        kind: Self.deployment, schema: SchemaCatalog.builtin.schema(for: Self.deployment),
        resetFields: .builtin(Self.deployment))

    static func configuration(_ spec: Value, annotations: Value? = nil) -> Value {
        var object: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": "web", "namespace": "shop"], "spec": spec,
        ]
        object.set(annotations, at: ["metadata", "annotations"])
        return object
    }

    private func apply(
        _ spec: Value, to live: Value?, as name: String, force: Bool = false, at seconds: Int64 = 0
    ) throws(APIError) -> Value {
        try manager.apply(
            live: live, applied: Self.configuration(spec), manager: name, force: force,
            at: Timestamp(seconds: seconds))
    }

    private func entry(_ name: String, in object: Value) -> Value? {
        object["metadata"]?["managedFields"]?.arrayValue?.first { $0["manager"]?.stringValue == name }
    }

    @Test func `several conflicts are listed by manager`() throws {
        var live = try apply(["replicas": 1, "paused": true], to: nil, as: "b")
        live = try apply(["minReadySeconds": 3], to: live, as: "a")
        var edited = live
        edited["spec", default: [:]]["revisionHistoryLimit"] = 5
        live = manager.update(live: live, new: edited, manager: "kubectl-edit", at: Timestamp(seconds: 1))
        let error = #expect(throws: APIError.self) {
            try apply(
                ["replicas": 2, "paused": false, "minReadySeconds": 4, "revisionHistoryLimit": 6], to: live,
                as: "gitops")
        }
        #expect(
            error?.message == """
                Apply failed with 4 conflicts: conflicts with "a":
                - .spec.minReadySeconds
                conflicts with "b":
                - .spec.paused
                - .spec.replicas
                conflicts with "kubectl-edit" using apps/v1:
                - .spec.revisionHistoryLimit
                """)
        #expect(error?.status.details?.causes.count == 4)
        #expect(error?.code == 409)
    }

    @Test func `shared fields stay until the last owner drops them`() throws {
        var live = try apply(["replicas": 1], to: nil, as: "a")
        live = try apply(["replicas": 1], to: live, as: "b")
        live = try apply(["paused": true], to: live, as: "a")
        #expect(live["spec"]?["replicas"] == 1)
        live = try apply(["paused": true], to: live, as: "b")
        #expect(live["spec"]?["replicas"] == nil)
        #expect(live["spec"]?["paused"] == true)
    }

    @Test func `atomic objects are owned whole`() throws {
        let live = try apply(["selector": ["matchLabels": ["a": "1", "b": "2"]]], to: nil, as: "a")
        #expect(entry("a", in: live)?["fieldsV1"] == ["f:spec": ["f:selector": [:]]])
        let changed = try apply(["selector": ["matchLabels": ["a": "1"]]], to: live, as: "a")
        #expect(changed["spec"]?["selector"] == ["matchLabels": ["a": "1"]])
        let error = #expect(throws: APIError.self) {
            try apply(["selector": ["matchLabels": ["c": "3"]]], to: live, as: "b")
        }
        #expect(error?.message == #"Apply failed with 1 conflict: conflict with "a": .spec.selector"#)
    }

    @Test func `keyed items merge, in the order of the applier`() throws {
        func containers(_ names: String...) -> Value {
            let items = names.map { Value.object(["name": .string($0), "image": "i"]) }
            return ["template": ["spec": ["containers": .array(items)]]]
        }
        var live = try apply(containers("a", "b", "c"), to: nil, as: "one")
        live = try apply(containers("d", "c", "a"), to: live, as: "two")
        let names = live["spec"]?["template", "spec", "containers"]?.arrayValue?.map { $0["name"] }
        #expect(names == ["b", "d", "c", "a"])
    }

    @Test func `an apply without effect keeps the time`() throws {
        let live = try apply(["replicas": 1], to: nil, as: "a", at: 5)
        #expect(try apply(["replicas": 1], to: live, as: "a", at: 50) == live)
        let shared = try apply(["replicas": 1], to: live, as: "b", at: 50)
        #expect(entry("b", in: shared)?["time"] == nil)
        #expect(entry("a", in: shared)?["time"] == "1970-01-01T00:00:05Z")
    }

    @Test func `what the request cannot set is not owned`() throws {
        var object = Self.configuration(["replicas": 1])
        object["status"] = ["replicas": 3]
        let live = try manager.apply(
            live: nil, applied: object, manager: "a", force: false, at: Timestamp(seconds: 0))
        #expect(entry("a", in: live)?["fieldsV1"] == ["f:spec": ["f:replicas": [:]]])
    }

    @Test(
        arguments: [
            (
                ["apiVersion": "apps/v1", "kind": "ReplicaSet"],
                "invalid object type: apps/v1, Kind=ReplicaSet", 400
            ),
            (
                [
                    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["managedFields": []],
                ], "metadata.managedFields must be nil", 400
            ),
            (
                [
                    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"],
                    "spec": ["nope": 1],
                ],
                "failed to create typed patch object (/w; apps/v1, Kind=Deployment): .spec.nope: field not declared "
                    + "in schema", 500
            ),
            (
                [
                    "apiVersion": "apps/v1", "kind": "Deployment",
                    "metadata": ["name": "w", "namespace": "n"],
                    "spec": ["replicas": "2"],
                ],
                "failed to create typed patch object (n/w; apps/v1, Kind=Deployment): .spec.replicas: expected "
                    + "numeric (int or float), got string", 500
            ),
            (
                [
                    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"],
                    "spec": [
                        "template": ["spec": ["containers": [["name": "a"], ["name": "a"], ["name": 1]]]]
                    ],
                ],
                "failed to create typed patch object (/w; apps/v1, Kind=Deployment): errors:\n"
                    + "  .spec.template.spec.containers: duplicate entries for key [name=\"a\"]\n"
                    + "  .spec.template.spec.containers[name=1].name: expected string, got "
                    + "&value.valueUnstructured{Value:1}", 500
            ),
        ] as [(Value, String, Int)])
    func `unfit configurations are refused in upstream's words`(object: Value, message: String, code: Int) {
        let error = #expect(throws: APIError.self) {
            try manager.apply(
                live: nil, applied: object, manager: "a", force: false, at: Timestamp(seconds: 0))
        }
        #expect(error?.message == message)
        #expect(error?.code == code)
    }

    @Test func `kubectl takes over from its client-side apply`() throws {
        let last = Self.configuration(["replicas": 1, "progressDeadlineSeconds": 600], annotations: [:])
        let annotation = "kubectl.kubernetes.io/last-applied-configuration"
        var live = Self.configuration(
            ["replicas": 1, "progressDeadlineSeconds": 700],
            annotations: [annotation: .string(JSON.string(last))])
        live = manager.update(
            live: nil, new: live, manager: "kubectl-client-side-apply", at: Timestamp(seconds: 1))
        // The live value is still what client-side apply set, so there is nobody to ask.
        let result = try apply(["replicas": 2], to: live, as: "kubectl")
        #expect(result["spec"]?["replicas"] == 2)
        #expect(
            result["metadata"]?["annotations"]?[annotation]?.stringValue
                == #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"#
                + #""spec":{"replicas":2}}"# + "\n")
        // Where somebody changed it since, there is; and other managers always have to ask.
        for (spec, name) in [(["progressDeadlineSeconds": 800], "kubectl"), (["replicas": 2], "gitops")]
            as [(Value, String)]
        {
            #expect(throws: APIError.self) { try apply(spec, to: live, as: name) }
        }
    }

    @Test func `an object from before ownership was tracked belongs to nobody in particular`() throws {
        let live = Self.configuration(["replicas": 1])
        let result = try apply(["replicas": 1, "paused": true], to: live, as: "gitops")
        #expect(
            entry("before-first-apply", in: result)?["fieldsV1"] == ["f:spec": ["f:replicas": [:]]])
        #expect(throws: APIError.self) { try apply(["replicas": 2], to: live, as: "gitops") }
    }

    @Test func `a field that became atomic is owned whole by whom owned parts of it`() throws {
        var live = try apply(["replicas": 1], to: nil, as: "a")
        live["spec", default: [:]]["selector"] = ["matchLabels": ["a": "1"]]
        live["metadata", default: [:]]["managedFields"] = [
            [
                "manager": "old", "operation": "Apply", "apiVersion": "apps/v1", "fieldsType": "FieldsV1",
                "fieldsV1": ["f:spec": ["f:selector": ["f:matchLabels": ["f:a": [:]]]]],
            ]
        ]
        let result = try apply(["replicas": 1], to: live, as: "a")
        #expect(entry("old", in: result)?["fieldsV1"] == ["f:spec": ["f:selector": [:]]])
    }

    @Test func `what a manager owns can be taken out`() throws {
        var live = try apply(
            [
                "replicas": 3,
                "template": [
                    "spec": [
                        "containers": [["name": "web", "image": "i", "env": [["name": "A", "value": "1"]]]]
                    ]
                ],
            ], to: nil, as: "gitops")
        live = try apply(
            ["paused": true, "template": ["spec": ["containers": [["name": "web", "tty": true]]]]], to: live,
            as: "other")
        let owned = try #require(try manager.ownedFields(of: live, manager: "other"))
        #expect(
            owned
                == Self.configuration([
                    "paused": true, "template": ["spec": ["containers": [["name": "web", "tty": true]]]],
                ]))
        #expect(try manager.ownedFields(of: live, manager: "nobody") == nil)
    }

    @Test func `drift is what applying again would change`() throws {
        let wanted: Value = ["replicas": 3, "paused": true]
        var live = try apply(wanted, to: nil, as: "gitops")
        #expect(
            try manager.changes(live: live, applied: Self.configuration(wanted), manager: "gitops").isEmpty)
        var edited = live
        edited["spec", default: [:]]["replicas"] = 9
        edited["spec", default: [:]]["minReadySeconds"] = 4
        live = manager.update(live: live, new: edited, manager: "kubectl", at: Timestamp(seconds: 9))
        let drift = try manager.changes(
            live: live, applied: Self.configuration(["replicas": 3]), manager: "gitops")
        #expect(drift.modified.paths.map(\.pathDescription) == [".spec.replicas"])
        #expect(drift.removed.paths.map(\.pathDescription) == [".spec.paused"])
        #expect(drift.added.isEmpty)
    }

    @Test func `without a schema objects merge by field and lists are whole`() throws {
        let kind = GroupVersionKind(apiVersion: "example.com/v1", kind: "Loose")
        let manager = FieldManager(kind: kind, schema: nil)
        func object(_ spec: Value) -> Value {
            ["apiVersion": "example.com/v1", "kind": "Loose", "metadata": ["name": "x"], "spec": spec]
        }
        let live = try manager.apply(
            live: nil, applied: object(["a": ["b": 1], "list": [1, 2]]), manager: "one", force: false,
            at: Timestamp(seconds: 0))
        let result = try manager.apply(
            live: live, applied: object(["a": ["c": 2], "list": [3]]), manager: "two", force: true,
            at: Timestamp(seconds: 0))
        #expect(result["spec"] == ["a": ["b": 1, "c": 2], "list": [3]])
        #expect(
            entry("one", in: result)?["fieldsV1"]
                == ["f:spec": [".": [:], "f:a": [".": [:], "f:b": [:]]]])
    }
}
