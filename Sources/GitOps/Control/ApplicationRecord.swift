import KubeClient
import KubeModel
import Manifest
import Synchronization

/// What the controller remembers of an application between two looks at it. Losing it costs time, nothing else.
struct ApplicationRecord: Sendable {
    /// What the targets were made from.
    struct TargetStamp: Sendable, Hashable {
        var revision: String
        var generation: Int
        var namespace: String
    }

    /// Whether a target and an object of certain fingerprints are the same in all that counts.
    struct Verdict: Sendable {
        var target: Fingerprint
        var live: String
        var isSynced: Bool
    }

    var uid: String
    var targets: (stamp: TargetStamp, values: [ApplicationTarget])?
    var verdicts: [ResourceKey: Verdict] = [:]
    /// The settings that the verdicts depend on.
    var verdictSettings: [Value] = []
    /// What was written a moment ago and the watch may not have told yet.
    var recent: [ResourceKey: LiveSummary] = [:]
    /// The uids of objects that were deleted a moment ago.
    var gone: Set<String> = []
    var sync: RunningSync?
    /// When a sync that failed is tried again.
    var retryAt: Timestamp?
    /// The version of the application after an operation was taken from it.
    var operationTakenAt: String?
    /// The status as it was last written.
    var status: Value?
    var healings = 0
    var rightSince: Timestamp?

    init(uid: String) { self.uid = uid }
}

/// The records of all applications. An application is worked on by one task at a time, so that its record is too.
final class ApplicationTable: Sendable {
    private let records = Mutex<[ObjectKey: ApplicationRecord]>([:])

    subscript(key: ObjectKey) -> ApplicationRecord? {
        get { records.withLock { $0[key] } }
        set { records.withLock { $0[key] = newValue } }
    }
}

/// The control of storms, shared by all applications.
final class StormGate: Sendable {
    private let control: Mutex<StormControl>

    init(_ settings: StormControl.Settings) { control = Mutex(StormControl(settings: settings)) }

    func withControl<Answer: Sendable>(_ body: (inout StormControl) -> Answer) -> Answer {
        control.withLock { body(&$0) }
    }
}
