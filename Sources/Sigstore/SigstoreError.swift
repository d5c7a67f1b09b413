/// Why something could not be signed, read or trusted.
public struct SigstoreError: Error, Sendable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case malformed, unsupported, tooLarge, untrusted, invalidSignature, mismatch, outsideValidity
            case missing, policy, refused, unreachable, conflict, storage, configuration
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The bytes are not what their format says.
        public static let malformed = Code(.malformed)
        /// Well-formed, but of a kind or version this program does not know.
        public static let unsupported = Code(.unsupported)
        /// More or larger parts than a signature may have.
        public static let tooLarge = Code(.tooLarge)
        /// Nothing in the trusted root vouches for it.
        public static let untrusted = Code(.untrusted)
        /// A signature does not fit the key and the bytes.
        public static let invalidSignature = Code(.invalidSignature)
        /// Two parts that must agree do not.
        public static let mismatch = Code(.mismatch)
        /// A key, certificate or token was used before or after its time.
        public static let outsideValidity = Code(.outsideValidity)
        /// A part that must be there is absent.
        public static let missing = Code(.missing)
        /// The signer is not the one who was asked for.
        public static let policy = Code(.policy)
        /// A server refused the request.
        public static let refused = Code(.refused)
        /// A server could not be reached, or did not answer in time.
        public static let unreachable = Code(.unreachable)
        /// What is to be created exists already.
        public static let conflict = Code(.conflict)
        /// A file could not be read or written, or holds what it should not.
        public static let storage = Code(.storage)
        /// A setting is missing or contradicts another.
        public static let configuration = Code(.configuration)

        /// The code's name, as in `invalidSignature`.
        public var description: String { name.rawValue }
    }

    /// The class of the failure, for whoever decides what to do about it.
    public let code: Code
    /// What failed, on what, and what to do about it. Never holds a token or a private key.
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

extension SigstoreError: CustomStringConvertible {
    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
