/// Why the whole cannot start, or cannot go on.
public struct SlipwayError: Error, Sendable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String { case settings, storage, running, address, missing, failed }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The configuration file is not valid.
        public static let settings = Code(.settings)
        /// The data directory cannot be used.
        public static let storage = Code(.storage)
        /// Another process runs on the data directory.
        public static let running = Code(.running)
        /// An address cannot be listened on.
        public static let address = Code(.address)
        /// A program of the machine is missing.
        public static let missing = Code(.missing)
        /// A part could not start, or ended.
        public static let failed = Code(.failed)

        /// The code as one word.
        public var description: String { name.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, on what, why, and what to do about it.
    public let message: String
    /// The failure beneath, if another module reported one.
    public let cause: (any Error)?

    /// A failure in words that say what failed, on which object, and what to do.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension SlipwayError: CustomStringConvertible {
    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
