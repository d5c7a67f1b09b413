import KubeModel
import Manifest
import Testing

@Suite struct `Ownership by updates` {
    let kind = GroupVersionKind(apiVersion: "v1", kind: "ConfigMap")
    let manager: FieldManager
    let live: Value

    init() {
        manager = FieldManager(kind: kind, schema: SchemaCatalog.builtin.schema(for: kind))
        live = manager.update(
            live: nil, new: Self.map(["a": "1", "b": "1"]), manager: "creator", at: Timestamp(seconds: 10))
    }

    static func map(_ data: Value) -> Value {
        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "x", "uid": "u"], "data": data]
    }

    private func fields(_ object: Value) throws -> [String: String] {
        let entries = try ManagedFields(of: object).entries.map { owner, ownership in
            (
                "\(owner.manager) \(owner.operation.rawValue) \(owner.subresource)",
                ownership.fields.paths.map(\.pathDescription).joined(separator: " ")
            )
        }
        return Dictionary(uniqueKeysWithValues: entries)
    }

    @Test func `the creator owns what it set`() throws {
        #expect(try fields(live) == ["creator Update ": ".data .data.a .data.b"])
        #expect(live["metadata"]?["managedFields"]?[0]?["time"] == "1970-01-01T00:00:10Z")
    }

    @Test func `who changes a field takes it, who sets it to the value it has does not`() throws {
        var new = live
        new["data"] = ["a": "2", "b": "1"]
        let result = manager.update(live: live, new: new, manager: "editor", at: Timestamp(seconds: 20))
        #expect(
            try fields(result) == ["creator Update ": ".data .data.b", "editor Update ": ".data.a"])
        let same = manager.update(live: result, new: result, manager: "third", at: Timestamp(seconds: 30))
        #expect(same == result)
    }

    @Test func `a removed field has no owner and no owner gets a new time`() throws {
        var new = live
        new["data"] = ["a": "1"]
        let result = manager.update(live: live, new: new, manager: "editor", at: Timestamp(seconds: 20))
        #expect(try fields(result) == ["creator Update ": ".data .data.a"])
        #expect(result["metadata"]?["managedFields"]?[0]?["time"] == "1970-01-01T00:00:10Z")
    }

    @Test(arguments: [[], [[:]]] as [Value]) func `an empty list clears the entries`(list: Value) throws {
        var new = live
        new.set(list, at: ["metadata", "managedFields"])
        let result = manager.update(live: live, new: new, manager: "editor", at: Timestamp(seconds: 20))
        #expect(result["metadata"]?["managedFields"] == nil)
        // And nobody is noted again before somebody applies.
        var changed = result
        changed["data"] = ["c": "1"]
        let later = manager.update(live: result, new: changed, manager: "editor", at: Timestamp(seconds: 30))
        #expect(later["metadata"]?["managedFields"] == nil)
        let applied = try manager.apply(
            live: later, applied: Self.map(["c": "1", "d": "1"]), manager: "gitops", force: false,
            at: Timestamp(seconds: 40))
        #expect(
            try fields(applied) == [
                "before-first-apply Update ": ".data .data.c", "gitops Apply ": ".data.c .data.d",
            ])
    }

    @Test func `a client that drops the entries does not clear them`() throws {
        var new = live
        new.set(nil, at: ["metadata", "managedFields"])
        let result = manager.update(live: live, new: new, manager: "old", at: Timestamp(seconds: 20))
        #expect(result == live)
    }

    @Test func `entries in unknown versions are dropped`() throws {
        var old = live
        old["metadata", default: [:]]["managedFields"] = [
            [
                "manager": "past", "operation": "Update", "apiVersion": "v1beta1", "fieldsType": "FieldsV1",
                "fieldsV1": ["f:data": ["f:a": [:]]],
            ],
            [
                "manager": "now", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
                "fieldsV1": ["f:data": ["f:b": [:]]],
            ],
        ]
        let result = manager.update(live: old, new: old, manager: "editor", at: Timestamp(seconds: 20))
        #expect(try fields(result) == ["now Update ": ".data.b"])
    }

    @Test func `beyond ten updaters the oldest are put together`() throws {
        var object = live
        for number in 1...14 {
            var new = object
            new["data", default: [:]]["k\(number)"] = "1"
            object = manager.update(
                live: object, new: new, manager: "m\(number)", at: Timestamp(seconds: Int64(10 + number)))
        }
        let owned = try fields(object)
        #expect(owned.count == 10)
        #expect(
            owned["ancient-changes Update "]
                == ".data .data.a .data.b .data.k1 .data.k2 .data.k3 .data.k4 .data.k5")
        #expect(owned["m5 Update "] == nil)
        #expect(owned["m6 Update "] == ".data.k6")
        #expect(object["metadata"]?["managedFields"]?[0]?["time"] == "1970-01-01T00:00:15Z")
    }

    @Test func `a subresource has its own entries and cannot change the others`() throws {
        let kind = GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment")
        let schema = SchemaCatalog.builtin.schema(for: kind)
        let status = FieldManager(
            kind: kind, schema: schema, subresource: "status",
            resetFields: .builtin(kind, subresource: "status"))
        let live: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": [
                "name": "d", "uid": "u",
                "managedFields": [
                    [
                        "manager": "a", "operation": "Apply", "apiVersion": "apps/v1",
                        "fieldsType": "FieldsV1", "fieldsV1": ["f:spec": ["f:replicas": [:]]],
                    ]
                ],
            ],
            "spec": ["replicas": 1],
        ]
        var new = live
        new["spec"] = ["replicas": 5]
        new["status"] = ["replicas": 1]
        new.set([], at: ["metadata", "managedFields"])
        let result = status.update(live: live, new: new, manager: "controller", at: Timestamp(seconds: 1))
        #expect(
            try fields(result) == [
                "a Apply ": ".spec.replicas", "controller Update status": ".status.replicas",
            ])
    }

    @Test(
        arguments: [
            (nil, "kubectl/v1.36.0 (linux/amd64) kubernetes/abc", "kubectl"),
            ("gitops", "kubectl/v1.36.0", "gitops"),
            ("", "curl/8.0", "curl"),
            (nil, "caf\u{E9}\u{7} \u{A0}x", "caf\u{E9} x"),
            (nil, nil, ""),
        ] as [(String?, String?, String)])
    func `a client is known by its field manager or its product`(
        explicit: String?, agent: String?, name: String
    ) {
        #expect(FieldManager.name(explicit: explicit, userAgent: agent) == name)
    }

    @Test func `a name has at most 128 bytes`() {
        let agent = String(repeating: "é", count: 100)
        #expect(FieldManager.name(explicit: nil, userAgent: agent) == String(repeating: "é", count: 64))
    }

    @Test func `new times alone are not a change`() {
        var touched = live
        touched["metadata", default: [:]]["managedFields", default: []] = [
            {
                var entry = live["metadata"]?["managedFields"]?[0] ?? .null
                entry["time"] = "2026-01-01T00:00:00Z"
                return entry
            }()
        ]
        #expect(ManagedFields.keepingTimes(of: live, in: touched) == live)
        touched["data"] = ["a": "9"]
        #expect(ManagedFields.keepingTimes(of: live, in: touched) == touched)
    }
}
