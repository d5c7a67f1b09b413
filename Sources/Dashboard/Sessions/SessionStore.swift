import Crypto
import KubeClient
import Synchronization

/// The sessions of a dashboard. They are kept in memory and end with the process.
final class SessionStore: Sendable {
    /// How long sessions last, and how many there are.
    struct Limits: Sendable {
        /// After so long without a request of a person a session is over. Live updates are none.
        var idle = Duration.seconds(30 * 60)
        /// After so long a session is over whatever happens.
        var whole = Duration.seconds(12 * 60 * 60)
        /// Beyond so many, the one unused for longest goes.
        var sessions = 1024
        /// As many of one user, so that no user's logins end those of others.
        var sessionsPerUser = 32
    }

    private struct State {
        var sessions: [[UInt8]: Session] = [:]
        var generator: any RandomNumberGenerator & Sendable
    }

    let limits: Limits
    private let timeline: Timeline
    private let state: Mutex<State>

    init(
        limits: Limits = Limits(), timeline: Timeline,
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.limits = limits
        self.timeline = timeline
        state = Mutex(State(generator: generator))
    }

    /// Begins a session under a name that nobody knows yet.
    func begin(token: String, user: String, groups: [String]) -> Session {
        let now = timeline.now
        return state.withLock { state in
            var generator = state.generator
            let id = Self.makeID(&generator)
            state.generator = generator
            let session = Session(
                id: id, token: token, user: user, groups: groups, formToken: id.formToken, startedAt: now,
                usedAt: now)
            sweep(&state, now)
            let own = state.sessions.filter { $0.value.user == user }
            let isFull = state.sessions.count >= limits.sessions
            let candidates = own.count >= limits.sessionsPerUser ? own : isFull ? state.sessions : [:]
            if let oldest = candidates.min(by: { $0.value.usedAt < $1.value.usedAt }) {
                state.sessions[oldest.key] = nil
            }
            state.sessions[id.digest] = session
            return session
        }
    }

    private static func makeID(_ generator: inout any RandomNumberGenerator & Sendable) -> SessionID {
        func make<G: RandomNumberGenerator>(_ generator: inout G) -> SessionID {
            SessionID(using: &generator)
        }
        return make(&generator)
    }

    /// The session of a name while it lasts; nil otherwise.
    ///
    /// - Parameter isUse: whether it counts as a sign of life of the person.
    func find(_ id: SessionID, isUse: Bool) -> Session? {
        let now = timeline.now
        let digest = id.digest
        return state.withLock { state in
            guard var session = state.sessions[digest] else { return nil }
            guard isAlive(session, now) else {
                state.sessions[digest] = nil
                return nil
            }
            if isUse {
                session.usedAt = now
                state.sessions[digest] = session
            }
            return session
        }
    }

    /// Ends a session.
    func end(_ id: SessionID) {
        let digest = id.digest
        state.withLock { state in state.sessions[digest] = nil }
    }

    /// Ends all sessions, as a restart does.
    func endAll() { state.withLock { $0.sessions = [:] } }

    /// Leaves a sentence for the session's next page.
    func leave(_ notice: Session.Notice, in id: SessionID) {
        let digest = id.digest
        state.withLock { state in state.sessions[digest]?.notice = notice }
    }

    /// Takes the sentence that was left.
    func takeNotice(of id: SessionID) -> Session.Notice? {
        let digest = id.digest
        return state.withLock { state in
            let notice = state.sessions[digest]?.notice
            state.sessions[digest]?.notice = nil
            return notice
        }
    }

    /// The number of sessions, for tests.
    var count: Int { state.withLock { $0.sessions.count } }

    private func sweep(_ state: inout State, _ now: Duration) {
        state.sessions = state.sessions.filter { isAlive($0.value, now) }
    }

    private func isAlive(_ session: Session, _ now: Duration) -> Bool {
        now - session.usedAt < limits.idle && now - session.startedAt < limits.whole
    }
}
