/// Why a promotion, or what leads to one, failed.
public struct PromotionError: Error, Sendable, Hashable {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case notFound, invalid, changed, superseded, quarantined, unsigned, unavailable, moved
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// There is no such service, environment, release, file or field.
        public static let notFound = Code(.notFound)
        /// A file or a request is not what it must be.
        public static let invalid = Code(.invalid)
        /// Somebody else has changed the value that was to be replaced; it was left as it is.
        public static let changed = Code(.changed)
        /// A newer promotion stands there already.
        public static let superseded = Code(.superseded)
        /// The image is in quarantine, so that it goes nowhere until that is lifted.
        public static let quarantined = Code(.quarantined)
        /// The image's signature does not hold, so that it is promoted nowhere.
        public static let unsigned = Code(.unsigned)
        /// Something that is needed cannot be reached for now.
        public static let unavailable = Code(.unavailable)
        /// The branch has moved; nothing was written, and it can be tried again on the new head.
        public static let moved = Code(.moved)

        /// The code as one word.
        public var description: String { name.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, on which object, why, and what to do about it.
    public let message: String

    /// A failure in words that say what failed, on which object, and what to do.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension PromotionError: CustomStringConvertible {
    /// As the message says it.
    public var description: String { message }
}
