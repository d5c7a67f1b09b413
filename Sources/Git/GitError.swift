/// Why git, or what it was asked about, failed.
public struct GitError: Error, Sendable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case programMissing, programTooOld, notFound, invalidName, malformed, tooLarge, timeout, refMoved
            case conflict, authentication, unreachable, refused, failed, exists
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// There is no git program.
        public static let programMissing = Code(.programMissing)
        /// The git program lacks what is needed.
        public static let programTooOld = Code(.programTooOld)
        /// There is no such repository, object, path or reference.
        public static let notFound = Code(.notFound)
        /// A name breaks git's rules or is not one that may be used.
        public static let invalidName = Code(.invalidName)
        /// An object, or an answer of the program, is not what its format allows.
        public static let malformed = Code(.malformed)
        /// A limit of the caller's is exceeded.
        public static let tooLarge = Code(.tooLarge)
        /// The program took too long and was ended.
        public static let timeout = Code(.timeout)
        /// A reference did not have the value that the change counts on; nothing was changed.
        public static let refMoved = Code(.refMoved)
        /// Changes contradict each other.
        public static let conflict = Code(.conflict)
        /// A remote wants credentials, or other ones.
        public static let authentication = Code(.authentication)
        /// A remote cannot be reached.
        public static let unreachable = Code(.unreachable)
        /// A remote, or a hook, said no.
        public static let refused = Code(.refused)
        /// What is to be made is there already.
        public static let exists = Code(.exists)
        /// The program failed in another way; the message holds its words.
        public static let failed = Code(.failed)

        /// The code's name.
        public var description: String { name.rawValue }
    }

    /// What kind of failure it is, for programs.
    public let code: Code
    /// What failed, on which repository, why, and what to do about it.
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

extension GitError: CustomStringConvertible {
    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
