extension Schema {
    /// What a custom resource's schema demands of a value beyond its type, names and enumeration.
    public struct Constraints: Sendable {
        /// Bounds on a number.
        public var minimum: Double?
        public var maximum: Double?
        /// Whether the bounds themselves are out of bounds.
        public var exclusiveMinimum = false
        public var exclusiveMaximum = false
        /// What a number must be an integral multiple of.
        public var multipleOf: Double?
        /// Bounds on the number of Unicode characters of a string.
        public var minLength: Int?
        public var maxLength: Int?
        /// Bounds on the number of items of a list.
        public var minItems: Int?
        public var maxItems: Int?
        /// Bounds on the number of fields of an object.
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
        /// Schemas of which the value must satisfy all, at least one, exactly one.
        public var allOf: [Schema] = []
        public var anyOf: [Schema] = []
        public var oneOf: [Schema] = []
        /// A schema that the value must not satisfy.
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
