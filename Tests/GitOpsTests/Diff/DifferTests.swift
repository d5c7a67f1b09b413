import GitOps
import KubeModel
import Manifest
import Testing

@Suite struct DifferTests {
    private static let deployment: Value = [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "shop"],
        "spec": [
            "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]],
                "spec": [
                    "containers": [
                        [
                            "name": "main", "image": "web:1",
                            "resources": ["requests": ["cpu": "0.5", "memory": "1024Mi"]],
                        ]
                    ]
                ],
            ],
        ],
    ]

    /// What a server makes of an applied object.
    private static func applied(_ object: Value, manager: String = "slipway", to live: Value? = nil) throws
        -> Value
    {
        let kind = GroupVersionKind(apiVersion: object.apiVersion, kind: object.kind)
        let strategy = try #require(BuiltinKinds.strategy(for: kind))
        let merged = try FieldManager(
            kind: kind, schema: SchemaCatalog.builtin.schema(for: kind), resetFields: .builtin(kind)
        ).apply(live: live, applied: object, manager: manager, force: true, at: Timestamp(seconds: 1))
        let managed = merged["metadata", "managedFields"]
        var result = try strategy.normalized(merged)
        result.set(managed, at: ["metadata", "managedFields"])
        return result
    }

    @Test func `defaults and other spellings of quantities are no difference`() throws {
        let live = try Self.applied(Self.deployment)
        #expect(
            live["spec", "template", "spec", "containers"]?[0]?["resources", "requests", "cpu"] == "500m")
        let comparison = try ObjectDiffer().compare(target: Self.deployment, live: live)
        #expect(comparison.isSynced, "\(comparison.paths)")
    }

    @Test func `a changed field, a new one and one that is no longer wanted are differences`() throws {
        let live = try Self.applied(Self.deployment)
        var changed = Self.deployment
        changed.set(3, at: ["spec", "replicas"])
        #expect(try ObjectDiffer().compare(target: changed, live: live).paths == ["/spec/replicas"])
        var dropped = live
        dropped = try Self.applied(changed, to: live)
        #expect(
            try ObjectDiffer().compare(target: Self.deployment, live: dropped).paths == ["/spec/replicas"])
    }

    @Test func `a field that somebody else has set is told with its manager and is no difference`() throws {
        let live = try Self.applied(Self.deployment)
        let other: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "shop"],
            "spec": ["replicas": 5],
        ]
        let scaled = try Self.applied(other, manager: "autoscaler", to: live)
        let comparison = try ObjectDiffer().compare(target: Self.deployment, live: scaled)
        #expect(comparison.isSynced, "\(comparison.paths)")
        #expect(comparison.foreignFields.map(\.manager) == ["autoscaler"])
        #expect(comparison.foreignFields.first?.paths == [".spec.replicas"])
    }

    @Test func `what is to be ignored does not count, by pointer and by manager`() throws {
        let live = try Self.applied(Self.deployment)
        var changed = Self.deployment
        changed.set(3, at: ["spec", "replicas"])
        func isSynced(_ rule: Value, _ target: Value) throws -> Bool {
            try ObjectDiffer(ignored: IgnoreRules([rule])).compare(target: target, live: live).isSynced
        }
        #expect(
            try isSynced(
                ["group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]], changed))
        #expect(
            try isSynced(
                ["group": "*", "kind": "*", "jsonPointers": ["/spec/replicas", "/nothing/here"]], changed))
        #expect(try !isSynced(["kind": "Deployment", "jsonPointers": ["/spec/replicas"]], changed))
        #expect(
            try !isSynced(
                ["group": "apps", "kind": "Deployment", "name": "other", "jsonPointers": ["/spec/replicas"]],
                changed))
        let byHand = try Self.applied(
            [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": ["name": "web", "namespace": "shop"],
                "spec": ["replicas": 5],
            ], manager: "autoscaler", to: live)
        let rule: Value = ["group": "apps", "kind": "Deployment", "managedFieldsManagers": ["autoscaler"]]
        let comparison = try ObjectDiffer(ignored: IgnoreRules([rule])).compare(target: changed, live: byHand)
        #expect(comparison.isSynced, "\(comparison.paths)")
    }

    @Test func `the status never counts`() throws {
        var live = try Self.applied(Self.deployment)
        live.set(7, at: ["status", "replicas"])
        var target = Self.deployment
        target.set(9, at: ["status", "replicas"])
        #expect(try ObjectDiffer().compare(target: target, live: live).isSynced)
    }

    @Test func `secrets are hidden so that changes show and equal values look equal`() {
        func secret(_ data: Value) -> Value {
            ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s"], "data": data]
        }
        let masked = SecretMask.masked(
            secret(["a": "c2VjcmV0", "b": "c2VjcmV0", "c": "b2xk"]), secret(["a": "c2VjcmV0", "c": "bmV3"]))
        let old = masked[0]?["data"]
        let new = masked[1]?["data"]
        #expect(old?["a"] == old?["b"])
        #expect(old?["a"] == new?["a"])
        #expect(old?["c"] != new?["c"])
        #expect(!JSON.string(masked[0] ?? .null).contains("c2VjcmV0"))
        let map: Value = ["apiVersion": "v1", "kind": "ConfigMap", "data": ["a": "b"]]
        #expect(SecretMask.masked(map) == [map])
    }

    @Test func `texts differ by lines with context`() {
        let old = (1...9).map { "line \($0)\n" }.joined()
        #expect(LineDiff.unified(old, old) == "")
        #expect(
            LineDiff.unified(old, old.replacing("line 5", with: "five")) == """
                @@ -2,7 +2,7 @@
                 line 2
                 line 3
                 line 4
                -line 5
                +five
                 line 6
                 line 7
                 line 8

                """)
        #expect(LineDiff.unified("", "a\n") == "@@ -0,0 +1 @@\n+a\n")
    }
}
