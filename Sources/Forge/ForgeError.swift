/// Why the forge could not do what it was asked.
public struct ForgeError: Error, Sendable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case notFound, exists, forbidden, unauthenticated, invalid, conflict, unattested
            case unavailable, unsupported
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// There is no such repository, pull request or branch.
        public static let notFound = Code(.notFound)
        /// What is to be made is there already.
        public static let exists = Code(.exists)
        /// The caller is known and may not.
        public static let forbidden = Code(.forbidden)
        /// The caller has not proved who it is.
        public static let unauthenticated = Code(.unauthenticated)
        /// The request makes no sense.
        public static let invalid = Code(.invalid)
        /// Something changed meanwhile.
        public static let conflict = Code(.conflict)
        /// A commit lacks a signed record, or its record does not hold.
        public static let unattested = Code(.unattested)
        /// The forge cannot answer for the moment.
        public static let unavailable = Code(.unavailable)
        /// This forge cannot do that.
        public static let unsupported = Code(.unsupported)

        /// The code's name.
        public var description: String { name.rawValue }
    }

    /// What kind of failure it is, for programs.
    public let code: Code
    /// What failed, on what, why, and what to do about it.
    public let message: String
    /// The failure beneath, if another module reported one.
    public let cause: (any Error)?

    /// A failure in these words, with what lies beneath.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ForgeError: CustomStringConvertible {
    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
