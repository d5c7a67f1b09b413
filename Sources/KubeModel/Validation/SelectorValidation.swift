import Manifest

/// The rules for label selectors in the fields of an object.
enum SelectorValidation {
    /// The faults of a label selector; an absent one has none.
    static func faults(of selector: ObjectField) -> [FieldError] {
        MetadataValidation.labels(selector["matchLabels"])
            + selector["matchExpressions"].items.flatMap(requirement)
    }

    private static func requirement(_ requirement: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        let values = requirement["values"]
        let operation = requirement["operator"]
        switch operation.text {
        case "In", "NotIn":
            if values.isEmpty {
                errors.append(values.required("must be specified when `operator` is 'In' or 'NotIn'"))
            }
        case "Exists", "DoesNotExist":
            if !values.isEmpty {
                errors.append(
                    values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
            }
        default:
            errors.append(operation.invalid("not a valid selector operator", absent: ""))
        }
        errors += requirement["key"].invalid(NameSyntax.qualifiedName(requirement["key"].text))
        return errors + values.items.flatMap { $0.invalid(NameSyntax.labelValue($0.text)) }
    }

    /// Whether the selector selects nothing in particular: no labels, no expressions.
    static func isEmpty(_ selector: ObjectField) -> Bool {
        selector["matchLabels"].isEmpty && selector["matchExpressions"].isEmpty
    }

    /// Whether the selector is there and selects everything.
    static func isSelectingAll(_ selector: ObjectField) -> Bool { selector.isPresent && isEmpty(selector) }

    /// Whether the selector selects what has the labels; nil where it is malformed. An absent one selects nothing.
    static func matches(_ selector: ObjectField, labels: ObjectField) -> Bool? {
        (try? LabelSelector(field: selector.value))?
            .matches(StringMap(labels.value?.objectValue ?? Object()))
    }
}
