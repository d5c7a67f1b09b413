/// Why a kustomization cannot be built. The messages are upstream's where upstream has one.
public struct KustomizeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of a fault. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case notFound, restricted, cycle, malformed, invalidKustomization, invalidResource, conflict
            case patchFailed, ambiguousReference, replacementFailed, unsupported, inapplicable
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// A file or directory is missing.
        public static let notFound = Code(.notFound)
        /// A file lies outside the directory it may be read from.
        public static let restricted = Code(.restricted)
        /// A base is, or contains, one that refers to it.
        public static let cycle = Code(.cycle)
        /// A text is no YAML.
        public static let malformed = Code(.malformed)
        /// The kustomization file, or the configuration of a transformer or generator, says what has no meaning.
        public static let invalidKustomization = Code(.invalidKustomization)
        /// An object lacks what every object has, or cannot be written as JSON.
        public static let invalidResource = Code(.invalidResource)
        /// Two objects would have one identity, or an object to merge with is missing.
        public static let conflict = Code(.conflict)
        /// A patch cannot be applied to its target.
        public static let patchFailed = Code(.patchFailed)
        /// A name refers to several objects.
        public static let ambiguousReference = Code(.ambiguousReference)
        /// A replacement's source or target cannot be found.
        public static let replacementFailed = Code(.replacementFailed)
        /// A feature that is refused by name: remote resources, programs, Helm charts.
        public static let unsupported = Code(.unsupported)
        /// A transformer meets a field of a kind it cannot set.
        public static let inapplicable = Code(.inapplicable)

        /// The name of the code.
        public var description: String { name.rawValue }
    }

    /// The class of the failure.
    public let code: Code
    /// What failed, on which object, and why.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// The same fault, told with what was being done when it was met.
    func within(_ context: @autoclosure () -> String) -> KustomizeError {
        KustomizeError(code, "\(context()): \(message)")
    }
}
