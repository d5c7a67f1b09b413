/// Why an application cannot be rendered, compared or synced.
public struct GitOpsError: Error, Sendable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case invalidSpec, notPermitted, unknownProject, unknownRepository, unknownRevision,
                unreadableSource
            case invalidManifest, renderFailed, unknownKind, syncFailed, unsupported, invalidPayload, refused
            case unauthenticated
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The application's spec cannot be acted on.
        public static let invalidSpec = Code(.invalidSpec)
        /// The application's project does not allow it.
        public static let notPermitted = Code(.notPermitted)
        /// The application's project does not exist.
        public static let unknownProject = Code(.unknownProject)
        /// The repository cannot be reached or does not exist.
        public static let unknownRepository = Code(.unknownRepository)
        /// The repository has no such branch, tag or commit.
        public static let unknownRevision = Code(.unknownRevision)
        /// A file of the source cannot be read.
        public static let unreadableSource = Code(.unreadableSource)
        /// A file of the source holds something that is no Kubernetes object.
        public static let invalidManifest = Code(.invalidManifest)
        /// The source cannot be rendered.
        public static let renderFailed = Code(.renderFailed)
        /// The cluster does not serve a kind.
        public static let unknownKind = Code(.unknownKind)
        /// A sync did not get to its end.
        public static let syncFailed = Code(.syncFailed)
        /// Something is asked for that Slipway does not do.
        public static let unsupported = Code(.unsupported)
        /// A webhook's body is not what it should be.
        public static let invalidPayload = Code(.invalidPayload)
        /// A webhook does not prove whom it is from.
        public static let unauthenticated = Code(.unauthenticated)
        /// A command is not carried out, as it would do more than it was told.
        public static let refused = Code(.refused)

        /// The name of the code.
        public var description: String { name.rawValue }
    }

    /// The class of the failure.
    public let code: Code
    /// What failed, on what, why, and what to do about it.
    public let message: String
    /// The failure beneath, if another module reported one.
    public let cause: (any Error)?

    /// A failure.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension GitOpsError: CustomStringConvertible {
    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
