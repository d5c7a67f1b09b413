import TestSupport
import Testing

@testable import KubeClient

@Suite struct ObjectTableTests {
    private func object(_ key: ObjectKey, uid: String, version: Int) -> CachedObject {
        CachedObject(
            key: key, uid: uid, resourceVersion: "\(version)", generation: 1,
            content: .json([UInt8(version % 256)]))
    }

    @Test func `random stores and removals agree with a dictionary`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var table = ObjectTable()
        var model: [ObjectKey: (version: Int, uid: String)] = [:]
        for step in 0..<20_000 {
            let key = ObjectKey(
                namespace: "n\(Int.random(in: 0..<5, using: &random))",
                name: "object-with-a-name-\(Int.random(in: 0..<300, using: &random))")
            if Int.random(in: 0..<3, using: &random) < 2 {
                let uid = step.isMultiple(of: 2) ? "1b4e28ba-2fa1-11d2-883f-0016d3cca427" : "no-uuid-\(step)"
                let (slot, old) = table.store(object(key, uid: uid, version: step), epoch: 0)
                #expect(old?.resourceVersion == model[key].map { "\($0.version)" }, "seed \(seed)")
                #expect(table.slot(of: key) == slot, "seed \(seed)")
                model[key] = (step, uid)
            } else {
                let removed = table.slot(of: key).flatMap { table.remove($0) }
                #expect(removed?.uid == model.removeValue(forKey: key)?.uid, "seed \(seed)")
            }
            #expect(table.count == model.count, "seed \(seed)")
        }
        for (key, entry) in model {
            let found = table.slot(of: key).flatMap { table.object(in: $0) }
            #expect(found?.key == key && found?.uid == entry.uid, "seed \(seed)")
        }
        #expect(table.slots.count == model.count)
    }
}
