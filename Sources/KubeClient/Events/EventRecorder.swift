import DequeModule
import KubeModel
public import Logging
import Manifest
import Synchronization

/// Tells people what happens to objects, by events that `kubectl describe` shows.
///
///     recorder.note(.normal, "Synced", "deployed 1a2b3c", regarding: .init(application))
///
/// Noting never waits and never fails; ``run()`` writes the events. Where notes come faster than they can be
/// written, the oldest are dropped: events are for people, nothing may depend on them.
public final class EventRecorder: Sendable {
    private struct State {
        var pending: Deque<EventNote> = []
        var correlator: EventCorrelator
        var generator: any RandomNumberGenerator & Sendable
        var droppedCount = 0
    }

    private static let capacity = 1000
    private static let attempts = 12

    private let client: KubeClient
    private let state: Mutex<State>
    private let writer = WaitingList()
    private let logger: Logger

    /// A recorder that writes nothing until ``run()``.
    ///
    /// - Parameters:
    ///   - component: the controller that tells, `slipway-gitops`; what kubectl shows as `From`.
    ///   - instance: which of its processes.
    ///   - generator: makes the names of events unique.
    public init(
        _ client: KubeClient, component: String, instance: String,
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        logger: Logger = Logger(label: "kube.events")
    ) {
        var client = client
        client.settings.retry = .never
        self.client = client
        self.logger = logger
        state = Mutex(
            State(
                correlator: EventCorrelator(component: component, instance: instance),
                generator: generator))
    }

    /// The notes that were dropped because too many waited.
    public var droppedCount: Int { state.withLock { $0.droppedCount } }

    /// Notes that something happened to an object.
    ///
    /// - Parameters:
    ///   - reason: one word in CamelCase, for programs.
    ///   - message: a sentence for people.
    public func note(
        _ severity: EventNote.Severity, _ reason: String, _ message: String,
        regarding object: EventNote.Reference
    ) {
        let note = EventNote(severity, reason, message, regarding: object)
        state.withLock { state in
            if state.pending.count == Self.capacity {
                state.pending.removeFirst()
                state.droppedCount += 1
            }
            state.pending.append(note)
        }
        writer.wakeOne()
    }

    /// Writes what is noted until the task is cancelled. To be run once.
    public func run() async {
        while !Task.isCancelled {
            let ticket = writer.ticket()
            if let decision = nextDecision() {
                writer.discard(ticket)
                await write(decision)
            } else {
                await writer.wait(ticket)
                writer.discard(ticket)
            }
        }
    }

    private func nextDecision() -> EventCorrelator.Decision? {
        let (now, date) = (client.timeline.now, client.timeline.date)
        return state.withLock { state in
            guard let note = state.pending.popFirst() else { return nil }
            let suffix = state.generator.next()
            return state.correlator.decide(note, now: now, date: date, suffix: suffix)
        }
    }

    /// Writes an event, again and again while the server cannot be reached.
    private func write(_ decision: EventCorrelator.Decision) async {
        for attempt in 1...Self.attempts {
            do {
                try await send(decision)
                return
            } catch let error as APIError {
                // The server refuses it, as in a namespace that is ending.
                logger.debug("event refused", metadata: ["error": "\(error)"])
                return
            } catch {
                let delay = Backoff.connection.delay(failures: attempt, random: client.jitter.next())
                guard (try? await client.timeline.sleep(for: delay)) != nil else { return }
            }
        }
        logger.warning("event dropped: the server cannot be reached")
    }

    private func send(_ decision: EventCorrelator.Decision) async throws {
        switch decision {
        case .drop: return
        case .create(let event): try await create(event)
        case .count(let name, let namespace, let changes, let event):
            do {
                try await client.patch(.events, name, namespace: namespace, .merge(changes))
            } catch let error as APIError where error.isNotFound {
                // Events are deleted after a while; the count goes on with a new one of the same name.
                try await create(event)
            }
        }
    }

    private func create(_ event: Value) async throws {
        try await client.create(.events, event, namespace: event.metadata.namespace)
    }
}
