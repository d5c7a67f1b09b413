public import Manifest

extension Schema {
    /// What a value breaks of the schema, in the words of upstream's validator of custom resources.
    ///
    /// Types, required fields, enumerations, bounds, patterns, formats and the junctors are checked;
    /// ``listFaults(in:at:)`` adds the uniqueness of list items.
    ///
    /// - Parameter root: the path of the value, empty for whole objects.
    public func validate(_ value: Value, at root: String = "") -> [FieldError] {
        SchemaValidator(root: root).validate(value, self, at: root).faults.map(\.error)
    }
}

/// What a validation found, and how many checks were passed on the way, which tells the alternatives apart.
struct ValidationResult {
    struct Fault {
        let error: FieldError
        /// The sentence by which equal faults are recognised.
        let message: String
    }

    private(set) var faults: [Fault] = []
    var matches = 0

    var isValid: Bool { faults.isEmpty }

    mutating func add(_ error: FieldError, _ message: String) {
        if !faults.contains(where: { $0.message == message }) {
            faults.append(Fault(error: error, message: message))
        }
    }

    mutating func merge(_ other: ValidationResult) {
        for fault in other.faults { add(fault.error, fault.message) }
        matches += other.matches
    }
}

/// One walk over a value along its schema, as kube-openapi's `validate` package walks it.
///
/// The number of passed checks is counted as there, so that of several failed alternatives the same is reported.
struct SchemaValidator {
    /// The path of the value as a whole, which faults of no field are reported at.
    let root: String

    func validate(_ value: Value, _ schema: Schema, at path: String) -> ValidationResult {
        var result = ValidationResult()
        if value.isNull {
            result.merge(checkType(of: value, schema, at: path))
            checkEnumeration(value, schema, at: path, &result)
            return result
        }
        func count(_ outcome: ValidationResult) {
            result.merge(outcome)
            result.matches += 1
        }
        if schema.type != .any || schema.isIntOrString || schema.format != nil {
            count(checkType(of: value, schema, at: path))
        }
        count(checkJunctors(value, schema, at: path))
        switch value {
        case .string(let text):
            count(checkText(text, schema, at: path))
            if let format = schema.format, let known = StringFormat(format) {
                var outcome = ValidationResult()
                if !known.accepts(text) {
                    addTypeFault(format, found: text, at: path, &outcome)
                }
                count(outcome)
            }
        case .integer, .double: count(checkNumber(value, schema, at: path))
        case .array(let items): count(checkItems(items, schema, at: path))
        default: break
        }
        var outcome = ValidationResult()
        checkEnumeration(value, schema, at: path, &outcome)
        count(outcome)
        if case .object(let object) = value { count(checkFields(object, schema, at: path)) }
        result.matches += 1
        return result
    }

    // MARK: Types

    private func checkType(of value: Value, _ schema: Schema, at path: String) -> ValidationResult {
        var result = ValidationResult()
        let wanted =
            schema.isIntOrString ? ["integer", "string"] : schema.type == .any ? [] : [schema.type.rawValue]
        let found = value.jsonType
        if value.isNull {
            if !wanted.isEmpty, !schema.isNullable {
                addTypeFault(wanted.joined(separator: ","), found: "null", at: path, &result)
            } else {
                result.matches = 1
            }
            return result
        }
        let isNumber = wanted.contains("integer") || wanted.contains("number")
        let fits =
            wanted.contains(found) || (found == "integer" && wanted.contains("number"))
            || (found == "number" && wanted.contains("integer") && value.integerValue != nil)
        let isTextOrList = value.stringValue != nil || value.arrayValue != nil
        if let format = schema.format {
            let foundFormat = found == "integer" ? "int64" : found == "number" ? "float64" : ""
            if !isTextOrList, !fits, foundFormat != format {
                addTypeFault(format, found: foundFormat, at: path, &result)
                return result
            }
            if !isNumber, isTextOrList {
                result.matches = 1
                return result
            }
        }
        if fits {
            result.matches = 1
        } else {
            addTypeFault(wanted.joined(separator: ","), found: found, at: path, &result)
        }
        return result
    }

    private func addTypeFault(
        _ wanted: String, found: String, at path: String, _ result: inout ValidationResult
    ) {
        let message = "\(path) in body must be of type \(wanted): \(GoFormat.quoted(found))"
        result.add(.typeInvalid(field(path), .string(found), message), message)
    }

    private func checkEnumeration(
        _ value: Value, _ schema: Schema, at path: String, _ result: inout ValidationResult
    ) {
        let allowed = schema.enumeration
        guard !allowed.isEmpty, !allowed.contains(where: { !$0.isNull && $0.isEquivalent(to: value) }) else {
            return
        }
        let names = allowed.map { $0.stringValue ?? GoJSON.text(of: $0) }
        let message = "\(path) in body should be one of \(GoFormat.description(of: .array(allowed)))"
        result.add(.notSupported(field(path), value, supported: names), message)
    }

    // MARK: Texts and numbers

    private func checkText(_ text: String, _ schema: Schema, at path: String) -> ValidationResult {
        var result = ValidationResult()
        guard let constraints = schema.constraints else { return result }
        let length = text.unicodeScalars.count
        if let limit = constraints.maxLength, length > limit {
            let message = "\(path) in body should be at most \(limit) chars long"
            result.add(.tooLong(field(path), limit: limit), message)
        } else if let limit = constraints.minLength, length < limit {
            add("should be at least \(limit) chars long", .string(text), at: path, &result)
        } else if let pattern = constraints.pattern, !(constraints.expression?.matches(text) ?? false) {
            add("should match '\(pattern)'", .string(text), at: path, &result)
        }
        return result
    }

    private func checkNumber(_ value: Value, _ schema: Schema, at path: String) -> ValidationResult {
        var result = ValidationResult()
        result.matches = 1
        let number = value.doubleValue ?? 0
        if schema.format == "int32", value.integerValue.flatMap({ Int32(exactly: $0) }) == nil {
            addGeneral("Checked value must be of type integer with format int32 in \(path)", &result)
        } else if schema.format == "float", !Float(number).isFinite {
            addGeneral("Checked value must be of type number with format float in \(path)", &result)
        }
        guard let constraints = schema.constraints else { return result }
        // Integers are compared with the integral part of bounds, as Go converts them.
        var isInteger = false
        if case .integer = value { isInteger = true }
        func bound(_ limit: Double) -> Value {
            if isInteger, let integral = Int64(exactly: limit.rounded(.towardZero)) {
                return .integer(integral)
            }
            return .double(Real(limit))
        }
        if let factor = constraints.multipleOf.map(bound) {
            if factor.order(to: 0) <= 0 {
                let message = "factor MultipleOf declared for \(path) must be positive: \(text(factor))"
                result.add(.invalid(field(path), factor, message), message)
            } else if !isMultiple(value, of: factor) {
                add("should be a multiple of \(text(factor))", value, at: path, &result)
            }
        }
        if let limit = constraints.minimum.map(bound) {
            let order = value.order(to: limit)
            if order < 0 || (order == 0 && constraints.exclusiveMinimum) {
                let words = constraints.exclusiveMinimum ? "greater than" : "greater than or equal to"
                add("should be \(words) \(text(limit))", value, at: path, &result)
            }
        }
        if let limit = constraints.maximum.map(bound) {
            let order = value.order(to: limit)
            if order > 0 || (order == 0 && constraints.exclusiveMaximum) {
                let words = constraints.exclusiveMaximum ? "less than" : "less than or equal to"
                add("should be \(words) \(text(limit))", value, at: path, &result)
            }
        }
        return result
    }

    private func isMultiple(_ value: Value, of factor: Value) -> Bool {
        if case .integer(let number) = value, case .integer(let unit) = factor { return number % unit == 0 }
        let (number, unit) = (value.doubleValue ?? 0, factor.doubleValue ?? 1)
        let quotient = unit < 1 ? 1 / unit * number : number / unit
        return (quotient - quotient.rounded()).magnitude < 1e-9
    }

    private func text(_ number: Value) -> String { GoFormat.description(of: number) }

    // MARK: Lists and objects

    private func checkItems(_ items: [Value], _ schema: Schema, at path: String) -> ValidationResult {
        var result = ValidationResult()
        if let schema = schema.items {
            for (index, item) in items.enumerated() {
                result.merge(validate(item, schema, at: "\(path)[\(index)]"))
            }
        }
        if let constraints = schema.constraints {
            let count = items.count
            if let limit = constraints.minItems, count < limit {
                add("should have at least \(limit) items", .integer(Int64(count)), at: path, &result)
            }
            if let limit = constraints.maxItems, count > limit {
                let message = "\(path) in body should have at most \(limit) items"
                result.add(.tooMany(field(path), count: count, limit: limit), message)
            }
            if constraints.uniqueItems, Set(items).count < count {
                add("shouldn't contain duplicates", "", at: path, &result)
            }
        }
        result.matches += 1
        return result
    }

    private func checkFields(_ object: Object, _ schema: Schema, at path: String) -> ValidationResult {
        var result = ValidationResult()
        if let constraints = schema.constraints {
            if let limit = constraints.minProperties, object.count < limit {
                add(
                    "should have at least \(limit) properties", .integer(Int64(object.count)), at: path,
                    &result)
            }
            if let limit = constraints.maxProperties, object.count > limit {
                let message = "\(path) in body should have at most \(limit) properties"
                result.add(.tooMany(field(path), count: object.count, limit: limit), message)
            }
        }
        let forbidsOthers = schema.constraints?.forbidsOtherFields ?? false
        for pair in object where !schema.properties.contains(pair.key) {
            if forbidsOthers {
                let message = "\(path).\(pair.key) in body is a forbidden property"
                result.add(.invalid(field(path), .string(pair.key), message), message)
            } else if let additional = schema.additionalProperties {
                result.merge(validate(pair.value, additional, at: "\(path).\(pair.key)"))
            }
        }
        for (name, property) in schema.properties {
            guard let value = object[name] else { continue }
            result.merge(validate(value, property, at: path.isEmpty ? name : "\(path).\(name)"))
        }
        for name in schema.required where !object.contains(key: name) {
            let place = "\(path).\(name)"
            result.add(.required(field(place)), "\(place) in body is required")
        }
        return result
    }

    // MARK: Faults

    private func add(_ words: String, _ value: Value, at path: String, _ result: inout ValidationResult) {
        let message = "\(path) in body \(words)"
        result.add(.invalid(field(path), value, message), message)
    }

    /// A fault that upstream reports without saying where.
    func addGeneral(_ message: String, _ result: inout ValidationResult) {
        result.add(.invalid(FieldPath(root.isEmpty ? "<nil>" : root), "", message), message)
    }

    private func field(_ path: String) -> FieldPath {
        let name = path.first == "." ? String(path.dropFirst()) : path
        return name.isEmpty ? FieldPath("<nil>") : FieldPath(name)
    }
}

extension Value {
    /// The name of the value's JSON type, integers apart from other numbers.
    fileprivate var jsonType: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
