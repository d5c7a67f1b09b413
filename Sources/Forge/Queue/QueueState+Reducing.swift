extension QueueState {
    /// How often a change is tested again when something else than it is to blame.
    static let maximumRetries = 2

    /// Takes an event in. Events about what is no longer there change nothing.
    public mutating func reduce(_ event: QueueEvent) {
        switch event {
        case .head(let commit): move(to: commit)
        case .wanted(let wanted): take(wanted)
        case .frozen(let reason): freeze = reason
        case .built(let number, let commit, let runs):
            change(number, in: .building) { candidate in
                candidate.commit = commit
                candidate.runs = runs
                candidate.phase = .testing
            }
            // What needs no run has passed.
            advance(number)
        case .unbuildable(let number, let reason, let message):
            evict(number, reason, message)
        case .finished(let run, let outcome, let message): finish(run, outcome, message)
        case .rebased(let number, let commit, let base):
            change(number, in: .rebasing) { candidate in
                if candidate.testedCommit == nil {
                    candidate.testedCommit = candidate.commit
                    candidate.testedBase = candidate.base
                }
                candidate.commit = commit
                candidate.base = base
                candidate.phase = .landing
            }
        case .outdated(let number):
            let phases: [Candidate.Phase] = [.rebasing, .landing]
            guard candidates.contains(where: { $0.number == number && phases.contains($0.phase) }) else {
                break
            }
            restart(number, isRetry: false)
        case .landed(let number): land(number)
        case .misplaced(let number, let lane):
            guard let candidate = candidates.first(where: { $0.number == number }) else { break }
            drop(number, "\(candidate.change.name) belongs to another lane than was thought")
            entries.insert(Entry(change: candidate.change, lane: lane), at: 0)
        case .overtaken(let number, let commit):
            move(to: commit)
            change(number, in: .landing) { $0.phase = .rebasing }
        case .evicted(let change): evictions.removeAll { $0.change == change }
        case .recorded(let change): landings.removeAll { $0.change == change }
        case .canceled(let run): cancellations.removeAll { $0.run == run }
        case .discarded(let number): discards.removeAll { $0 == number }
        }
        start()
    }

    private mutating func take(_ wanted: [Entry]) {
        let changes = Set(wanted.map(\.change))
        entries.removeAll { !changes.contains($0.change) }
        for candidate in candidates where !changes.contains(candidate.change) {
            // A landing cannot be called back: the branch may have moved already.
            guard candidate.phase != .landing else { continue }
            let newer = wanted.first { $0.change.name == candidate.change.name }?.change.head
            drop(candidate.number, Self.reason(candidate.change, newer: newer))
        }
        let known = Set(
            entries.map(\.change) + candidates.map(\.change) + evictions.map(\.change)
                + landings.map(\.change))
        for entry in wanted where !known.contains(entry.change) {
            // An older commit of the same pull request that is just landing comes first.
            let isBusy =
                candidates.contains { $0.change.name == entry.change.name }
                || landings.contains { $0.change.name == entry.change.name }
            if !isBusy, !entries.contains(where: { $0.change == entry.change }) { entries.append(entry) }
        }
    }

    private mutating func finish(_ run: String, _ outcome: Outcome, _ message: String) {
        guard let place = candidates.firstIndex(where: { $0.runs.contains { $0.name == run } }),
            candidates[place].phase == .testing,
            let index = candidates[place].runs.firstIndex(where: { $0.name == run })
        else { return }
        candidates[place].runs[index].outcome = outcome
        let candidate = candidates[place]
        switch outcome {
        case .passed: advance(candidate.number)
        case .failed: evict(candidate.number, "PipelineFailed", message)
        case .broken:
            if candidate.retries < Self.maximumRetries {
                restart(candidate.number, isRetry: true)
            } else {
                evict(candidate.number, "PipelineError", message)
            }
        }
    }

    /// A candidate whose runs have all passed goes on.
    private mutating func advance(_ number: Int) {
        let head = head
        change(number, in: .testing) { candidate in
            guard candidate.runs.allSatisfy({ $0.outcome == .passed }) else { return }
            candidate.phase = candidate.base == head ? .landing : .rebasing
        }
    }

    private mutating func land(_ number: Int) {
        guard let candidate = candidates.first(where: { $0.number == number }), let commit = candidate.commit
        else { return }
        move(to: commit)
        landings.append(Landing(change: candidate.change, commit: commit))
        remove(number)
    }

    /// What is still to be built is built on the newest commit.
    private mutating func move(to commit: String) {
        head = commit
        for place in candidates.indices where candidates[place].phase == .building {
            candidates[place].base = commit
        }
    }

    private mutating func evict(_ number: Int, _ reason: String, _ message: String) {
        guard let candidate = candidates.first(where: { $0.number == number }) else { return }
        evictions.append(Eviction(change: candidate.change, reason: reason, message: message))
        drop(number, "\(candidate.change.name) was turned away: \(message)")
    }

    /// Tests a change anew on the present head, before those that wait.
    private mutating func restart(_ number: Int, isRetry: Bool) {
        guard let candidate = candidates.first(where: { $0.number == number }) else { return }
        drop(number, "\(candidate.change.name) is tested again on \(head.prefix(10))")
        count += 1
        candidates.append(
            Candidate(
                number: count, change: candidate.change, lane: candidate.lane, base: head, runs: [],
                phase: .building, retries: candidate.retries + (isRetry ? 1 : 0)))
    }

    /// Gives a candidate up, with its runs.
    private mutating func drop(_ number: Int, _ reason: String) {
        guard let candidate = candidates.first(where: { $0.number == number }) else { return }
        cancellations += candidate.runs.filter { $0.outcome == nil }.map {
            Cancellation(run: $0.name, reason: String(reason.prefix(500)))
        }
        remove(number)
    }

    /// Why a change that is being tested is not wanted any more.
    private static func reason(_ change: Change, newer head: String?) -> String {
        guard let head else {
            return "\(change.name) does not stand at \(change.head.prefix(10)) any more, or left the queue"
        }
        return "superseded: \(change.name) stands at \(head.prefix(10)) by now"
    }

    private mutating func remove(_ number: Int) {
        candidates.removeAll { $0.number == number }
        discards.append(number)
    }

    private mutating func change(
        _ number: Int, in phase: Candidate.Phase, _ body: (inout Candidate) -> Void
    ) {
        guard let place = candidates.firstIndex(where: { $0.number == number && $0.phase == phase }) else {
            return
        }
        body(&candidates[place])
    }

    /// Begins with every entry that nothing stands in the way of.
    private mutating func start() {
        for (entry, hindrance) in zip(entries, hindrances()) where hindrance == nil {
            count += 1
            candidates.append(
                Candidate(
                    number: count, change: entry.change, lane: entry.lane, base: head, runs: [],
                    phase: .building,
                    retries: 0))
            entries.removeAll { $0 == entry }
        }
    }
}
