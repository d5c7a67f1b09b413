/// What is wrong with a text, a selector or a patch that a user wrote.
public struct KubeModelError: Error, Sendable, Hashable {
    /// The class of a fault. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case invalidQuantity, invalidIntOrString, invalidSelector, unsupportedField
            case malformedPatch, inapplicablePatch, oversizedPatch, conflictingPatch, failedPatch
            case invalidManagedFields
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The text is no quantity.
        public static let invalidQuantity = Code(.invalidQuantity)
        /// The value is neither an integer nor, where one is asked for, a percentage.
        public static let invalidIntOrString = Code(.invalidIntOrString)
        /// The label or field selector cannot be understood.
        public static let invalidSelector = Code(.invalidSelector)
        /// The field selector names a field that the resource cannot be selected by.
        public static let unsupportedField = Code(.unsupportedField)
        /// The patch breaks the rules of its format, whatever it is applied to.
        public static let malformedPatch = Code(.malformedPatch)
        /// The patch is well-formed but does not fit the object.
        public static let inapplicablePatch = Code(.inapplicablePatch)
        /// The patch has too many operations.
        public static let oversizedPatch = Code(.oversizedPatch)
        /// The patch would change what somebody else changed.
        public static let conflictingPatch = Code(.conflictingPatch)
        /// The patch failed in a way that Kubernetes answers with a plain server error.
        public static let failedPatch = Code(.failedPatch)

        /// The entries of `metadata.managedFields` cannot be read.
        public static let invalidManagedFields = Code(.invalidManagedFields)

        public var description: String { name.rawValue }
    }

    public let code: Code
    /// What is wrong, worded as Kubernetes words it.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The failure an API server answers with when it meets the error in a request.
    ///
    /// Upstream hides why a JSON patch does not apply behind the generic text of 422, and answers several
    /// faults of strategic patches as server errors; recorded clients rely on both.
    public var apiError: APIError {
        switch code {
        case .inapplicablePatch: .generic(code: 422, serverMessage: message)
        case .oversizedPatch: .requestEntityTooLarge(message)
        case .conflictingPatch, .failedPatch: .plain(message)
        default: .badRequest(message)
        }
    }
}

extension KubeModelError: CustomStringConvertible {
    public var description: String { message }
}
