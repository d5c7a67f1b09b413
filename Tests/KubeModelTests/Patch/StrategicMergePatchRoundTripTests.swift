import KubeModel
import Manifest
import Testing

/// Differences between random objects of real kinds.
struct StrategicMergePatchRoundTripTests {
    static let kinds = [
        GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment"),
        GroupVersionKind(apiVersion: "v1", kind: "Pod"),
        GroupVersionKind(apiVersion: "v1", kind: "Service"),
        GroupVersionKind(apiVersion: "v1", kind: "ServiceAccount"),
        GroupVersionKind(apiVersion: "networking.k8s.io/v1", kind: "Ingress"),
        GroupVersionKind(apiVersion: "batch/v1", kind: "CronJob"),
    ]

    @Test(arguments: kinds)
    func `a difference leads to its target`(kind: GroupVersionKind) throws {
        let schema = try #require(SchemaCatalog.builtin.schema(for: kind))
        let seed = UInt64.random(in: .min ... .max)
        var values = RandomValues(seed: seed)
        for _ in 0..<60 {
            let original = values.object(of: schema, depth: 7)
            let target = values.object(of: schema, depth: 7)
            let patch = try StrategicMergePatch.create(from: original, to: target, schema: schema)
            let result = try StrategicMergePatch.apply(patch, to: original, schema: schema)
            #expect(result == target, "seed \(seed), patch \(JSON.string(patch))")
            let nothing = try StrategicMergePatch.create(from: target, to: target, schema: schema)
            #expect(nothing == [:], "seed \(seed)")
        }
    }

    @Test(arguments: kinds)
    func `an apply over its own earlier configuration leads to the new one`(kind: GroupVersionKind) throws {
        let schema = try #require(SchemaCatalog.builtin.schema(for: kind))
        let seed = UInt64.random(in: .min ... .max)
        var values = RandomValues(seed: seed)
        for _ in 0..<40 {
            let original = values.object(of: schema, depth: 6)
            let target = values.object(of: schema, depth: 6)
            let patch = try StrategicMergePatch.createThreeWay(
                original: original, modified: target, current: original, schema: schema)
            let result = try StrategicMergePatch.apply(patch, to: original, schema: schema)
            #expect(result == target, "seed \(seed), patch \(JSON.string(patch))")
        }
    }
}
