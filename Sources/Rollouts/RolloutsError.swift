/// Why a rollout or an analysis cannot go on.
public struct RolloutsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case invalidSpec, missingReference, trafficRouting, provider, unsupported
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// A specification contradicts itself or is incomplete.
        public static let invalidSpec = Code(.invalidSpec)
        /// A service, template, secret or route that a specification names is not there.
        public static let missingReference = Code(.missingReference)
        /// Traffic cannot be moved.
        public static let trafficRouting = Code(.trafficRouting)
        /// A metric provider gave no usable answer.
        public static let provider = Code(.provider)
        /// A specification asks for what this version does not do.
        public static let unsupported = Code(.unsupported)

        /// The name of the code.
        public var description: String { name.rawValue }
    }

    /// The class of the failure.
    public let code: Code
    /// What failed, on which object, and what to do about it.
    public let message: String

    /// Describes a failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
