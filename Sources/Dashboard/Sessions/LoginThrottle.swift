import KubeClient
import Synchronization

/// Slows down whoever tries tokens: so many failures in a minute, then none is tried for the rest of it.
final class LoginThrottle: Sendable {
    private struct State {
        var minute: Int64 = 0
        var failures = 0
    }

    /// Tokens have 256 bits; this only keeps the API server from being asked without end.
    static let failuresPerMinute = 30

    private let timeline: Timeline
    private let state = Mutex(State())

    init(timeline: Timeline) { self.timeline = timeline }

    private var minute: Int64 { timeline.now.components.seconds / 60 }

    /// Whether a token may be tried now.
    var isOpen: Bool {
        let minute = minute
        return state.withLock { $0.minute != minute || $0.failures < Self.failuresPerMinute }
    }

    /// Notes that a token was nobody's.
    func noteFailure() {
        let minute = minute
        state.withLock { state in
            if state.minute != minute { state = State(minute: minute, failures: 0) }
            state.failures += 1
        }
    }
}
