import Manifest

/// Values as Go's `encoding/json` prints them into messages: compact, with `<`, `>` and `&` escaped.
enum GoJSON {
    /// A value as an error message shows it: texts in quotes as `%q` does, all else as JSON.
    static func badValue(_ value: Value) -> String {
        if case .string(let text) = value { return GoFormat.quoted(text) }
        return text(of: value)
    }

    /// A value as JSON, its keys in the order they stand in.
    static func text(of value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .double(let real): real.text
        case .string(let text): quoted(text)
        case .array(let items): "[" + items.map(text(of:)).joined(separator: ",") + "]"
        case .object(let object):
            "{" + object.map { "\(quoted($0.key)):\(text(of: $0.value))" }.joined(separator: ",") + "}"
        }
    }

    /// A value with its keys in the order in which Go prints maps and, where they differ, the structs of `metav1`.
    static func ordered(_ value: Value) -> Value {
        switch value {
        case .array(let items): return .array(items.map(ordered))
        case .object(let object):
            var sorted = object.mapValues(ordered)
            sorted.sortKeys()
            return .object(withDeclaredOrder(sorted))
        default: return value
        }
    }

    /// Structs whose fields Go prints in another order than that of their names.
    private static let declaredOrders = [
        ["matchLabels", "matchExpressions"],
        ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"],
    ]

    private static func withDeclaredOrder(_ object: Object) -> Object {
        for order in declaredOrders where object.allSatisfy({ order.contains($0.key) }) {
            return Object(order.compactMap { key in object[key].map { Object.Pair(key: key, value: $0) } })
        }
        return object
    }

    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "\u{08}": output += "\\b"
            case "\u{0C}": output += "\\f"
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{00}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
