import Manifest

/// Numbers that may be given as a percentage.
enum Share {
    /// The faults of a number or percentage that may not be negative.
    static func faults(of field: ObjectField) -> [FieldError] {
        if case .string(let text)? = field.value { return field.invalid(NameSyntax.percentage(text)) }
        return field.nonnegative()
    }

    /// The fault of more than everything.
    static func excess(of field: ObjectField) -> [FieldError] {
        guard case .string? = field.value, percentage(field) ?? 0 > 100 else { return [] }
        return [field.invalid("must not be greater than 100%")]
    }

    /// Whether the number or percentage is 0; what is malformed counts as 0.
    static func isZero(_ field: ObjectField) -> Bool {
        (percentage(field) ?? (field.value?.stringValue == nil ? field.number : 0)) == 0
    }

    private static func percentage(_ field: ObjectField) -> Int64? {
        guard case .string(let text)? = field.value, NameSyntax.percentage(text).isEmpty else { return nil }
        return Int64(text.dropLast())
    }
}
