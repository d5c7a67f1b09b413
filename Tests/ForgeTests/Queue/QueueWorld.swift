import Forge
import TestSupport

/// A model of everything around a merge queue: the branch, the pull requests, the runs, and a process that can be
/// ended between any two steps.
struct QueueWorld {
    struct PullRequest {
        var head: String
        var lane: String
        var isHealthy: Bool
        var conflicts: Bool
        var phase = "Open"
    }

    struct Commit {
        var id: String
        var base: String
        var change: QueueState.Change
        var lane: String
    }

    struct Run {
        var commit: String
        var outcome: QueueState.Outcome?
        var isCanceled = false
    }

    static let origin = "origin"
    var generator: SeededGenerator
    var pullRequests: [String: PullRequest] = [:]
    var order: [String] = []
    /// The pull requests as the process's cache shows them, which can be old.
    var cache: [String: PullRequest] = [:]
    var branch: [Commit] = []
    var objects: [String: Commit] = [:]
    var runs: [String: Run] = [:]
    var tested: Set<String> = []
    var state = QueueState(head: origin)
    var written = QueueState(head: origin)
    var crashes = 0
    var faults: [String] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    var head: String { branch.last?.id ?? Self.origin }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    /// Takes an event in and writes the state down, unless the process ends before.
    mutating func tell(_ event: QueueEvent, crash percent: Int) {
        state.reduce(event)
        if chance(percent) {
            restart()
        } else {
            written = state
            check()
        }
    }

    mutating func restart() {
        crashes += 1
        state = written
    }

    mutating func push(_ number: Int) {
        let name = "pr-\(number)"
        let lanes = ["a", "b", "c", ""]
        let lane = lanes[Int.random(in: 0..<lanes.count, using: &generator)]
        pullRequests[name] = PullRequest(
            head: "\(name)@1", lane: lane, isHealthy: !chance(25), conflicts: chance(5))
        order.append(name)
    }

    /// The author pushes again, or takes the change back.
    mutating func disturb() {
        guard let name = order.randomElement(using: &generator), pullRequests[name]?.phase == "Open" else {
            return
        }
        if chance(30) {
            pullRequests[name]?.phase = "Closed"
        } else {
            let isHealthy = !chance(25)
            pullRequests[name]?.head += "+"
            pullRequests[name]?.isHealthy = isHealthy
        }
    }

    mutating func wanted() -> [QueueState.Entry] {
        if chance(60) { cache = pullRequests }
        return order.compactMap { name in
            guard let pull = cache[name], pull.phase == "Open" else { return nil }
            return QueueState.Entry(change: .init(name: name, head: pull.head), lane: pull.lane)
        }
    }

    mutating func finishRun(crash percent: Int) {
        guard
            let name = runs.filter({ $0.value.outcome == nil && !$0.value.isCanceled }).keys.sorted()
                .randomElement(using: &generator), let run = runs[name], let commit = objects[run.commit]
        else { return }
        let outcome: QueueState.Outcome = chance(5) ? .broken : isHealthy(commit.change) ? .passed : .failed
        runs[name]?.outcome = outcome
        if runs[name]?.outcome == .passed { tested.insert(commit.id) }
    }

    private func isHealthy(_ change: QueueState.Change) -> Bool {
        // A head that is gone was as healthy as its name says.
        pullRequests[change.name].map { $0.head == change.head ? $0.isHealthy : change.head.count % 2 == 0 }
            ?? false
    }
}

extension QueueWorld {
    /// Does one thing that the queue asks for; the process can end after it was done and before that is known.
    mutating func act(crash percent: Int) {
        guard state == written, let action = state.actions.randomElement(using: &generator) else { return }
        guard let event = perform(action) else { return }
        if chance(percent) {
            restart()
        } else {
            tell(event, crash: percent)
        }
    }

    private mutating func perform(_ action: QueueAction) -> QueueEvent? {
        switch action {
        case .build(let candidate): return build(candidate)
        case .test(let candidate):
            for run in candidate.runs where runs[run.name] == nil {
                runs[run.name] = Run(commit: candidate.commit ?? "")
            }
            let open = candidate.runs.filter { $0.outcome == nil }
            guard let run = open.first(where: { runs[$0.name]?.outcome != nil }),
                let outcome = runs[run.name]?.outcome
            else { return nil }
            return .finished(run.name, outcome, message: "")
        case .rebase(let candidate, let head): return rebase(candidate, onto: head)
        case .land(let candidate): return land(candidate)
        case .evict(let eviction):
            let name = eviction.change.name
            if pullRequests[name]?.head == eviction.change.head, pullRequests[name]?.phase == "Open" {
                pullRequests[name]?.phase = "Evicted"
            }
            let seen = cache[name]
            return seen?.phase == "Open" && seen?.head == eviction.change.head
                ? nil : .evicted(eviction.change)
        case .record(let landing):
            let name = landing.change.name
            pullRequests[name]?.phase = "Merged"
            return cache[name]?.phase == "Merged" ? .recorded(landing.change) : nil
        case .cancel(let cancellation):
            runs[cancellation.run]?.isCanceled = true
            return .canceled(cancellation.run)
        case .discard(let number): return .discarded(number)
        }
    }

    private mutating func build(_ candidate: QueueState.Candidate) -> QueueEvent {
        if let pull = pullRequests[candidate.change.name], pull.conflicts {
            return .unbuildable(candidate.number, reason: "Conflict", message: "")
        }
        let id = "c\(candidate.number)"
        objects[id] = Commit(id: id, base: candidate.base, change: candidate.change, lane: candidate.lane)
        return .built(
            candidate.number, commit: id,
            runs: [.init(name: "run-\(candidate.number)", service: candidate.lane)])
    }

    private mutating func rebase(_ candidate: QueueState.Candidate, onto head: String) -> QueueEvent {
        let base = candidate.testedBase ?? candidate.base
        let start = branch.firstIndex { $0.id == base }.map { $0 + 1 } ?? 0
        guard head == self.head else { return .head(self.head) }
        let between = branch[start...]
        if candidate.lane.isEmpty || between.contains(where: { $0.lane.isEmpty || $0.lane == candidate.lane })
        {
            return .outdated(candidate.number)
        }
        let tested = candidate.testedCommit ?? candidate.commit ?? ""
        let id = "\(tested)>\(head)"
        objects[id] = Commit(id: id, base: head, change: candidate.change, lane: candidate.lane)
        if self.tested.contains(tested) { self.tested.insert(id) }
        return .rebased(candidate.number, commit: id, base: head)
    }

    private mutating func land(_ candidate: QueueState.Candidate) -> QueueEvent {
        guard let id = candidate.commit, let commit = objects[id] else { return .head(head) }
        if branch.contains(where: { $0.id == id }) { return .landed(candidate.number) }
        guard head == candidate.base else { return .overtaken(candidate.number, head: head) }
        branch.append(commit)
        return .landed(candidate.number)
    }

    /// What must hold at every moment.
    mutating func check() {
        let lanes = state.candidates.map(\.lane)
        if Set(lanes).count != lanes.count { faults.append("two candidates in one lane: \(lanes)") }
        if lanes.contains(""), lanes.count > 1 {
            faults.append("a change of the whole repository was not alone")
        }
        var base = Self.origin
        for commit in branch {
            if commit.base != base { faults.append("\(commit.id) does not follow \(base)") }
            if !tested.contains(commit.id) { faults.append("\(commit.id) landed untested") }
            base = commit.id
        }
        let names = branch.map(\.change.name)
        if Set(names).count != names.count { faults.append("something landed twice: \(names)") }
    }

    /// Lets everything come to rest, without any more trouble.
    mutating func settle() {
        for _ in 0..<4_000 {
            cache = pullRequests
            let list = wanted()
            tell(.head(head), crash: 0)
            tell(.wanted(list), crash: 0)
            while !runs.filter({ $0.value.outcome == nil && !$0.value.isCanceled }).isEmpty {
                finishRun(crash: 0)
            }
            if state.actions.isEmpty, state.entries.isEmpty { return }
            act(crash: 0)
            cache = pullRequests
        }
        faults.append("the queue does not come to rest: \(state)")
    }
}
