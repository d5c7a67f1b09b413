public import KubeModel
import Manifest

/// How long an attempt to bring out a version took, and how it ended (`status.duration`).
///
/// An attempt begins with a new template or a retry and ends once users have the version, or the attempt is aborted or
/// replaced by another. The time that somebody was waited for is counted apart, so that what is left tells how long the
/// steps themselves take.
public struct RolloutAttempt: Sendable, Hashable {
    /// How an attempt ends, in Argo Rollouts' words.
    public enum Outcome: String, Sendable, Hashable {
        /// All steps were done.
        case promoted = "Promoted"
        /// Somebody skipped what was left of them.
        case fastPromoted = "FastPromoted"
        /// Traffic went back to the stable version.
        case aborted = "Aborted"
        /// It went back to an earlier version by its steps.
        case rolledBack = "RolledBack"
        /// It went back to an earlier version at once.
        case fastRolledBack = "FastRolledBack"
    }

    /// When the template changed, or somebody retried.
    public var started: Timestamp
    /// Since when somebody is waited for, nil while nobody is.
    public var waitsSince: Timestamp?
    /// For how many seconds somebody was waited for before; nil where nobody was.
    public var waitedSeconds: Int?
    /// When it ended, nil while it lasts.
    public var finished: Timestamp?
    /// How it ends, as soon as that is known.
    public var outcome: Outcome?

    /// An attempt that begins.
    public init(started: Timestamp) { self.started = started.wholeSeconds }

    /// Ends the attempt, and with it whatever was waited for, as was known before or otherwise.
    mutating func finish(otherwise outcome: Outcome, now: Timestamp) {
        stopWaiting(now: now)
        finished = now.wholeSeconds
        if self.outcome == nil { self.outcome = outcome }
    }

    /// Adds up the wait that is over.
    mutating func stopWaiting(now: Timestamp) {
        guard let since = waitsSince else { return }
        waitedSeconds = (waitedSeconds ?? 0) + Int(now.duration(since: since).components.seconds)
        waitsSince = nil
    }
}

extension RolloutAttempt {
    init?(_ value: Value?) {
        func time(_ key: String) -> Timestamp? {
            value?[key]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        }
        guard let started = time("rolloutStartedAt") else { return nil }
        self.started = started
        waitsSince = time("manualPauseStartedAt")
        waitedSeconds = value?["totalManualPauseDurationSeconds"]?.integerValue.map { Int($0) }
        finished = time("finishedAt")
        outcome = value?["completionStatus"]?.stringValue.flatMap(Outcome.init)
    }

    var value: Value {
        var fields: Object = ["rolloutStartedAt": .string(started.rfc3339)]
        fields["manualPauseStartedAt"] = waitsSince.map { .string($0.rfc3339) }
        fields["totalManualPauseDurationSeconds"] = waitedSeconds.map { .integer(Int64($0)) }
        fields["finishedAt"] = finished.map { .string($0.rfc3339) }
        fields["completionStatus"] = outcome.map { .string($0.rawValue) }
        return .object(fields)
    }
}
