/// A way from the root of a document to one node, as people write it for yq and kubectl.
///
/// ```
/// .spec.template.spec.containers[0].image    the leading dot may be left out
/// spec.containers[name=web].image            the item whose name is web
/// .metadata.annotations["example.com/a.b"]   quotes around keys with dots or brackets
/// .spec.args[-1]   .spec.args[+]             the last item; the place behind it
/// /spec/containers/0/image                   a JSON pointer (RFC 6901)
/// ```
public struct YAMLPath: Sendable, Hashable {
    /// One step from a node to a child of it.
    public enum Step: Sendable, Hashable {
        /// The value of a key. On a list a number is an index and `-` the place behind the last item.
        case key(String)
        /// An item of a list; negative numbers count from the end, -1 being the last.
        case index(Int)
        /// The place behind the last item of a list.
        case append
        /// The first item of a list that is a mapping with this value under this key.
        case item(key: String, value: String)
    }

    /// The steps from the root; none for the root itself.
    public var steps: [Step]

    public init(steps: [Step] = []) {
        self.steps = steps
    }

    /// The path to the node that holds this one; of the root, the root.
    public var parent: YAMLPath { YAMLPath(steps: Array(steps.dropLast())) }
}

extension YAMLPath: CustomStringConvertible {
    /// The path in its dotted form, `.` for the root.
    public var description: String {
        steps.isEmpty ? "." : Self.describe(steps)
    }

    static func describe(_ steps: some Sequence<Step>) -> String {
        var text = ""
        for step in steps { text += step.description }
        return text.isEmpty ? "." : text
    }
}

extension YAMLPath.Step: CustomStringConvertible {
    /// The step as it stands in a path: `.image`, `["a.b"]`, `[0]`, `[+]`, `[name=web]`.
    public var description: String {
        switch self {
        case .key(let key): YAMLPath.isBare(key) ? "." + key : "[" + JSON.string(.string(key)) + "]"
        case .index(let index): "[\(index)]"
        case .append: "[+]"
        case .item(let key, let value): "[\(YAMLPath.selectorText(key))=\(YAMLPath.selectorText(value))]"
        }
    }
}

extension YAMLPath {
    /// The characters that end a key written without quotes.
    static let delimiters: Set<UInt8> = Set(".[]\"'\\".utf8)

    fileprivate static func isBare(_ key: String) -> Bool {
        !key.isEmpty && !key.utf8.contains { delimiters.contains($0) || $0 <= Ascii.space }
    }

    fileprivate static func selectorText(_ text: String) -> String {
        let isBare = !text.isEmpty && !text.utf8.contains { "=]\"'".utf8.contains($0) || $0 <= Ascii.space }
        return isBare ? text : JSON.string(.string(text))
    }
}
