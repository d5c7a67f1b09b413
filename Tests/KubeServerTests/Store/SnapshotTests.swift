import TestSupport
import Testing

@testable import KubeServer

@Suite struct SnapshotTests {
    private func object(_ path: String, _ revision: UInt64) throws -> StoredObject {
        StoredObject(try .counter(path, Int(revision)), path: path, revision: revision)
    }

    @Test func `sorted objects hold what a dictionary holds, in order`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("sorted objects seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        var objects = SortedObjects()
        var expected: [String: UInt64] = [:]
        var snapshot = objects
        var snapshotPaths: [String] = []
        for step in 1...4_000 {
            let path =
                "ns\(Int.random(in: 0..<3, using: &random))/o\(Int.random(in: 0..<600, using: &random))"
            if Int.random(in: 0..<3, using: &random) == 0 {
                objects.remove(path)
                expected[path] = nil
            } else {
                objects.insert(try object(path, UInt64(step)))
                expected[path] = UInt64(step)
            }
            if step.isMultiple(of: 500) {
                #expect(snapshot.map(\.path) == snapshotPaths, "a snapshot changed")
                #expect(objects.map(\.path) == expected.keys.sorted())
                #expect(objects.allSatisfy { expected[$0.path] == $0.revision })
                #expect(objects.count == expected.count)
                snapshot = objects
                snapshotPaths = expected.keys.sorted()
                let start = "ns1/o\(Int.random(in: 0..<600, using: &random))"
                var rest: [String] = []
                var iterator = objects.makeIterator(from: start)
                while let next = iterator.next() { rest.append(next.path) }
                #expect(rest == snapshotPaths.filter { $0 >= start })
            }
        }
    }

    @Test func `past states are found by undoing the history`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("past states seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        let store = try Store(.memory, history: HistoryLimits(events: 100))
        var states: [UInt64: [String: UInt64]] = [:]
        var state: [String: UInt64] = [:]
        for _ in 0..<300 {
            let name = "o\(Int.random(in: 0..<20, using: &random))"
            let key = ObjectKey(resource: "configmaps", namespace: "ns", name: name)
            let removes = Int.random(in: 0..<3, using: &random) == 0
            let (written, _) = try await store.write(key) { current in
                removes
                    ? (current == nil ? .none : .delete(try .counter(name, 0)), ())
                    : (.put(try .counter(name, 1)), ())
            }
            state[key.path] = written?.revision
            states[store.revision] = state
        }
        var found = 0
        for (revision, expected) in states {
            guard let snapshot = store.snapshot(of: "configmaps", at: revision) else { continue }
            found += 1
            let paths = Dictionary(uniqueKeysWithValues: snapshot.objects.map { ($0.path, $0.revision) })
            #expect(paths == expected)
        }
        #expect(found > 60 && found < 150, "\(found) states are known")
        try store.close()
    }

    @Test func `an object keeps its parts in place when its revision grows a digit`() throws {
        let short = try object("ns/a", 9)
        let long = short.bearing(revision: 1_000_000)
        let labelled = try #require(ObjectDraft(bytes: long.bytes))
        #expect(labelled.layout == long.layout)
        #expect(String(decoding: long.bodyBytes.prefix(11), as: UTF8.self) == "\"metadata\":")
    }
}
