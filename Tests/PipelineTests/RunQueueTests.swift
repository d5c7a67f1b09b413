import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import Pipeline

struct RunQueueTests {
    private func run(_ name: String, second: Int, trust: String = "same-repo") -> Value {
        var run: Value = ["spec": ["trust": .string(trust)]]
        run.metadata.name = name
        run.metadata.creationTimestamp = Timestamp(seconds: Int64(second))
        return run
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "n", name: name) }

    @Test func `what ran before comes first, then candidates, then the oldest`() {
        var queue = RunQueue()
        queue.insert(key("old"), RunOrder(run("old", second: 1), isRunning: false))
        queue.insert(key("new"), RunOrder(run("new", second: 9), isRunning: false))
        queue.insert(key("queued"), RunOrder(run("queued", second: 8, trust: "candidate"), isRunning: false))
        queue.insert(key("cell"), RunOrder(run("cell", second: 9), isRunning: true))
        queue.insert(key("cell"), RunOrder(run("cell", second: 9), isRunning: false))
        #expect(queue.count == 4)
        #expect(queue.takeFirst(besides: [key("cell")]) == key("queued"))
        #expect(queue.takeFirst(besides: []) == key("cell"))
        queue.remove(key("old"))
        #expect(queue.takeFirst(besides: []) == key("new"))
        #expect(queue.takeFirst(besides: []) == nil)
    }

    @Test func `any number of runs come out sorted, whoever leaves meanwhile`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var queue = RunQueue()
        var expected: [(second: Int, name: String)] = []
        for number in 0..<500 {
            let second = Int.random(in: 0..<50, using: &random)
            let name = "run-\(number)"
            queue.insert(key(name), RunOrder(run(name, second: second), isRunning: false))
            expected.append((second, name))
            if Int.random(in: 0..<3, using: &random) == 0 {
                let gone = expected.remove(at: Int.random(in: expected.indices, using: &random))
                queue.remove(key(gone.name))
            }
        }
        expected.sort { ($0.second, $0.name) < ($1.second, $1.name) }
        var taken: [String] = []
        while let next = queue.takeFirst(besides: []) { taken.append(next.name) }
        #expect(taken == expected.map(\.name))
    }
}
