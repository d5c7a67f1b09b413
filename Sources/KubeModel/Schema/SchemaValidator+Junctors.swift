import Manifest

extension SchemaValidator {
    /// Checks `anyOf`, `oneOf`, `allOf` and `not`.
    func checkJunctors(_ value: Value, _ schema: Schema, at path: String) -> ValidationResult {
        var result = ValidationResult()
        if let constraints = schema.constraints {
            if !constraints.anyOf.isEmpty { checkAny(of: constraints.anyOf, value, at: path, &result) }
            if !constraints.oneOf.isEmpty { checkOne(of: constraints.oneOf, value, at: path, &result) }
            if !constraints.allOf.isEmpty { checkAll(of: constraints.allOf, value, at: path, &result) }
            if let not = constraints.not, validate(value, not, at: path).isValid {
                addGeneral("\(GoFormat.quoted(path)) must not validate the schema (not)", &result)
            }
        }
        result.matches += 1
        return result
    }

    private func checkAny(
        of schemas: [Schema], _ value: Value, at path: String, _ result: inout ValidationResult
    ) {
        var best: ValidationResult?
        for schema in schemas {
            let outcome = validate(value, schema, at: path)
            if outcome.isValid { return result.merge(outcome) }
            if best.map({ outcome.matches > $0.matches }) ?? true { best = outcome }
        }
        addGeneral("\(GoFormat.quoted(path)) must validate at least one schema (anyOf)", &result)
        if let best { result.merge(best) }
    }

    private func checkOne(
        of schemas: [Schema], _ value: Value, at path: String, _ result: inout ValidationResult
    ) {
        var best: ValidationResult?
        var first: ValidationResult?
        var count = 0
        for schema in schemas {
            let outcome = validate(value, schema, at: path)
            if outcome.isValid {
                count += 1
                best = nil
                first = first ?? outcome
            } else if count == 0, best.map({ outcome.matches > $0.matches }) ?? true {
                best = outcome
            }
        }
        if count == 1, let first { return result.merge(first) }
        let found = count == 0 ? "Found none valid" : "Found \(count) valid alternatives"
        addGeneral(
            "\(GoFormat.quoted(path)) must validate one and only one schema (oneOf). \(found)", &result)
        if let best { result.merge(best) }
    }

    private func checkAll(
        of schemas: [Schema], _ value: Value, at path: String, _ result: inout ValidationResult
    ) {
        var count = 0
        for schema in schemas {
            let outcome = validate(value, schema, at: path)
            if outcome.isValid { count += 1 }
            result.merge(outcome)
        }
        if count < schemas.count {
            let words = count == 0 ? ". None validated" : ""
            addGeneral("\(GoFormat.quoted(path)) must validate all the schemas (allOf)\(words)", &result)
        }
    }
}
