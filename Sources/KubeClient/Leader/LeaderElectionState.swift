public import KubeModel

/// The decisions of a candidate for leadership, without requests and clocks.
///
/// The rules are client-go's (`tools/leaderelection`): the lead is a lease that its holder renews; others take
/// it when they have seen no renewal for as long as the lease lasts, by their own clocks. Time stamps of others
/// are never compared, so clocks need not agree, only run at about the same speed: two candidates never lead at
/// once as long as none's clock is faster than another's by more than `leaseDuration / renewDeadline`.
public struct LeaderElectionState: Sendable, Hashable {
    /// How long things take.
    public struct Settings: Sendable, Hashable {
        /// How long others wait after the last renewal they saw.
        public var leaseDuration: Duration
        /// How long a leader goes on without a renewal; less than the lease lasts.
        public var renewDeadline: Duration
        /// The time between attempts to renew, and to take the lead.
        public var retryPeriod: Duration

        /// - Precondition: `leaseDuration` > `renewDeadline` > 1.2 × `retryPeriod` > 0, and the lease lasts whole
        ///   seconds.
        public init(
            leaseDuration: Duration = .seconds(15), renewDeadline: Duration = .seconds(10),
            retryPeriod: Duration = .seconds(2)
        ) {
            precondition(
                leaseDuration > renewDeadline && renewDeadline > retryPeriod * 1.2 && retryPeriod > .zero
                    && leaseDuration.components.attoseconds == 0,
                "a lease must last whole seconds, longer than the renew deadline, and that longer than retries"
            )
            self.leaseDuration = leaseDuration
            self.renewDeadline = renewDeadline
            self.retryPeriod = retryPeriod
        }
    }

    /// What to do next.
    public enum Step: Sendable, Hashable {
        /// Read the lease, then call ``LeaderElectionState/saw(_:now:)``.
        case read
        /// Create the lease, or update the one that was read or written last; then call
        /// ``LeaderElectionState/wrote(_:began:now:)`` or ``LeaderElectionState/failed(now:random:)``.
        case write(LeaseRecord)
        case wait(until: Duration)
        /// Stop leading; the lead is lost.
        case stepDown
    }

    private struct Observation: Sendable, Hashable {
        /// Nil where there is no lease.
        let record: LeaseRecord?
        let at: Duration
    }

    /// What this candidate calls itself; no two may be called the same.
    public let identity: String
    /// How long leases last and how often they are renewed.
    public let settings: Settings
    /// The lease as it was last seen to change, and when that was by the own clock.
    private var observed: Observation?
    private var mustRead = true
    private var nextAttempt = Duration.zero
    /// Until when the candidate leads unless it renews before.
    private var leadsUntil: Duration?

    /// A candidate that knows nothing.
    ///
    /// - Parameter identity: what tells the candidate from all others; a name that no two processes share.
    public init(identity: String, settings: Settings = Settings()) {
        self.identity = identity
        self.settings = settings
    }

    /// Whether the candidate leads.
    public func isLeader(now: Duration) -> Bool { leadsUntil.map { now < $0 } ?? false }

    /// When the candidate stops leading unless it renews before; nil where it does not lead.
    public var deadline: Duration? { leadsUntil }

    /// Who holds the lease as far as the candidate knows; nil for nobody.
    public var holder: String? {
        guard let holder = observed?.record?.holder, !holder.isEmpty else { return nil }
        return holder
    }

    /// What to do next.
    ///
    /// - Parameters:
    ///   - date: the calendar time, which is written for people to read.
    ///   - random: a number of 0 ..< 1 that spreads the attempts of several candidates.
    public mutating func step(now: Duration, date: Timestamp, random: Double) -> Step {
        if let leadsUntil, now >= leadsUntil {
            self.leadsUntil = nil
            mustRead = true
            return .stepDown
        }
        guard now >= nextAttempt else {
            return .wait(until: leadsUntil.map { min($0, nextAttempt) } ?? nextAttempt)
        }
        guard let observed, !mustRead else { return .read }
        guard let record = observed.record else {
            return .write(claim(date: date, acquiredAt: date, transitions: 0))
        }
        if record.holder == identity {
            return .write(
                claim(date: date, acquiredAt: record.acquiredAt ?? date, transitions: record.transitions))
        }
        if leadsUntil != nil {
            // Another one took the lease, as after a suspension of this process.
            leadsUntil = nil
            mustRead = true
            return .stepDown
        }
        if !record.holder.isEmpty, now < observed.at + record.duration {
            mustRead = true
            nextAttempt = now + settings.retryPeriod * (1 + 0.2 * random)
            return .wait(until: nextAttempt)
        }
        return .write(claim(date: date, acquiredAt: date, transitions: record.transitions + 1))
    }

    private func claim(date: Timestamp, acquiredAt: Timestamp, transitions: Int64) -> LeaseRecord {
        LeaseRecord(
            holder: identity, duration: settings.leaseDuration, acquiredAt: acquiredAt, renewedAt: date,
            transitions: transitions)
    }

    /// Says what reading showed; nil for no lease.
    public mutating func saw(_ record: LeaseRecord?, now: Duration) {
        mustRead = false
        if let observed, observed.record == record { return }
        observed = Observation(record: record, at: now)
    }

    /// Says that writing succeeded.
    ///
    /// - Parameter began: when the request was sent. The lead counts from then, as nobody can have seen the
    ///   renewal earlier.
    public mutating func wrote(_ record: LeaseRecord, began: Duration, now: Duration) {
        observed = Observation(record: record, at: now)
        mustRead = false
        leadsUntil = began + settings.renewDeadline
        nextAttempt = now + settings.retryPeriod
    }

    /// Says that reading or writing failed.
    public mutating func failed(now: Duration, random: Double) {
        mustRead = true
        nextAttempt = now + settings.retryPeriod * (leadsUntil == nil ? 1 + 0.2 * random : 1)
    }

    /// What a leader writes that leaves of its own accord, so that others need not wait; nil where it holds
    /// nothing.
    public mutating func release(date: Timestamp) -> LeaseRecord? {
        leadsUntil = nil
        guard let record = observed?.record, record.holder == identity else { return nil }
        return LeaseRecord(
            holder: "", duration: .seconds(1), acquiredAt: date, renewedAt: date,
            transitions: record.transitions)
    }
}
