import Manifest

/// What all kinds that make pods from a template have in common.
enum PodTemplate {
    /// The faults of a selector that must be given and select something.
    ///
    /// - Parameter kind: the kind's name as the message has it.
    static func requiredSelector(_ selector: ObjectField, emptyFault: String) -> [FieldError] {
        guard selector.isPresent else { return [selector.required()] }
        return SelectorValidation.faults(of: selector)
            + (SelectorValidation.isEmpty(selector) ? [selector.invalid(emptyFault)] : [])
    }

    /// The fault of a template whose labels the selector does not select.
    ///
    /// An absent selector selects nothing and an empty one everything; one that is malformed is reported elsewhere.
    static func selection(_ selector: ObjectField, of template: ObjectField) -> [FieldError] {
        let labels = template["metadata", "labels"]
        guard let matches = SelectorValidation.matches(selector, labels: labels), !matches else { return [] }
        return [labels.invalid("`selector` does not match template `labels`")]
    }

    /// The faults of a template whose pods run until they are deleted.
    static func alwaysRunning(_ template: ObjectField, ofKind kind: String) -> [FieldError] {
        let (policy, deadline) = (
            template["spec", "restartPolicy"], template["spec", "activeDeadlineSeconds"]
        )
        return (policy.text == "Always" ? [] : [policy.notSupported(["Always"])])
            + (deadline.isPresent
                ? [deadline.forbidden("activeDeadlineSeconds in \(kind) is not Supported")] : [])
    }

    /// The warnings for a template that is new or changed.
    static func warnings(_ object: ObjectField, old: ObjectField?, at names: String...) -> [String] {
        if let old, object["metadata", "generation"].number == old["metadata", "generation"].number {
            return []
        }
        let template = names.reduce(object) { $0[$1] }
        return PodWarnings.texts(of: template["spec"], metadata: template["metadata"])
    }
}

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
