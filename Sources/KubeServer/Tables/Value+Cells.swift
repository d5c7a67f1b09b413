import KubeModel
import Manifest

// Short ways to the fields that cells are made of.

extension Value {
    /// The text at the end of a way of keys, with `absent` standing in for a missing or empty one.
    func text(_ keys: String..., absent: String = "") -> String {
        guard let text = at(keys)?.stringValue, !text.isEmpty else { return absent }
        return text
    }

    /// The whole number at the end of a way of keys, 0 where there is none.
    func number(_ keys: String...) -> Int64 { at(keys)?.integerValue ?? 0 }

    /// The flag at the end of a way of keys, false where there is none.
    func flag(_ keys: String...) -> Bool { at(keys)?.boolValue ?? false }

    /// The list at the end of a way of keys, empty where there is none.
    func items(_ keys: String...) -> [Value] { at(keys)?.arrayValue ?? [] }

    /// The texts of the list at the end of a way of keys.
    func texts(_ keys: String...) -> [String] { (at(keys)?.arrayValue ?? []).compactMap(\.stringValue) }

    /// The moment at the end of a way of keys, nil where there is none.
    func moment(_ keys: String...) -> Timestamp? {
        at(keys)?.stringValue.flatMap(Timestamp.init(rfc3339:))
    }

    /// An integer or a string at the end of a way of keys, as text.
    func scalarText(_ keys: String..., absent: String = "") -> String {
        switch at(keys) {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .double(let number): number.text
        default: absent
        }
    }

    private func at(_ keys: [String]) -> Value? {
        var node: Value? = self
        for key in keys { node = node?[key] }
        return node
    }

    /// The `status` of a condition in `status.conditions`, nil where the condition is missing.
    func condition(_ type: String) -> String? {
        items("status", "conditions").first { $0.text("type") == type }?.text("status")
    }
}

/// Lists and selectors as cells show them.
enum CellText {
    /// The texts, at most `limit` of them, with the number of those left out.
    static func list(_ texts: [String], limit: Int = 3, absent: String = "<none>") -> String {
        if texts.isEmpty { return absent }
        let shown = texts.prefix(limit).joined(separator: ",")
        return texts.count > limit ? "\(shown) + \(texts.count - limit) more..." : shown
    }

    /// Labels as `a=1,b=2`.
    static func labels(_ labels: Value?) -> String {
        guard let labels = labels?.objectValue, !labels.isEmpty else { return "<none>" }
        return labels.map { ($0.key, $0.value.stringValue ?? "") }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: ",")
    }

    /// A `LabelSelector` in the syntax of query parameters.
    static func selector(_ selector: Value?) -> String {
        var requirements: [(key: String, text: String)] = []
        for pair in selector?["matchLabels"]?.objectValue ?? Object() {
            requirements.append((pair.key, "\(pair.key)=\(pair.value.stringValue ?? "")"))
        }
        for expression in selector?.items("matchExpressions") ?? [] {
            let key = expression.text("key")
            let values = expression.texts("values").sorted().joined(separator: ",")
            switch expression.text("operator") {
            case "In": requirements.append((key, "\(key) in (\(values))"))
            case "NotIn": requirements.append((key, "\(key) notin (\(values))"))
            case "Exists": requirements.append((key, key))
            case "DoesNotExist": requirements.append((key, "!\(key)"))
            default: break
            }
        }
        if requirements.isEmpty { return "<none>" }
        // Stable, as two requirements on one key keep their order.
        return requirements.enumerated()
            .sorted { ($0.element.key, $0.offset) < ($1.element.key, $1.offset) }
            .map(\.element.text)
            .joined(separator: ",")
    }

    /// A flag as tables write it, with a text for one that is not set.
    static func flag(_ value: Value?, absent: String = "<unset>") -> String {
        value?.boolValue.map { $0 ? "True" : "False" } ?? absent
    }

    /// The names and images of a pod template's containers.
    static func names(of containers: [Value]) -> String {
        containers.map { $0.text("name") }.joined(separator: ",")
    }

    static func images(of containers: [Value]) -> String {
        containers.map { $0.text("image") }.joined(separator: ",")
    }
}
