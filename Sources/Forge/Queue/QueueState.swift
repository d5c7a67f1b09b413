/// What the merge queue of one repository knows, all of it: written down before anything is done about it.
///
/// A process that starts from a written state does what is left to do. Doing it again does no harm, so that it does
/// not matter where the process before was ended.
public struct QueueState: Codable, Sendable, Hashable {
    /// A pull request at one commit.
    public struct Change: Codable, Sendable, Hashable {
        /// The name of the PullRequest object.
        public var name: String
        /// The commit it stands at; another one is another change.
        public var head: String

        /// Names a pull request at a commit.
        public init(name: String, head: String) {
            self.name = name
            self.head = head
        }
    }

    /// A change that waits.
    public struct Entry: Codable, Sendable, Hashable {
        /// The pull request at its commit.
        public var change: Change
        /// The folder of the one service the change concerns; empty where it concerns more.
        public var lane: String

        /// A change in its lane.
        public init(change: Change, lane: String) {
            self.change = change
            self.lane = lane
        }
    }

    /// A pipeline run for a candidate.
    public struct Run: Codable, Sendable, Hashable {
        /// The name of the PipelineRun object.
        public var name: String
        /// The folder of the service that it tests; empty for the whole.
        public var service: String
        /// How it ended; nil while it runs.
        public var outcome: Outcome?

        /// A run that has not ended, or has with an outcome.
        public init(name: String, service: String, outcome: Outcome? = nil) {
            self.name = name
            self.service = service
            self.outcome = outcome
        }
    }

    /// How a run ended.
    public enum Outcome: String, Codable, Sendable, Hashable {
        /// With a verdict that was checked.
        case passed
        /// The change is to blame.
        case failed
        /// Something else is, and trying again can help.
        case broken
    }

    /// A commit that main may become.
    public struct Candidate: Codable, Sendable, Hashable {
        /// How far the candidate is.
        public enum Phase: String, Codable, Sendable, Hashable {
            /// Its commit is to be made.
            case building
            /// Its runs are to be started and waited for.
            case testing
            /// It has passed, but the branch has moved since: its changes are to be put on the new head.
            case rebasing
            /// The branch is to be moved to it.
            case landing
        }

        /// Counted from 1; a change that is tested anew gets another.
        public var number: Int
        /// What is to be merged.
        public var change: Change
        /// The lane it occupies.
        public var lane: String
        /// The commit of the branch that it is built on; zeros where the branch does not exist.
        public var base: String
        /// The commit that was made of base and change, once it was.
        public var commit: String?
        /// The runs that must pass; none where the repository asks for no gates.
        public var runs: [Run]
        /// How far it is.
        public var phase: Phase
        /// How often its change was tested before without the change being to blame.
        public var retries: Int
        /// The commit that was tested, where the candidate was rebased afterwards; and that one's base.
        public var testedCommit: String?
        /// The base of ``testedCommit``.
        public var testedBase: String?
    }

    /// A change that is to be turned away, with the reason for its author.
    public struct Eviction: Codable, Sendable, Hashable {
        /// What is turned away.
        public var change: Change
        /// In one CamelCase word, such as `PipelineFailed`.
        public var reason: String
        /// In a sentence, for the change's author.
        public var message: String
    }

    /// A run that is no longer wanted.
    public struct Cancellation: Codable, Sendable, Hashable {
        /// The name of the PipelineRun object.
        public var run: String
        /// For people.
        public var reason: String
    }

    /// A change that is on the branch, to be written down on its pull request.
    public struct Landing: Codable, Sendable, Hashable {
        /// What has landed.
        public var change: Change
        /// The commit of the branch that it became.
        public var commit: String
    }

    /// The commit of the branch as it was last seen; zeros where there is none.
    public var head: String
    /// How many candidates there have been.
    public var count = 0
    /// What waits, oldest first.
    public var entries: [Entry] = []
    /// What is being built, tested or landed.
    public var candidates: [Candidate] = []
    /// What is to be turned away and is not told yet.
    public var evictions: [Eviction] = []
    /// What has landed and is not told yet.
    public var landings: [Landing] = []
    /// Runs that are no longer wanted, to be told to end.
    public var cancellations: [Cancellation] = []
    /// Numbers of candidates whose references are to be removed.
    public var discards: [Int] = []
    /// Why nothing may land for now; nil where all is well.
    public var freeze: String?

    /// A queue that has seen nothing.
    public init(head: String) { self.head = head }
}
