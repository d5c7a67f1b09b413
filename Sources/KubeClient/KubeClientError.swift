/// Why the client could not get an answer, or make sense of one.
///
/// Failures that the API server reports are thrown as `APIError` instead.
public struct KubeClientError: Error, Sendable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case configuration, unsupported, unreachable, connectionLost, timeout, malformedAnswer, tooLarge
            case noMatch, leadershipLost
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// A kubeconfig or another setting is incomplete or contradicts itself.
        public static let configuration = Code(.configuration)
        /// A setting asks for what this client does not do.
        public static let unsupported = Code(.unsupported)
        /// No connection could be made: the server has not seen the request.
        public static let unreachable = Code(.unreachable)
        /// The connection ended early: the server may have acted on the request.
        public static let connectionLost = Code(.connectionLost)
        /// No answer came in time: the server may have acted on the request.
        public static let timeout = Code(.timeout)
        /// The answer is not what the protocol allows.
        public static let malformedAnswer = Code(.malformedAnswer)
        /// The answer exceeds a limit.
        public static let tooLarge = Code(.tooLarge)
        /// The server has no resource of the kind asked for.
        public static let noMatch = Code(.noMatch)
        /// A leader could not renew its lease in time.
        public static let leadershipLost = Code(.leadershipLost)

        /// The code's name.
        public var description: String { name.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, on what, and what to do about it.
    public let message: String
    /// The failure beneath, if another module reported one.
    public let cause: (any Error)?

    /// An error whose message says what failed, on which object, and what to do.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension KubeClientError: CustomStringConvertible {
    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
