import KubeClient
import KubeModel
import Manifest
import Synchronization

/// Looks after one pod: tells its machine what happens, does what that wants, and reports its status.
final class PodWorker: Sendable {
    enum Input: Sendable {
        case manifest(Value)
        case event(PodEvent)
    }

    struct State {
        var pod: Value
        var network: PodSandboxStatus?
        /// The images that containers are started from, by the containers' names.
        var images: [String: PodImage] = [:]
    }

    let node: NodeContext
    let uid: String
    let state: Mutex<State>
    let reporter: PodStatusReporter
    private let recovered: RecoveredPod?
    private let inputs: AsyncStream<Input>
    private let input: AsyncStream<Input>.Continuation

    /// - Parameter recovered: what was found of the pod on the machine.
    init(_ pod: Value, recovered: RecoveredPod?, node: NodeContext) {
        self.node = node
        self.recovered = recovered
        uid = pod.metadata.uid
        state = Mutex(State(pod: pod, network: recovered?.status))
        reporter = PodStatusReporter(node.client, pod: pod, logger: node.logger)
        (inputs, input) = AsyncStream.makeStream()
    }

    /// The pod as it was seen last.
    var pod: Value { state.withLock { $0.pod } }

    /// Takes note of a new version of the pod.
    func update(_ pod: Value) { input.yield(.manifest(pod)) }

    /// Takes note of something else.
    func send(_ event: PodEvent) { input.yield(.event(event)) }

    /// Works until the pod is gone, or was shut down and rests, or the task is cancelled; then it goes on running.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await self.reporter.run { self.send(.vanished) } }
            await withDiscardingTaskGroup { actions in
                await self.loop(in: &actions)
                actions.cancelAll()
            }
            // The last status is worth a moment, but not more: a server that does not answer holds nobody up.
            reporter.finish()
            group.addTask { try? await self.node.timeline.sleep(for: .seconds(5)) }
            await group.next()
            group.cancelAll()
        }
        node.tokens.forget(uid)
    }

    private func loop(in group: inout DiscardingTaskGroup) async {
        let first = pod
        let plan = PodPlan(first)
        let status = first["status"] ?? .emptyObject
        var machine =
            status.present("containerStatuses") == nil && recovered == nil
            ? PodMachine(plan, settings: node.settings, at: node.moment)
            : PodMachine(
                plan, status: status, recovered: recovered, settings: node.settings, at: node.moment)
        if let fields = ManifestRefusals.ignored(in: first), status.present("startTime") == nil {
            note(isWarning: true, "FieldsIgnored", fields, container: nil)
        }
        for (name, record) in machine.containers where record.isAlive {
            group.addTask { await self.watch(name, attempt: record.attempt) }
        }
        var told = status.objectValue?.isEmpty == false ? status : nil
        var armed: Duration?
        send(.clock)
        for await input in inputs {
            let event = take(input)
            if case .clock = event { armed = nil }
            let actions = machine.handle(event, at: node.moment)
            for action in actions { group.addTask { await self.perform(action) } }
            let now = machine.status(since: told, on: node.place)
            told = now
            // The object may go only after its last status.
            reporter.report(now)
            if actions.contains(.release) { reporter.release() }
            if machine.isOver || machine.isSettled { break }
            guard let next = machine.nextDeadline, armed.map({ next < $0 }) ?? true else { continue }
            armed = next
            group.addTask {
                guard (try? await self.node.timeline.sleep(until: next)) != nil else { return }
                self.send(.clock)
            }
        }
    }

    private func take(_ input: Input) -> PodEvent {
        switch input {
        case .manifest(let pod):
            state.withLock { $0.pod = pod }
            return .changed(PodPlan(pod))
        case .event(let event): return event
        }
    }

    func note(isWarning: Bool, _ reason: String, _ message: String, container: String?) {
        let pod = pod
        let path = container.flatMap { PodPlan(pod).container($0)?.fieldPath } ?? ""
        node.recorder.note(
            isWarning ? .warning : .normal, reason, message, regarding: .init(pod, fieldPath: path))
    }
}
