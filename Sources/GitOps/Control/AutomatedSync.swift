public import KubeModel

/// Decides whether a difference is synced without being asked for. Pure; the rules are Argo CD's but for what is said.
public struct AutomatedSync: Sendable, Hashable {
    /// What is known when the decision is made.
    public struct Situation: Sendable, Hashable {
        /// What the application allows.
        public var policy: Policy
        /// Whether anything differs that counts.
        public var isOutOfSync = false
        /// The revision that would be synced.
        public var revision = ""
        /// What identifies the settings that would be synced besides the revision: source and overrides.
        public var settings = ""
        /// The last sync that ended, nil where there was none.
        public var last: Attempt?
        /// Whether all that is out of sync is objects to prune.
        public var needsOnlyPruning = false
        /// Whether every object of the application would be pruned.
        public var prunesEverything = false
        /// How often the cluster was put right since it was last right for a while.
        public var healings = 0
        /// Until when changes in the cluster are left as they are; nil where nobody asks for that.
        public var healingWaitsUntil: Timestamp?
        /// The time of the decision.
        public var now = Timestamp(seconds: 0)

        /// A situation.
        public init(policy: Policy) { self.policy = policy }
    }

    /// `syncPolicy.automated`.
    public struct Policy: Sendable, Hashable {
        /// Whether differences are synced at all.
        public var isAutomated: Bool
        /// Whether what git drops goes.
        public var prunes: Bool
        /// Whether changes in the cluster are undone.
        public var selfHeals: Bool
        /// Whether nothing may be left.
        public var allowsEmpty: Bool

        /// A policy.
        public init(
            isAutomated: Bool, prunes: Bool = false, selfHeals: Bool = false, allowsEmpty: Bool = false
        ) {
            self.isAutomated = isAutomated
            self.prunes = prunes
            self.selfHeals = selfHeals
            self.allowsEmpty = allowsEmpty
        }
    }

    /// A sync that has ended.
    public struct Attempt: Sendable, Hashable {
        /// What was synced.
        public var revision: String
        /// What it was synced with.
        public var settings: String
        /// Whether it got to its end.
        public var succeeded: Bool
        /// When it ended.
        public var finishedAt: Timestamp

        /// A sync.
        public init(revision: String, settings: String, succeeded: Bool, finishedAt: Timestamp) {
            self.revision = revision
            self.settings = settings
            self.succeeded = succeeded
            self.finishedAt = finishedAt
        }
    }

    /// The decision.
    public enum Decision: Sendable, Hashable {
        /// A new revision, or new settings, are synced.
        case sync
        /// Changes in the cluster are undone.
        case heal
        /// Changes in the cluster are undone at that time.
        case healAt(Timestamp)
        /// Nothing is to be done, or nobody wants it to be done.
        case none
        /// Something keeps it from being done that somebody should know of.
        case refused(String)
    }

    /// The time between two healings: nothing before the first one, then 2 s, 6 s, 18 s, … up to 5 min.
    ///
    /// The counter begins anew when the cluster has stayed right for ten minutes; Argo CD's never does on one revision.
    public static func healingDelay(_ healings: Int) -> Duration {
        guard healings > 0 else { return .zero }
        var seconds = 2
        for _ in 1..<healings where seconds < 300 { seconds *= 3 }
        return .seconds(min(seconds, 300))
    }

    /// How long the cluster must stay right for the next healing to count as the first.
    public static let healingCooldown = Duration.seconds(600)

    /// Decides.
    public static func decide(_ situation: Situation) -> Decision {
        guard situation.policy.isAutomated, situation.isOutOfSync else { return .none }
        if !situation.policy.prunes, situation.needsOnlyPruning { return .none }
        if situation.policy.prunes, !situation.policy.allowsEmpty, situation.prunesEverything {
            return .refused(
                "automated sync would delete every object of the application; set allowEmpty to let it, or sync by hand"
            )
        }
        guard let last = situation.last, last.revision == situation.revision,
            last.settings == situation.settings
        else { return .sync }
        guard situation.policy.selfHeals else {
            if last.succeeded { return .none }
            return .refused(
                "the sync of revision \(situation.revision.prefix(10)) failed; it is tried again with the next commit, "
                    + "with selfHeal, or by slipway app sync")
        }
        // Argo CD does not heal after a failed sync (argo-cd issue 18442); here it is healed like any other difference,
        // ever more slowly.
        let attempts = max(situation.healings, last.succeeded ? 0 : 3)
        var due = last.finishedAt.advanced(by: healingDelay(attempts))
        if let until = situation.healingWaitsUntil { due = max(due, until) }
        return due <= situation.now ? .heal : .healAt(due)
    }
}
