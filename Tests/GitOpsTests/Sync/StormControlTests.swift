import GitOps
import KubeModel
import TestSupport
import Testing

@Suite struct StormControlTests {
    private let now = Timestamp(seconds: 1000)

    private static func storm(_ count: Int) -> (StormControl, [String]) {
        var control = StormControl()
        let names = (0..<count).map { "app\($0)" }
        control.begin(
            repository: "r", applications: Dictionary(uniqueKeysWithValues: names.map { ($0, "c1") }))
        return (control, names)
    }

    private func admitted(_ control: inout StormControl, _ names: [String], commit: String = "c1") -> [String]
    {
        names.filter { control.admit($0, commit: commit, workloads: 1, at: now) == .admitted }
    }

    @Test func `few applications go at once`() {
        let (fresh, names) = Self.storm(5)
        var control = fresh
        #expect(admitted(&control, names).count == 5)
    }

    @Test func `many go in stages: one, a tenth, the rest`() {
        let (fresh, names) = Self.storm(50)
        var control = fresh
        var gone: Set<String> = []
        var sizes: [Int] = []
        while gone.count < names.count {
            let next = admitted(&control, names.filter { !gone.contains($0) })
            sizes.append(next.count)
            guard !next.isEmpty else { break }
            #expect(admitted(&control, names.filter { !gone.contains($0) && !next.contains($0) }).isEmpty)
            for name in next { _ = control.ended(name, commit: "c1", isHealthy: true) }
            gone.formUnion(next)
        }
        #expect(sizes == [1, 4, 45])
    }

    @Test func `one that breaks keeps the others back until a newer commit`() {
        let (fresh, names) = Self.storm(50)
        var control = fresh
        let first = admitted(&control, names)
        #expect(first.count == 1)
        _ = control.ended(first[0], commit: "c1", isHealthy: false)
        #expect(admitted(&control, names.filter { $0 != first[0] }).isEmpty)
        control.begin(
            repository: "r", applications: Dictionary(uniqueKeysWithValues: names.map { ($0, "c2") }))
        #expect(admitted(&control, names, commit: "c1").isEmpty)
        #expect(admitted(&control, names, commit: "c2").count == 1)
    }

    @Test func `a verdict about another commit does not end a stage`() {
        let (fresh, names) = Self.storm(50)
        var control = fresh
        let first = admitted(&control, names)
        _ = control.ended(first[0], commit: "c0", isHealthy: true)
        #expect(admitted(&control, names.filter { $0 != first[0] }).isEmpty)
    }

    @Test func `no more workloads roll at once than the limit, and who waits is told when one ends`() {
        var settings = StormControl.Settings()
        settings.rollingLimit = 10
        var control = StormControl(settings: settings)
        #expect(control.admit("a", commit: "", workloads: 8, at: now) == .admitted)
        guard case .held = control.admit("b", commit: "", workloads: 3, at: now) else {
            Issue.record("eleven workloads roll")
            return
        }
        #expect(control.ended("a", commit: "", isHealthy: true) == ["b"])
        // One application alone may roll more than the limit, or it never could.
        #expect(control.admit("b", commit: "", workloads: 30, at: now) == .admitted)
    }

    @Test func `while pods wait for capacity nothing begins, for pauses that grow`() {
        var control = StormControl()
        control.observed(podsPending: true, at: now)
        guard case .heldUntil(let first, _) = control.admit("a", commit: "", workloads: 1, at: now) else {
            Issue.record("begun although pods wait")
            return
        }
        #expect(first.duration(since: now) == .seconds(5))
        control.observed(podsPending: true, at: first)
        guard case .heldUntil(let second, _) = control.admit("a", commit: "", workloads: 1, at: first) else {
            Issue.record("begun although pods wait")
            return
        }
        #expect(second.duration(since: first) == .seconds(10))
        control.observed(podsPending: false, at: second)
        #expect(control.admit("a", commit: "", workloads: 1, at: second) == .admitted)
    }

    @Test(arguments: [UInt64(11), 12, 13])
    func `a storm in which all is well comes to its end in any order`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<200 {
            let count = Int.random(in: 6...60, using: &generator)
            let (fresh, names) = Self.storm(count)
            var control = fresh
            var running: [String] = []
            var waiting = names
            var steps = 0
            while !waiting.isEmpty || !running.isEmpty {
                steps += 1
                guard steps < 5000 else {
                    Issue.record("seed \(seed), round \(round): \(waiting.count) wait for ever")
                    return
                }
                if Int.random(in: 0..<10, using: &generator) == 0,
                    let name = waiting.randomElement(using: &generator)
                {
                    // It was right already and needs no sync.
                    waiting.removeAll { $0 == name }
                    _ = control.ended(name, commit: "c1", isHealthy: true)
                } else if Bool.random(using: &generator), let name = waiting.randomElement(using: &generator)
                {
                    if control.admit(name, commit: "c1", workloads: 1, at: now) == .admitted {
                        waiting.removeAll { $0 == name }
                        running.append(name)
                    }
                } else if let name = running.randomElement(using: &generator) {
                    running.removeAll { $0 == name }
                    _ = control.ended(name, commit: "c1", isHealthy: true)
                }
            }
        }
    }
}
