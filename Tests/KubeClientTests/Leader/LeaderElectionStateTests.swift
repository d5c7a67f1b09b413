import KubeClient
import KubeModel
import TestSupport
import Testing

@Suite struct LeaderElectionStateTests {
    private let date = Timestamp(seconds: 1_767_225_600)
    private static let settings = LeaderElectionState.Settings()

    private func candidate(_ identity: String) -> LeaderElectionState {
        LeaderElectionState(identity: identity, settings: Self.settings)
    }

    private func record(_ holder: String, renewed: Int64 = 0, transitions: Int64 = 0) -> LeaseRecord {
        LeaseRecord(
            holder: holder, duration: Self.settings.leaseDuration, acquiredAt: date,
            renewedAt: Timestamp(seconds: date.seconds + renewed), transitions: transitions)
    }

    @Test func `the first candidate creates the lease and leads`() {
        var state = candidate("a")
        #expect(state.step(now: .zero, date: date, random: 0) == .read)
        state.saw(nil, now: .zero)
        #expect(state.step(now: .zero, date: date, random: 0) == .write(record("a")))
        state.wrote(record("a"), began: .zero, now: .milliseconds(20))
        #expect(state.isLeader(now: .seconds(9)))
        #expect(!state.isLeader(now: .seconds(10)))
        #expect(
            state.step(now: .milliseconds(20), date: date, random: 0) == .wait(until: .milliseconds(2020)))
    }

    @Test func `a renewal keeps when the lead began`() {
        var state = candidate("a")
        state.saw(record("a", transitions: 3), now: .zero)
        state.wrote(record("a", transitions: 3), began: .zero, now: .zero)
        let later = Timestamp(seconds: date.seconds + 2)
        #expect(
            state.step(now: .seconds(2), date: later, random: 0)
                == .write(record("a", renewed: 2, transitions: 3)))
    }

    @Test func `another's lease is respected for as long as it lasts by the own clock`() {
        var state = candidate("b")
        state.saw(record("a"), now: .seconds(100))
        #expect(
            state.step(now: .seconds(100), date: date, random: 0) == .wait(until: .seconds(102)))
        #expect(state.step(now: .seconds(103), date: date, random: 0) == .read)
        // A renewal was seen: the time begins anew.
        state.saw(record("a", renewed: 2), now: .seconds(103))
        #expect(state.step(now: .seconds(117), date: date, random: 0) != .write(record("b", transitions: 1)))
        _ = state.step(now: .seconds(120), date: date, random: 0)
        state.saw(record("a", renewed: 2), now: .seconds(120))
        #expect(state.step(now: .seconds(120), date: date, random: 0) == .write(record("b", transitions: 1)))
    }

    @Test func `a leader that cannot renew steps down at its deadline`() {
        var state = candidate("a")
        state.wrote(record("a"), began: .zero, now: .zero)
        state.failed(now: .seconds(2), random: 0)
        #expect(state.step(now: .seconds(2), date: date, random: 0) == .wait(until: .seconds(4)))
        state.failed(now: .milliseconds(9500), random: 0)
        #expect(state.step(now: .milliseconds(9500), date: date, random: 0) == .wait(until: .seconds(10)))
        #expect(state.step(now: .seconds(10), date: date, random: 0) == .stepDown)
        #expect(!state.isLeader(now: .seconds(9)))
    }

    @Test func `a leader that sees another one's lease steps down at once`() {
        var state = candidate("a")
        state.wrote(record("a"), began: .zero, now: .zero)
        state.failed(now: .seconds(2), random: 0)
        #expect(state.step(now: .seconds(4), date: date, random: 0) == .read)
        state.saw(record("b"), now: .seconds(4))
        #expect(state.step(now: .seconds(4), date: date, random: 0) == .stepDown)
    }

    @Test func `a lease that was given back is taken at once`() {
        var leader = candidate("a")
        leader.wrote(record("a", transitions: 2), began: .zero, now: .zero)
        let released = leader.release(date: date)
        #expect(released?.holder == "")
        #expect(!leader.isLeader(now: .zero))
        var other = candidate("b")
        other.saw(released, now: .zero)
        #expect(other.step(now: .zero, date: date, random: 0) == .write(record("b", transitions: 3)))
        #expect(other.release(date: date) == nil)
    }
}

/// Candidates whose clocks run at different speeds over a server that is slow, deaf or mute at times.
private struct Simulation {
    struct Request {
        let step: LeaderElectionState.Step
        let began: Duration
        let appliesAt: Double
        let answersAt: Double
        let isLost: Bool
        var outcome: Outcome?
    }

    enum Outcome {
        case read(LeaseRecord?, Int)
        case written(LeaseRecord, Int)
        case conflict
    }

    struct Candidate {
        var state: LeaderElectionState
        let rate: Double
        let offset: Double
        var request: Request?
        var version = -1
        var cutOffUntil = 0.0

        func localTime(_ time: Double) -> Duration { .seconds(time * rate + offset) }
    }

    var random: SeededGenerator
    var candidates: [Candidate]
    var lease: LeaseRecord?
    var version = 0
    var time = 0.0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var generator = random
        candidates = (0..<3).map { number in
            Candidate(
                state: LeaderElectionState(identity: "c\(number)"),
                rate: Double.random(in: 0.85...1.15, using: &generator),
                offset: Double.random(in: 0...1000, using: &generator))
        }
        random = generator
    }

    mutating func advance(by seconds: Double, faults: Bool) {
        time += seconds
        for number in candidates.indices {
            if faults, Int.random(in: 0..<3000, using: &random) == 0 {
                candidates[number].cutOffUntil = time + Double.random(in: 1...60, using: &random)
            }
            run(number)
        }
    }

    var leaders: [Int] {
        candidates.indices.filter { candidates[$0].state.isLeader(now: candidates[$0].localTime(time)) }
    }

    private mutating func run(_ number: Int) {
        if var request = candidates[number].request {
            if request.outcome == nil, time >= request.appliesAt, !request.isLost {
                request.outcome = apply(request.step, candidates[number].version)
            }
            candidates[number].request = request
            guard time >= request.answersAt else { return }
            candidates[number].request = nil
            finish(request, number)
            return
        }
        let now = candidates[number].localTime(time)
        let draw = Double.random(in: 0..<1, using: &random)
        let date = Timestamp(seconds: 1_767_225_600).advanced(by: now)
        let step = candidates[number].state.step(now: now, date: date, random: draw)
        switch step {
        case .read, .write:
            let latency = Double.random(
                in: 0...(Int.random(in: 0..<10, using: &random) == 0 ? 4 : 0.2), using: &random)
            let isCutOff = time < candidates[number].cutOffUntil
            // What a cut off candidate sends may arrive, but it learns nothing of it.
            candidates[number].request = Request(
                step: step, began: now, appliesAt: time + latency / 2,
                answersAt: time + (isCutOff ? 3 : latency),
                isLost: isCutOff && Bool.random(using: &random))
        case .wait, .stepDown: break
        }
    }

    private mutating func apply(_ step: LeaderElectionState.Step, _ known: Int) -> Outcome {
        guard case .write(let record) = step else { return .read(lease, version) }
        guard known == version else { return .conflict }
        lease = record
        version += 1
        return .written(record, version)
    }

    private mutating func finish(_ request: Request, _ number: Int) {
        let now = candidates[number].localTime(time)
        let isCutOff = time < candidates[number].cutOffUntil
        switch isCutOff ? nil : request.outcome {
        case .read(let record, let version)?:
            candidates[number].version = version
            candidates[number].state.saw(record, now: now)
        case .written(let record, let version)?:
            candidates[number].version = version
            candidates[number].state.wrote(record, began: request.began, now: now)
        case .conflict?, nil:
            candidates[number].state.failed(now: now, random: Double.random(in: 0..<1, using: &random))
        }
    }
}

@Suite struct LeaderElectionScheduleTests {
    @Test(arguments: 0..<6)
    func `two candidates never lead at once and one takes over when another fails`(round: UInt64) {
        let seed = UInt64.random(in: 0...UInt64.max) &+ round
        var simulation = Simulation(seed: seed)
        for _ in 0..<25_000 {
            simulation.advance(by: 0.02, faults: true)
            let leaders = simulation.leaders
            #expect(leaders.count <= 1, "seed \(seed), time \(simulation.time): \(leaders) lead at once")
        }
        // Without faults, somebody leads before long, and another one when that one is cut off for good.
        for _ in 0..<5_000 { simulation.advance(by: 0.02, faults: false) }
        let leader = simulation.leaders.first
        #expect(leader != nil, "seed \(seed): nobody leads in the end")
        if let leader { simulation.candidates[leader].cutOffUntil = .infinity }
        for _ in 0..<3_000 {
            simulation.advance(by: 0.02, faults: false)
            #expect(simulation.leaders.count <= 1, "seed \(seed), time \(simulation.time)")
        }
        #expect(simulation.leaders.first.map { $0 != leader } == true, "seed \(seed): nobody took over")
    }
}
