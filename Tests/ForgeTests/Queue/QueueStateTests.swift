import Forge
import Testing

struct QueueStateTests {
    private func entry(_ name: String, _ lane: String) -> QueueState.Entry {
        QueueState.Entry(change: .init(name: name, head: "h-\(name)"), lane: lane)
    }

    private func run(_ number: Int) -> [QueueState.Run] { [.init(name: "run-\(number)", service: "")] }

    @Test func `lanes are tested side by side, a lane one by one`() {
        var state = QueueState(head: "m0")
        state.reduce(.wanted([entry("1", "a"), entry("2", "b"), entry("3", "a")]))
        #expect(state.candidates.map(\.change.name) == ["1", "2"])
        #expect(state.hindrances() == [.busy(lane: "a", with: "1")])
    }

    @Test func `a change of the whole repository waits for all lanes and holds back those behind it`() {
        var state = QueueState(head: "m0")
        state.reduce(.wanted([entry("1", "a"), entry("2", ""), entry("3", "b")]))
        #expect(state.candidates.map(\.change.name) == ["1"])
        #expect(state.hindrances() == [.lanesBusy(["1"]), .wholeRepository("2")])
        state.reduce(.built(1, commit: "c1", runs: run(1)))
        state.reduce(.finished("run-1", .passed, message: ""))
        #expect(state.actions == [.land(state.candidates[0])])
        state.reduce(.landed(1))
        #expect(state.candidates.map(\.change.name) == ["2"])
        #expect(state.candidates[0].base == "c1")
    }

    @Test func `a passed candidate whose branch moved is rebased, and tested again where it must`() {
        var state = QueueState(head: "m0")
        state.reduce(.wanted([entry("1", "a"), entry("2", "b")]))
        state.reduce(.built(1, commit: "c1", runs: run(1)))
        state.reduce(.built(2, commit: "c2", runs: run(2)))
        state.reduce(.finished("run-1", .passed, message: ""))
        state.reduce(.landed(1))
        state.reduce(.finished("run-2", .passed, message: ""))
        #expect(state.candidates[0].phase == .rebasing)
        var other = state
        state.reduce(.rebased(2, commit: "c2'", base: "c1"))
        #expect(state.candidates[0].phase == .landing && state.candidates[0].testedCommit == "c2")
        other.reduce(.outdated(2))
        #expect(other.candidates[0].phase == .building && other.candidates[0].number == 3)
        #expect(other.discards.contains(2))
    }

    @Test func `a failing change is turned away and the next one begins`() {
        var state = QueueState(head: "m0")
        state.reduce(.wanted([entry("1", "a"), entry("2", "a")]))
        state.reduce(.built(1, commit: "c1", runs: run(1)))
        state.reduce(.finished("run-1", .failed, message: "gate test failed"))
        #expect(state.evictions.map(\.message) == ["gate test failed"])
        #expect(state.candidates.map(\.change.name) == ["2"])
        state.reduce(.wanted([entry("1", "a"), entry("2", "a")]))
        #expect(state.entries.isEmpty)
    }

    @Test func `a broken run is tried again in place, a few times`() {
        var state = QueueState(head: "m0")
        state.reduce(.wanted([entry("1", "a"), entry("2", "a")]))
        for number in 1...3 {
            #expect(state.candidates.map(\.number) == [number])
            #expect(state.candidates[0].change.name == "1")
            state.reduce(.built(number, commit: "c\(number)", runs: run(number)))
            state.reduce(.finished("run-\(number)", .broken, message: "no space"))
        }
        #expect(state.evictions.map(\.reason) == ["PipelineError"])
        #expect(state.candidates.map(\.change.name) == ["2"])
    }

    @Test func `a change that is taken back leaves, unless it is landing`() {
        var state = QueueState(head: "m0")
        state.reduce(.wanted([entry("1", "a"), entry("2", "b")]))
        state.reduce(.built(1, commit: "c1", runs: run(1)))
        state.reduce(.built(2, commit: "c2", runs: run(2)))
        state.reduce(.finished("run-2", .passed, message: ""))
        state.reduce(.wanted([]))
        #expect(state.candidates.map(\.change.name) == ["2"])
        #expect(state.cancellations.map(\.run) == ["run-1"])
    }

    @Test func `a newer commit takes the place of what is being tested, and the run is told why it ends`() {
        var state = QueueState(head: "m0")
        state.reduce(.wanted([entry("1", "a")]))
        state.reduce(.built(1, commit: "c1", runs: run(1)))
        var newer = entry("1", "a")
        newer.change.head = "newer-head"
        state.reduce(.wanted([newer]))
        #expect(state.cancellations.map(\.run) == ["run-1"])
        #expect(state.cancellations.map(\.reason) == ["superseded: 1 stands at newer-head by now"])
        #expect(state.candidates.map(\.change) == [newer.change])
        state.reduce(.canceled("run-1"))
        #expect(state.cancellations.isEmpty)
    }

    @Test func `nothing begins while the branch is not what it should be`() {
        var state = QueueState(head: "m0")
        state.reduce(.frozen("commit x has no record"))
        state.reduce(.wanted([entry("1", "a")]))
        #expect(state.candidates.isEmpty && state.hindrances() == [.frozen("commit x has no record")])
        state.reduce(.frozen(nil))
        #expect(state.candidates.count == 1)
    }

    @Test func `what has passed does not land while the branch is not what it should be`() {
        var state = QueueState(head: "m0")
        state.reduce(.wanted([entry("1", "a")]))
        state.reduce(.built(1, commit: "c1", runs: run(1)))
        state.reduce(.frozen("commit x has no record"))
        state.reduce(.finished("run-1", .passed, message: ""))
        #expect(state.candidates.map(\.phase) == [.landing] && state.actions.isEmpty)
        state.reduce(.frozen(nil))
        #expect(state.actions == [.land(state.candidates[0])])
    }
}
