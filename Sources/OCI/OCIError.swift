/// Why an image, a layer or a registry could not be read, written or trusted.
public struct OCIError: Error, Sendable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case invalidReference, invalidDigest, invalidDocument, invalidLayer, unsafeLayer, limitExceeded
            case unsupported, digestMismatch, sizeMismatch, notFound, storage, configuration, unauthorized
            case denied, tagExists, tagRefused, imageTooLarge, unreachable, rateLimited, registry, build,
                conflict
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// A reference, a repository name or a tag is not well-formed.
        public static let invalidReference = Code(.invalidReference)
        /// A digest is not well-formed or of an unknown algorithm.
        public static let invalidDigest = Code(.invalidDigest)
        /// A manifest, an index, a configuration or another JSON document says something it must not.
        public static let invalidDocument = Code(.invalidDocument)
        /// A layer is no well-formed archive.
        public static let invalidLayer = Code(.invalidLayer)
        /// A layer tries to reach what lies outside its root directory.
        public static let unsafeLayer = Code(.unsafeLayer)
        /// Something is larger, deeper or more numerous than the caller allows.
        public static let limitExceeded = Code(.limitExceeded)
        /// Well-formed, and not implemented here.
        public static let unsupported = Code(.unsupported)
        /// Content has another digest than it was asked for by.
        public static let digestMismatch = Code(.digestMismatch)
        /// Content has another size than its descriptor says.
        public static let sizeMismatch = Code(.sizeMismatch)
        /// There is no such blob, manifest, tag, repository or file.
        public static let notFound = Code(.notFound)
        /// A file cannot be read or written.
        public static let storage = Code(.storage)
        /// The caller's settings contradict themselves or cannot be used.
        public static let configuration = Code(.configuration)
        /// A registry wants credentials, or other ones.
        public static let unauthorized = Code(.unauthorized)
        /// A registry's policy forbids what was asked.
        public static let denied = Code(.denied)
        /// A tag names other content already and must not move.
        public static let tagExists = Code(.tagExists)
        /// Somebody else has changed a tag since it was read.
        public static let conflict = Code(.conflict)
        /// A tag is not the full SHA of a commit.
        public static let tagRefused = Code(.tagRefused)
        /// An image is larger than the size rule allows.
        public static let imageTooLarge = Code(.imageTooLarge)
        /// A registry cannot be reached, or a connection was lost more often than is tried again.
        public static let unreachable = Code(.unreachable)
        /// A registry asks for fewer requests.
        public static let rateLimited = Code(.rateLimited)
        /// A registry answers what the distribution specification does not foresee.
        public static let registry = Code(.registry)
        /// An image cannot be built from what was given.
        public static let build = Code(.build)

        /// The code's name, as in `digestMismatch`.
        public var description: String { name.rawValue }
    }

    /// The class of the failure, for whoever decides what to do about it.
    public let code: Code
    /// What failed, on which object, why, and what to do about it.
    public let message: String
    /// The failure beneath, if there is one.
    public let cause: (any Error)?

    /// A failure in these words, with what lies beneath.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension OCIError: CustomStringConvertible {
    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
