import Manifest
import TestSupport
import Testing

@testable import KubeModel

/// What holds of ownership whatever is written in whatever order.
@Suite struct `Random writes` {
    static let kind = GroupVersionKind(apiVersion: "example.com/v1", kind: "Widget")
    let manager = FieldManager(
        kind: Self.kind, schema: Schema.customResource(RandomConfiguration.schema))

    @Test(arguments: [UInt64](1...15)) func `owners own what is there, and applying twice changes nothing`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        var live: Value?
        for step in 0..<20 {
            let note: Comment = "seed \(seed), step \(step)"
            let time = Timestamp(seconds: Int64(step))
            let name = ["kubectl", "gitops", "hpa"].randomElement(using: &random) ?? ""
            let configuration = RandomConfiguration.make(using: &random)
            if Bool.random(using: &random) {
                let before = live
                let after = try manager.apply(
                    live: live, applied: configuration, manager: name, force: true, at: time)
                try expectApplied(configuration, name, before: before, after: after, time, note)
                live = stored(after)
            } else {
                live = manager.update(live: live, new: stored(configuration), manager: name, at: time)
            }
            try expectConsistency(of: try #require(live), note)
        }
    }

    @Test(arguments: [UInt64](1...40)) func `a conflict is found exactly where force takes a field away`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let time = Timestamp(seconds: 0)
        let first = RandomConfiguration.make(using: &random)
        let second = RandomConfiguration.make(using: &random)
        let live = try manager.apply(live: nil, applied: first, manager: "a", force: false, at: time)
        let forced = try manager.apply(live: live, applied: second, manager: "b", force: true, at: time)
        let owner = ManagedFields.Owner(manager: "a", operation: .apply, apiVersion: "")
        let before = try ManagedFields(of: live).entries[owner]?.fields ?? FieldSet()
        let after = try ManagedFields(of: forced).entries[owner]?.fields ?? FieldSet()
        do throws(APIError) {
            let free = try manager.apply(live: live, applied: second, manager: "b", force: false, at: time)
            #expect(free == forced, "seed \(seed)")
            #expect(before == after, "seed \(seed)")
        } catch {
            #expect(error.isConflict, "seed \(seed)")
            let fields = Set(error.status.details?.causes.map(\.field) ?? [])
            #expect(fields == Set(before.subtracting(after).paths.map(\.pathDescription)), "seed \(seed)")
        }
    }

    private func expectApplied(
        _ configuration: Value, _ name: String, before: Value?, after: Value, _ time: Timestamp,
        _ note: Comment
    ) throws {
        let after = stored(after)
        let later = Timestamp(seconds: time.seconds + 1000)
        let again = try manager.apply(
            live: after, applied: configuration, manager: name, force: false, at: later)
        #expect(JSON.string(stored(again)) == JSON.string(after), note)
        let owner = ManagedFields.Owner(manager: name, operation: .apply, apiVersion: "")
        let fields = try TypedValue(configuration, manager.type).fieldSet()
        #expect(
            try ManagedFields(of: after).entries[owner]?.fields ?? FieldSet()
                == fields.subtracting(FieldManager.neverOwned), note)
        // What was owned by the applier alone and is no longer listed is gone.
        guard let before else { return }
        let old = try ManagedFields(of: before).entries
        guard let mine = old[owner]?.fields else { return }
        let others = old.filter { $0.key != owner }.values.reduce(FieldSet()) { $0.union($1.fields) }
        let present = try manager.typed(after).fieldSet()
        let kept = fields.union(others).paths
        let dropped = mine.leaves.subtracting(fields).subtracting(others).intersection(present).paths
        #expect(
            dropped.allSatisfy { path in kept.contains { $0.starts(with: path) || path.starts(with: $0) } },
            note)
        let changes = try manager.changes(live: after, applied: configuration, manager: name)
        #expect(changes.isEmpty, note)
    }

    /// The object as a server keeps it.
    private func stored(_ object: Value) -> Value { manager.schema?.defaulted(object) ?? object }

    private func expectConsistency(of object: Value, _ note: Comment) throws {
        let managed = try ManagedFields(of: object)
        #expect(ManagedFields.isReset(by: object) == false, note)
        let present = try manager.typed(object).fieldSet()
        for (owner, ownership) in managed.entries {
            #expect(!ownership.fields.isEmpty, note)
            let missing = ownership.fields.leaves.subtracting(present).paths.filter { path in
                // A list or object that lost its last field is owned, but no field any more.
                var type: MergeType? = manager.type
                for element in path {
                    if case .field(let name) = element {
                        type = type?.mapForm?.field(name)
                    } else {
                        type = type?.listForm?.element
                    }
                }
                guard let type, type.mapForm == nil, type.listForm == nil else { return false }
                return true
            }
            #expect(missing.isEmpty, "\(note), \(owner): \(missing.map(\.pathDescription))")
        }
        let copy = managed.replacing(in: object)
        #expect(copy == object, note)
    }
}
