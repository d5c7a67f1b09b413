import KubeModel
import Manifest

/// Writes a value to the fields that one path leads to, also to one inside a text of JSON or YAML.
struct FieldReplacement {
    private let path: String
    private let parts: [String]
    private let options: ReplacementEntry.Options?

    init(_ path: String, options: ReplacementEntry.Options?) {
        self.path = path
        parts = FieldPath.splitBrackets(path)
        self.options = options
    }

    /// - Throws: `replacementFailed` where the path leads to nothing and is not to be made.
    func set(_ value: Node, in object: Node) throws(KustomizeError) {
        if setInText(value, in: object) { return }
        let creates = options?.creates ?? false
        func missing() -> String {
            "unable to find \(creates ? "or create " : "")field \(GoFormat.quoted(path)) in replacement target"
        }
        let fields: [Node]
        do throws(KustomizeError) {
            fields = try PathMatcher(creating: creates ? value.kind : nil).nodes(at: parts[...], of: object)
        } catch {
            throw KustomizeError(.replacementFailed, "\(missing()): \(error.message)")
        }
        guard !fields.isEmpty else { throw KustomizeError(.replacementFailed, missing()) }
        for field in fields { try set(value, to: field) }
    }

    private func set(_ value: Node, to field: Node) throws(KustomizeError) {
        let value = value.copy()
        if let options, !options.delimiter.isEmpty {
            guard field.kind == .scalar else {
                throw KustomizeError(
                    .replacementFailed, "delimiter option can only be used with scalar nodes")
            }
            var items = field.text.components(separatedBy: options.delimiter)
            let text = value.kind == .scalar && !value.isNull ? value.text : ""
            if options.index < 0 {
                items.insert(text, at: 0)
            } else if options.index >= items.count {
                items.append(text)
            } else {
                items[options.index] = text
            }
            value.text = items.joined(separator: options.delimiter)
        }
        if field.kind == .scalar {
            // The field stays of its type: a number where a number stood.
            field.text = value.text
        } else {
            field.become(value)
        }
    }

    // MARK: Text that holds structure

    /// Sets a field inside a text of JSON or YAML that the path runs into; false where it does not, or in vain.
    private func setInText(_ value: Node, in object: Node) -> Bool {
        guard parts.count > 1 else { return false }
        for length in 1..<parts.count {
            guard let field = try? object.lookup(Array(parts[..<length])), field.kind == .scalar else {
                continue
            }
            guard let inner = try? Node.document(of: field.text) else { continue }
            let creating = options?.creates == true ? value.kind : nil
            guard let fields = try? PathMatcher(creating: creating).nodes(at: parts[length...], of: inner),
                !fields.isEmpty
            else { return false }
            for target in fields {
                if target.kind == .scalar { target.text = value.text } else { target.become(value) }
            }
            guard let text = Self.text(of: inner, like: field.text) else { return false }
            field.text = text
            return true
        }
        return false
    }

    /// The structure as text in the layout of what it was read from.
    private static func text(of node: Node, like original: String) -> String? {
        let trimmed = original.trimmingWhitespace()
        guard trimmed.hasPrefix("{") || trimmed.hasPrefix("[") else { return NodeEmitter.text(node) }
        guard let value = try? node.value() else { return nil }
        let isPretty = original.contains("\n") && original.contains("  ")
        return GoJSONText.string(value, indentation: isPretty ? 2 : nil)
    }
}
