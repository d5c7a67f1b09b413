import KubeModel
import Manifest

extension TablePrinter {
    /// The columns a definition asks for, behind the name; without any, the age.
    init(customColumns: [CustomVersion.PrinterColumn]) {
        self.init([.name] + (customColumns.isEmpty ? [Self.customAge] : customColumns.map(Self.column)))
    }

    private static let customAge = TableColumn(
        "Age", type: "date", description: FieldDescription.creationTimestamp
    ) { object, now in
        .string(Age.text(since: object.metadata.creationTimestamp, now: now))
    }

    private static func column(_ column: CustomVersion.PrinterColumn) -> TableColumn {
        let description =
            column.description.isEmpty
            ? "Custom resource definition column (in JSONPath format): \(column.jsonPath)"
            : column.description
        let path = JSONPath(column.jsonPath)
        return TableColumn(
            column.name, type: column.type, format: column.format, description: description,
            priority: column.priority
        ) { object, now in
            guard let path else { return .null }
            let results = path.evaluate(object)
            guard let first = results.first else { return .null }
            return cell(first, all: results, type: column.type, now: now)
        }
    }

    /// The cell of a value in a column of a declared type; null where the two do not fit.
    private static func cell(_ value: Value, all: [Value], type: String, now: Timestamp) -> Value {
        switch type {
        case "integer":
            if case .double(let real) = value { return .integer(Int64(clamping: real.value)) }
            return value.integerValue.map(Value.integer) ?? .null
        case "number":
            return value.doubleValue == nil ? .null : value
        case "boolean":
            return value.boolValue.map(Value.bool) ?? .null
        case "date":
            guard let text = value.stringValue else { return .null }
            guard let moment = Timestamp(rfc3339: text) else { return "<invalid>" }
            return .string(Age.text(since: moment, now: now))
        default:
            return .string(all.map(text).joined(separator: " "))
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .string(let text): text
        case .null: ""
        default: JSON.string(value)
        }
    }
}

extension Int64 {
    /// The number without its fraction, at the nearest bound where it lies beyond.
    fileprivate init(clamping number: Double) {
        self = Int64(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
    }
}
