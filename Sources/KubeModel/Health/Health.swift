/// How well an object does, in the words of Argo CD.
public struct Health: Sendable, Hashable {
    /// The grades, from good to bad: the worst one of an application's objects is the application's.
    public enum Status: String, Sendable, Hashable, CaseIterable, Comparable {
        case healthy = "Healthy"
        /// Somebody or something has paused it on purpose.
        case suspended = "Suspended"
        /// Not there yet, but on its way.
        case progressing = "Progressing"
        /// It should exist and does not.
        case missing = "Missing"
        /// It has failed, and will not get there without a change.
        case degraded = "Degraded"
        /// It cannot be told.
        case unknown = "Unknown"

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

        /// Whether the left grade is the better one.
        public static func < (left: Status, right: Status) -> Bool { left.rank < right.rank }
    }

    public var status: Status
    /// Why, for people; empty where the status says it all.
    public var message: String

    /// A verdict.
    public init(_ status: Status, _ message: String = "") {
        self.status = status
        self.message = message
    }

    /// Well, without a word.
    public static let healthy = Health(.healthy)
    static func progressing(_ message: String) -> Health { Health(.progressing, message) }
    static func degraded(_ message: String) -> Health { Health(.degraded, message) }
    static func suspended(_ message: String) -> Health { Health(.suspended, message) }

    /// The worst of some verdicts, the first one where several are equally bad; healthy where there are none.
    public static func worst(of verdicts: some Sequence<Health>) -> Health {
        verdicts.reduce(into: .healthy) { worst, verdict in
            if worst.status < verdict.status { worst = verdict }
        }
    }
}
