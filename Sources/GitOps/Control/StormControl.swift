public import KubeModel

/// Holds back the applications of a commit that touches many, so that a bad one breaks few.
///
/// They go in stages, by default one, then 10 %, then the rest; a stage begins when every application of the one before
/// is synced and healthy. When one is not, the stages stop there until a newer commit comes or somebody lets them go on.
/// Apart from that, no more workloads roll at once than a cap allows, and none begins while pods wait for capacity.
public struct StormControl: Sendable, Hashable {
    /// What counts as a storm, and how it is slowed.
    public struct Settings: Sendable, Hashable {
        /// Up to this many applications of one commit go at once.
        public var threshold = 5
        /// The shares of the applications, in percent, that have gone when a stage is over; the first stage is one
        /// application, the last one what is left.
        public var stages = [10]
        /// How many workloads may roll at once in a cluster.
        public var rollingLimit = 100
        /// The first pause while pods wait for capacity; it doubles up to a minute.
        public var capacityPause = Duration.seconds(5)

        /// The usual settings.
        public init() {}
    }

    /// How an application of a storm fares.
    private enum Progress: Sendable, Hashable {
        case waiting
        case admitted
        case settled
        case failed
    }

    private struct Storm: Sendable, Hashable {
        var members: [String: Progress]
        /// The commit that each application is to go to.
        var commits: [String: String]
        /// How many applications have gone when each stage is over.
        var limits: [Int]
        var stage = 0

        var isBlocked: Bool { members.values.contains(.failed) }
        var gone: Int { members.values.count { $0 != .waiting } }
    }

    /// What an application that wants to begin is told.
    public enum Admission: Sendable, Hashable {
        case admitted
        /// It has to wait, for this.
        case held(String)
        /// It has to wait until that time, for this.
        case heldUntil(Timestamp, String)
    }

    /// What counts as a storm, and how it is slowed.
    public let settings: Settings
    private var storms: [String: Storm] = [:]
    private var rolling: [String: Int] = [:]
    /// The applications that were told to wait.
    private var held: Set<String> = []
    private var pauses = 0
    private var pausedUntil: Timestamp?

    /// No storm.
    public init(settings: Settings = Settings()) { self.settings = settings }

    /// Says which applications a commit touches.
    ///
    /// A newer change of the same repository ends what is left of an older storm.
    ///
    /// - Parameter applications: the commits that the applications are to go to, by their names.
    public mutating func begin(repository: String, applications: [String: String]) {
        storms[repository] = nil
        guard applications.count > settings.threshold else { return }
        var limits = [1]
        for percent in settings.stages {
            // A stage that adds nothing would never be over.
            let limit = (applications.count * percent + 99) / 100
            if let last = limits.last, limit > last, limit < applications.count { limits.append(limit) }
        }
        limits.append(applications.count)
        storms[repository] = Storm(
            members: applications.mapValues { _ in .waiting }, commits: applications, limits: limits)
    }

    /// Whether an application may begin to sync now; it counts as begun where it may.
    ///
    /// - Parameters:
    ///   - commit: the commit that it was rendered from.
    ///   - workloads: how many workloads its sync rolls.
    public mutating func admit(
        _ application: String, commit: String, workloads: Int, at now: Timestamp
    ) -> Admission {
        let admission = decide(application, commit: commit, workloads: workloads, at: now)
        if admission == .admitted { held.remove(application) } else { held.insert(application) }
        return admission
    }

    private mutating func decide(
        _ application: String, commit: String, workloads: Int, at now: Timestamp
    ) -> Admission {
        if let pausedUntil, now < pausedUntil {
            return .heldUntil(pausedUntil, "pods wait for capacity in the cluster")
        }
        let others = rolling.filter { $0.key != application }.values.reduce(0, +)
        if workloads > 0, others > 0, others + workloads > settings.rollingLimit {
            return .held(
                "\(others) workloads are rolling in the cluster, of at most \(settings.rollingLimit)")
        }
        if let (key, storm) = storm(of: application), storm.members[application] == .waiting {
            guard storm.commits[application] == commit else { return .held("a newer commit is on its way") }
            if storm.isBlocked {
                let failed = storm.members.filter { $0.value == .failed }.map(\.key).min() ?? ""
                return .held(
                    "the commit has broken \(failed), which was among the first; "
                        + "push a better commit, or sync applications by hand")
            }
            let limit = storm.limits[storm.stage]
            guard storm.gone < limit else {
                return .held(
                    "stage \(storm.stage + 1) of \(storm.limits.count): the commit touches "
                        + "\(storm.members.count) applications, of which \(limit) go first")
            }
            storms[key]?.members[application] = .admitted
        }
        if workloads > 0 { rolling[application] = workloads }
        return .admitted
    }

    /// Says that an application has ended its sync; answers the applications that may ask again.
    ///
    /// - Parameters:
    ///   - commit: the commit that it was rendered from; a verdict about another one says nothing about a storm's.
    ///   - isHealthy: whether it is synced and healthy.
    public mutating func ended(_ application: String, commit: String, isHealthy: Bool) -> [String] {
        let wasRolling = rolling.removeValue(forKey: application) != nil
        guard let (key, known) = storm(of: application), known.commits[application] == commit else {
            return wasRolling ? waiting : []
        }
        var storm = known
        guard storm.members[application] == .admitted || storm.members[application] == .waiting else {
            return wasRolling ? waiting : []
        }
        storm.members[application] = isHealthy ? .settled : .failed
        // Some may have been right without a sync, so that more than one stage can be over at once.
        while !storm.isBlocked, !storm.members.values.contains(.admitted),
            storm.gone >= storm.limits[storm.stage], storm.stage < storm.limits.count - 1
        { storm.stage += 1 }
        let isOver = storm.members.values.allSatisfy { $0 == .settled || $0 == .failed }
        storms[key] = isOver ? nil : storm
        return waiting
    }

    /// Says whether pods wait for capacity, after which nothing begins for a while that grows; answers the applications
    /// that may ask again.
    @discardableResult
    public mutating func observed(podsPending: Bool, at now: Timestamp) -> [String] {
        guard podsPending else {
            let wasPaused = pausedUntil != nil
            pauses = 0
            pausedUntil = nil
            return wasPaused ? waiting : []
        }
        if let pausedUntil, now < pausedUntil { return [] }
        var pause = settings.capacityPause
        for _ in 0..<min(pauses, 10) { pause = min(pause * 2, .seconds(60)) }
        pauses += 1
        pausedUntil = now.advanced(by: pause)
        return []
    }

    /// Whether an application belongs to a storm that is not over.
    public var isStormy: Bool { !storms.isEmpty }

    /// The applications that wait.
    private var waiting: [String] { Array(held) }

    private func storm(of application: String) -> (key: String, storm: Storm)? {
        storms.first { $0.value.members[application] != nil }.map { ($0.key, $0.value) }
    }
}
