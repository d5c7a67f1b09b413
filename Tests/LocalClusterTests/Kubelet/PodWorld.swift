import KubeModel
import Manifest
import TestSupport

@testable import LocalCluster

/// What surrounds a pod's machine, made up by chance: a kubelet's engine, registry and users, and the rules that
/// nobody may break.
struct PodWorld {
    enum Run: Equatable { case running, exited(ContainerEnd) }

    var random: SeededGenerator
    var machine: PodMachine
    var plan: PodPlan
    let settings: PodMachine.Settings
    var now = PodMachine.Moment(elapsed: .seconds(1000), date: Timestamp(seconds: 1_767_225_600))
    /// What is under way, each with the moment it comes to something.
    var pending: [(at: Duration, event: PodEvent)] = []
    var runs: [ContainerID: Run] = [:]
    /// When the runs of a container began and how they ended, by container.
    var starts: [String: [Duration]] = [:]
    var isPrepared = false
    var isRemoved = false
    var isReleased = false
    var isDeleted = false
    var isGone = false
    var status: Value?
    var faults: [String] = []
    var stopped: Set<ContainerID> = []
    var handled = 0

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        plan = PodPlan.random(using: &random)
        var settings = PodMachine.Settings()
        settings.restarts.base = .seconds(10)
        self.settings = settings
        machine = PodMachine(plan, settings: settings, at: now)
        self.random = random
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func delay(_ seconds: ClosedRange<Int> = 0...3) -> Duration {
        .milliseconds(Int.random(in: seconds.lowerBound * 1000...seconds.upperBound * 1000, using: &random))
    }

    private mutating func fault(_ text: String) { faults.append(text) }

    // MARK: Time

    /// Lives through a number of happenings, then deletes the pod and waits for its end.
    mutating func live(steps: Int) {
        send(.clock)
        for _ in 0..<steps where !machine.isOver {
            disturb()
            if !step() { break }
            if chance(10) { look() }
        }
        if !isDeleted { delete() }
        for _ in 0..<400 where !machine.isOver {
            if !step() { break }
        }
        look()
        if !machine.isOver { fault("the pod never ends: \(machine.sandbox) \(machine.containers)") }
        if runs.values.contains(.running) { fault("containers run on after the end") }
        if isPrepared, !isRemoved { fault("the sandbox is left behind") }
        if !isGone, !isReleased { fault("the object is left behind") }
    }

    /// Lets the next thing happen; false where nothing ever will.
    private mutating func step() -> Bool {
        let next = pending.indices.min { pending[$0].at < pending[$1].at }
        let alarm = machine.nextDeadline
        if let next, alarm.map({ pending[next].at <= $0 }) ?? true {
            let item = pending.remove(at: next)
            move(to: item.at)
            if case .exited(let name, let attempt, let end) = item.event {
                let id = ContainerID(pod: plan.uid, name: name, attempt: attempt)
                // It ends once, and nobody is told of it twice.
                guard runs[id] == .running else { return true }
                runs[id] = .exited(end)
            }
            send(item.event)
        } else if let alarm {
            move(to: alarm)
            send(.clock)
        } else {
            return false
        }
        return true
    }

    private mutating func move(to moment: Duration) {
        let step = max(moment - now.elapsed, .zero)
        now.elapsed += step
        now.date = now.date.advanced(by: step)
    }

    /// What users and the outside do.
    private mutating func disturb() {
        if !isDeleted, chance(2) { delete() }
        if !isDeleted, chance(3) {
            var plan = plan
            plan.containers.append(ContainerPlan(name: "debug\(plan.containers.count)", role: .ephemeral))
            self.plan = plan
            send(.changed(plan))
        }
        if isDeleted, !isGone, chance(3) {
            if let grace = plan.deletionGracePeriod, grace > .zero {
                plan.deletionGracePeriod = .seconds(Int.random(in: 0...1, using: &random))
                send(.changed(plan))
            }
        }
        if !isGone, chance(1) {
            isGone = true
            isDeleted = true
            send(.vanished)
        }
        if chance(2) { restart() }
        if chance(2) { send(.referencesChanged) }
    }

    private mutating func delete() {
        isDeleted = true
        plan.deletionGracePeriod = .seconds(Int.random(in: 0...30, using: &random))
        send(.changed(plan))
    }

    // MARK: Restarts of the program

    /// The program is killed and another takes over: it knows the status that was written and what runs.
    private mutating func restart() {
        guard !isGone else { return }
        look()
        pending = []
        var containers: [ContainerID: ContainerState] = [:]
        for (id, run) in runs {
            switch run {
            case .running:
                containers[id] = .running(ContainerRun(processID: 1, startedAt: now.date))
                plan(exit: id)
            case .exited(let end):
                containers[id] = .exited(
                    ContainerExit(code: end.code, startedAt: end.startedAt, finishedAt: end.finishedAt))
            }
        }
        stopped = []
        let recovered = RecoveredPod(
            spec: PodSandboxSpec(uid: plan.uid, namespace: "d", name: "p"), status: isPrepared ? .test : nil,
            containers: containers)
        let hasRecord = isPrepared || !runs.isEmpty
        machine = PodMachine(
            plan, status: status ?? .emptyObject, recovered: hasRecord ? recovered : nil, settings: settings,
            at: now)
        send(.clock)
    }

    // MARK: Events and actions

    mutating func send(_ event: PodEvent) {
        handled += 1
        for action in machine.handle(event, at: now) { perform(action) }
        if let next = machine.nextDeadline, next <= now.elapsed { fault("an alarm in the past") }
    }

    private mutating func later(_ event: PodEvent, _ seconds: ClosedRange<Int> = 0...3) {
        pending.append((now.elapsed + delay(seconds), event))
    }

    private mutating func perform(_ action: PodAction) {
        if isReleased { fault("something is done after the release: \(action)") }
        switch action {
        case .prepare:
            if isDeleted { fault("a deleted pod is prepared") }
            if chance(15) {
                later(.preparationFailed(PodFailure(reason: "FailedMount", message: "no")))
            } else {
                isPrepared = true
                isRemoved = false
                later(.prepared(.test))
            }
        case .fetchImage(let name): fetch(name)
        case .start(let name, let attempt): start(name, attempt)
        case .runPostStart(let name, let attempt):
            later(.postStartEnded(name, attempt: attempt, failure: chance(15) ? "no" : nil))
        case .probe(let name, let attempt, let kind):
            later(
                .probed(name, attempt: attempt, kind, ProbeOutcome(isSuccess: chance(65), message: "no")),
                0...1)
        case .stop(let name, let attempt, let grace, _):
            stop(ContainerID(pod: plan.uid, name: name, attempt: attempt), grace)
        case .forget(let name, let attempt):
            let id = ContainerID(pod: plan.uid, name: name, attempt: attempt)
            if runs[id] == .running { fault("a running container is forgotten") }
            runs[id] = nil
        case .disconnect:
            if runs.values.contains(.running) { fault("a pod with running containers is disconnected") }
            isPrepared = false
            isRemoved = true
            later(.disconnected)
        case .remove:
            if runs.values.contains(.running) { fault("a pod with running containers is removed") }
            if chance(20) {
                later(.removalFailed("busy"))
            } else {
                isPrepared = false
                isRemoved = true
                runs = [:]
                later(.removed)
            }
        case .release:
            if isPrepared || !runs.isEmpty { fault("released before it was removed") }
            isReleased = true
        case .note: break
        }
    }

    private mutating func fetch(_ name: String) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: later(.imageFailed(name, ImageFailure(reason: "ErrImagePull", message: "no")))
        case 1: later(.imageFailed(name, ImageFailure(reason: "ErrImageNeverPull", message: "no")))
        default: later(.imageReady(name, ContainerImage(name: "host", id: "host", message: "here")))
        }
    }

    private mutating func start(_ name: String, _ attempt: Int) {
        check(start: name, attempt)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: later(.startFailed(name, attempt: attempt, StartFailure(kind: .configuration, message: "no")))
        case 1: later(.startFailed(name, attempt: attempt, StartFailure(kind: .creation, message: "no")))
        case 2: later(.startFailed(name, attempt: attempt, StartFailure(kind: .execution, message: "no")))
        default:
            let id = ContainerID(pod: plan.uid, name: name, attempt: attempt)
            runs[id] = .running
            let took = delay(0...1)
            pending.append((now.elapsed + took, .started(name, attempt: attempt, at: now.date)))
            plan(exit: id, after: took)
        }
    }

    /// Has a container end by itself some time.
    private mutating func plan(exit id: ContainerID, after moment: Duration = .zero) {
        let life: Duration = chance(60) ? delay(0...20) : delay(0...2000)
        let code: Int32 = chance(50) ? 0 : 1
        pending.append(
            (now.elapsed + moment + life, exit(id, code, at: now.date.advanced(by: moment + life))))
    }

    private func exit(_ id: ContainerID, _ code: Int32, at date: Timestamp) -> PodEvent {
        .exited(
            id.name, attempt: id.attempt,
            ContainerEnd(code: code, reason: code == 0 ? "Completed" : "Error", finishedAt: date))
    }

    private mutating func stop(_ id: ContainerID, _ grace: Duration) {
        if runs[id] == nil { return fault("something is stopped that never ran: \(id)") }
        checkOrder(stopping: id)
        stopped.insert(id)
        let took = chance(50) ? min(delay(0...1), grace) : grace
        pending.append((now.elapsed + took, exit(id, 143, at: now.date.advanced(by: took))))
    }
}

extension PodSandboxStatus {
    static let test = PodSandboxStatus(runtime: "runc", network: .bridge, address: "10.0.0.9", ports: [])
}
