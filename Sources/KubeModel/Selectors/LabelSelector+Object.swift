public import Manifest

extension LabelSelector {
    /// Reads a `selector` field with `matchLabels` and `matchExpressions`.
    ///
    /// - Parameter field: nil, for a field that is missing, means no object; an empty one every object.
    /// - Throws: `invalidSelector`, in upstream's words.
    public init(field: Value?) throws(KubeModelError) {
        guard let field, !field.isNull else {
            self = .nothing
            return
        }
        var requirements: [Requirement] = []
        for (key, value) in StringMap(field["matchLabels"]?.objectValue ?? Object()) {
            requirements.append(try Requirement(validating: key, .equals, [value]))
        }
        for expression in field["matchExpressions"]?.arrayValue ?? [] {
            let operation = expression["operator"]?.stringValue ?? ""
            guard let known = Self.fieldOperators[operation] else {
                throw KubeModelError(
                    .invalidSelector,
                    "\(GoFormat.quoted(operation)) is not a valid label selector operator")
            }
            requirements.append(
                try Requirement(
                    validating: expression["key"]?.stringValue ?? "", known,
                    (expression["values"]?.arrayValue ?? []).compactMap(\.stringValue)))
        }
        self.init(requirements)
    }

    /// The operators of `matchExpressions`.
    private static let fieldOperators: [String: Operator] = [
        "In": .isIn, "NotIn": .notIn, "Exists": .exists, "DoesNotExist": .doesNotExist,
    ]
}

extension LabelSelector.Requirement {
    /// A requirement after a check of its key, its values and their number.
    ///
    /// - Throws: `invalidSelector` with all faults, in upstream's words.
    public init(
        validating key: String, _ operation: LabelSelector.Operator, _ values: [String]
    ) throws(KubeModelError) {
        self.init(key, operation, values)
        var errors: [FieldError] = []
        let path = FieldPath("values")
        let keyFaults = NameSyntax.qualifiedName(key)
        if !keyFaults.isEmpty {
            errors.append(.invalid(FieldPath("key"), .string(key), keyFaults.joined(separator: "; ")))
        }
        if let fault = countFault {
            let list: Value = values.isEmpty ? .null : .array(values.map(Value.string))
            errors.append(.invalid(path, list, fault))
        }
        for (index, value) in values.enumerated() {
            if operation == .greaterThan || operation == .lessThan, Int64(value) == nil {
                errors.append(
                    .invalid(
                        path.index(index), .string(value),
                        "for 'Gt', 'Lt' operators, the value must be an integer"))
            }
        }
        for (index, value) in values.enumerated() {
            let faults = NameSyntax.labelValue(value)
            if !faults.isEmpty {
                errors.append(
                    .invalid(path.index(index).key(key), .string(value), faults.joined(separator: "; ")))
            }
        }
        if !errors.isEmpty { throw KubeModelError(.invalidSelector, Self.text(of: errors)) }
    }

    /// What is wrong with the number of values.
    private var countFault: String? {
        switch operation {
        case .isIn, .notIn:
            values.isEmpty ? "for 'in', 'notin' operators, values set can't be empty" : nil
        case .equals, .doubleEquals, .notEquals:
            values.count == 1 ? nil : "exact-match compatibility requires one single value"
        case .exists, .doesNotExist:
            values.isEmpty ? nil : "values set must be empty for exists and does not exist"
        case .greaterThan, .lessThan:
            values.count == 1 ? nil : "for 'Gt', 'Lt' operators, exactly one value is required"
        }
    }

    /// All errors in one text, in brackets where there are several.
    private static func text(of errors: [FieldError]) -> String {
        let texts = errors.map(\.description)
        return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
    }
}
