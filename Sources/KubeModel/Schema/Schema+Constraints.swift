extension Schema {
    /// What a custom resource's schema demands of a value beyond its type, names and enumeration.
    public struct Constraints: Sendable {
        public var minimum: Double?
        public var maximum: Double?
        public var exclusiveMinimum = false
        public var exclusiveMaximum = false
        public var multipleOf: Double?
        /// Bounds on the number of Unicode characters of a string.
        public var minLength: Int?
        public var maxLength: Int?
        public var minItems: Int?
        public var maxItems: Int?
        public var minProperties: Int?
        public var maxProperties: Int?
        /// Whether no two items may be equal.
        public var uniqueItems = false
        /// What must match somewhere in a string.
        public var pattern: String?
        /// The pattern ready for use, nil where it is no regular expression and nothing matches it.
        var expression: RegularExpression?
        /// Whether there may be no fields but the named ones.
        public var forbidsOtherFields = false
        public var allOf: [Schema] = []
        public var anyOf: [Schema] = []
        public var oneOf: [Schema] = []
        public var not: Schema?

        public init() {}

        var isEmpty: Bool {
            minimum == nil && maximum == nil && multipleOf == nil && minLength == nil && maxLength == nil
                && minItems == nil && maxItems == nil && minProperties == nil && maxProperties == nil
                && !uniqueItems && pattern == nil && !forbidsOtherFields && allOf.isEmpty && anyOf.isEmpty
                && oneOf.isEmpty && not == nil
        }
    }
}
