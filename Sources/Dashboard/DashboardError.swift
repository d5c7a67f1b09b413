/// A failure of the dashboard itself; what the API refuses is an `APIError`.
public struct DashboardError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String { case template, expired, forged, invalid, notFound, busy, unavailable, changed }
        private let name: Name

        private init(_ name: Name) { self.name = name }

        /// A page cannot be put together.
        public static let template = Code(.template)
        /// There is no session, or it is over.
        public static let expired = Code(.expired)
        /// A form does not come from a page of the session.
        public static let forged = Code(.forged)
        /// What was sent makes no sense.
        public static let invalid = Code(.invalid)
        /// There is no such thing.
        public static let notFound = Code(.notFound)
        /// It is not any more what was decided about.
        public static let changed = Code(.changed)
        /// Too much is asked for at the same time.
        public static let busy = Code(.busy)
        /// A part of the installation that is needed for it is not there.
        public static let unavailable = Code(.unavailable)

        /// The code as one word.
        public var description: String { name.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, on what, why, and what to do next.
    public let message: String

    /// A failure in words for people.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// As the message says it.
    public var description: String { message }
}
