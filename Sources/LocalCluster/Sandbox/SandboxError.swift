/// Why a pod or a container could not be run, or what could not be done to it.
public struct SandboxError: Error, Sendable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case invalid, unavailable, unsupported, rootMissing, startFailed, portInUse, network, storage
            case notFound, timeout
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// A specification contradicts itself.
        public static let invalid = Code(.invalid)
        /// The machine lacks a program, a permission or something else that is needed.
        public static let unavailable = Code(.unavailable)
        /// The runtime in use cannot do what is asked.
        public static let unsupported = Code(.unsupported)
        /// An image's unpacked files or the source of a mount are not there.
        public static let rootMissing = Code(.rootMissing)
        /// The container's program cannot be executed: Kubernetes' `StartError`, exit code 128.
        public static let startFailed = Code(.startFailed)
        /// A port of the machine that the pod insists on is taken.
        public static let portInUse = Code(.portInUse)
        /// The pod's network cannot be set up.
        public static let network = Code(.network)
        /// Files or mounts cannot be written or removed.
        public static let storage = Code(.storage)
        /// There is no such pod or container, or it is not running.
        public static let notFound = Code(.notFound)
        /// A command or a process took longer than it may.
        public static let timeout = Code(.timeout)

        /// The code's name.
        public var description: String { name.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, on which pod and container, and what to do about it.
    public let message: String
    /// The failure beneath, if there is one.
    public let cause: (any Error)?

    /// An error whose message says what failed, on which object, and what to do.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension SandboxError: CustomStringConvertible {
    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
