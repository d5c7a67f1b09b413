import Judge
import KubeClient
import KubeModel
import Manifest

extension JudgeRecord {
    /// The bytes that a record may have, well below the 1 MiB of a ConfigMap.
    static let sizeLimit = 900 << 10
    /// The bytes to which a larger record is cut, so that not each of the next intervals cuts it again.
    private static let sizeAfterCut = 400 << 10

    // MARK: Reading

    /// The record of a name; nil where there is none.
    ///
    /// - Throws: `APIError`, `KubeClientError`, `ManifestError` where it is damaged.
    static func load(_ name: String, _ context: MeasurementContext) async throws -> JudgeRecord? {
        let object: Value
        do {
            object = try await context.client.get(.configMaps, name, namespace: context.namespace)
        } catch let error as APIError where error.isNotFound {
            return nil
        }
        func part<Part: Decodable>(_ field: String, _ type: Part.Type = Part.self) throws -> Part? {
            guard let text = object["data", field]?.stringValue else { return nil }
            return try ValueDecoder().decode(type, from: JSON.parse(Array(text.utf8)))
        }
        var record = JudgeRecord()
        record.metrics = try part("policy", Policy.self)?.metrics ?? []
        record.memory = try part("memory")
        record.earlier = try part("earlier") ?? []
        record.ticks = try part("ticks") ?? []
        record.ledger = try part("counters") ?? CounterLedger()
        return record
    }

    /// A record that goes on from all that one of an earlier run has seen; an empty one where that judged other metrics or
    /// is gone.
    ///
    /// - Throws: As ``load(_:_:)``.
    static func after(
        _ name: String, _ policy: Policy, _ context: MeasurementContext
    ) async throws -> JudgeRecord {
        var record = JudgeRecord()
        guard let before = try await load(name, context), before.metrics == policy.metrics else {
            return record
        }
        record.memory = before.memory?.ofLaterAsking
        record.earlier = before.earlier + before.ticks
        return record
    }

    // MARK: Writing

    /// Keeps the record: policy, intervals and verdict, which is what a replay needs, and the counters.
    ///
    /// - Throws: `APIError`, `KubeClientError`.
    mutating func save(_ name: String, _ policy: Policy, _ context: MeasurementContext) async throws {
        var object: Value = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
            "data": .object(try data(policy)),
        ]
        object.metadata.ownerReferences = [OwnerReference(controller: context.run)]
        try await context.client.apply(
            .configMaps, object, namespace: context.namespace, fieldManager: "slipway", force: true)
    }

    /// What is not in the record any more, for people; nil where all is.
    var note: String? {
        guard let memory else { return nil }
        return
            "the record would be larger than a ConfigMap may be: of the \(memory.count + memory.earlierCount) "
            + "oldest intervals it has only what they told"
    }

    /// The parts as they are kept, cut to what a ConfigMap may have.
    private mutating func data(_ policy: Policy) throws -> Object {
        var fields: Object = ["policy": try Self.text(policy), "counters": try Self.text(ledger)]
        if let verdict { fields["verdict"] = try Self.text(verdict) }
        var before = try earlier.map { try Self.text($0) }
        var present = try ticks.map { try Self.text($0) }
        let others = Self.size(fields) + (try memory.map { Self.size(try Self.text($0)) } ?? 0)
        let intervals = (before + present).map { Self.size($0) + 1 }
        if others + intervals.reduce(0, +) > Self.sizeLimit {
            // The newest interval always stays: from it the verdict is seen to follow.
            var excess = others + intervals.reduce(0, +) - Self.sizeAfterCut
            let count = intervals.dropLast().prefix { size in
                defer { excess -= size }
                return excess > 0
            }.count
            let fromEarlier = min(count, before.count)
            try forget(earlier: fromEarlier, present: count - fromEarlier, policy)
            before.removeFirst(fromEarlier)
            present.removeFirst(count - fromEarlier)
        }
        if let memory { fields["memory"] = try Self.text(memory) }
        if let note { fields["note"] = .string(note) }
        if !before.isEmpty { fields["earlier"] = Self.list(before) }
        fields["ticks"] = Self.list(present)
        return fields
    }

    /// Puts what the oldest intervals have told in their place.
    private mutating func forget(earlier before: Int, present: Int, _ policy: Policy) throws {
        var judge = try CanaryJudge(policy, after: Array(earlier.prefix(before)), remembering: memory)
        for tick in ticks.prefix(present) { judge.observe(tick) }
        memory = judge.memory
        earlier.removeFirst(before)
        ticks.removeFirst(present)
    }

    private static func text(_ value: some Encodable) throws -> Value {
        .string(JSON.string(try ValueEncoder().encode(value)))
    }

    private static func list(_ texts: [Value]) -> Value {
        .string("[" + texts.compactMap(\.stringValue).joined(separator: ",") + "]")
    }

    private static func size(_ text: Value) -> Int { text.stringValue?.utf8.count ?? 0 }

    private static func size(_ fields: Object) -> Int { fields.reduce(0) { $0 + size($1.value) } }
}
