public import Manifest

extension Schema {
    /// What a custom resource's schema demands of a value beyond its type, names and enumeration.
    public struct Constraints: Sendable {
        public var minimum: Value?
        public var maximum: Value?
        public var exclusiveMinimum = false
        public var exclusiveMaximum = false
        public var multipleOf: Value?
        /// Bounds on the number of Unicode characters of a string.
        public var minLength: Int?
        public var maxLength: Int?
        public var minItems: Int?
        public var maxItems: Int?
        public var minProperties: Int?
        public var maxProperties: Int?
        public var uniqueItems = false
        /// A regular expression that must match somewhere in the string.
        public var pattern: String?
        public var allOf: [Schema] = []
        public var anyOf: [Schema] = []
        public var oneOf: [Schema] = []
        public var not: Schema?

        public init() {}
    }
}
