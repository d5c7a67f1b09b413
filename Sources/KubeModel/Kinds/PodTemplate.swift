import Manifest

/// What all kinds that make pods from a template have in common.
enum PodTemplate {
    /// The faults of a selector that must be given and select something.
    ///
    /// - Parameter emptyFault: what is said of a selector without requirements.
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
