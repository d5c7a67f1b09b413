/// What is wrong with a policy or with a question to the planner.
public struct JudgeError: Error, Sendable, Hashable {
    /// The class of a fault. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String { case invalidPolicy, invalidQuestion }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// A policy contradicts itself or names an impossible bound.
        public static let invalidPolicy = Code(.invalidPolicy)
        /// A forecast is asked of numbers that no traffic has.
        public static let invalidQuestion = Code(.invalidQuestion)

        /// The name of the code.
        public var description: String { name.rawValue }
    }

    /// The class of the failure.
    public let code: Code
    /// The part of the policy: `metrics.errors.harmful`.
    public let field: String
    /// What is wrong with it and what would be right.
    public let message: String

    init(_ code: Code, _ field: String, _ message: String) {
        self.code = code
        self.field = field
        self.message = message
    }
}

extension JudgeError: CustomStringConvertible {
    /// The field, and what is wrong with it.
    public var description: String { "\(field): \(message)" }
}
