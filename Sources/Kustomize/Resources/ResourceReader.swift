import KubeModel
import Manifest

/// Makes resources of the text of a file.
struct ResourceReader {
    let scopes: KindScopes

    /// The resources of a text; lists are replaced by their items, those behind everything else.
    ///
    /// - Throws: `malformed` or `invalidResource`.
    func resources(of bytes: [UInt8]) throws(KustomizeError) -> [Resource] {
        try Self.checkSeparators(bytes)
        var pending = Self.unwrapped(try Node.documents(of: bytes))[...]
        pending = try Self.checked(pending)
        var result: [Resource] = []
        while let node = pending.popFirst() {
            let kind = node.field("kind")?.text ?? ""
            guard kind.hasSuffix("List"), let items = node.field("items") else {
                result.append(Resource(node, scopes: scopes))
                continue
            }
            if items.isNull { continue }
            guard items.kind == .sequence else {
                throw KustomizeError(
                    .invalidResource, "expected array in \(kind)/items, but found \(items.goTypeName)")
            }
            var nodes: [Node] = []
            for item in items.content { nodes.append(Node(quoting: try item.value())) }
            pending += try Self.checked(nodes[...])
        }
        return result
    }

    /// A lone `List` is its items.
    private static func unwrapped(_ nodes: [Node]) -> [Node] {
        guard nodes.count == 1, let kind = nodes[0].field("kind")?.text,
            kind == "List" || kind == "ResourceList",
            nodes[0].field("items") != nil || nodes[0].field("functionConfig") != nil
        else { return nodes }
        return nodes[0].field("items")?.content ?? []
    }

    private static func checked(_ nodes: ArraySlice<Node>) throws(KustomizeError) -> ArraySlice<Node> {
        var result: ArraySlice<Node> = []
        for node in nodes where !node.isEmpty {
            try checkMetadata(of: node)
            result.append(node)
        }
        return result
    }

    /// - Throws: `invalidResource` for an object without kind or name.
    static func checkMetadata(of node: Node) throws(KustomizeError) {
        func text(_ value: Node?) -> String { value.map { $0.isEmpty ? "" : $0.text } ?? "" }
        let metadata = node.field("metadata")
        let (apiVersion, kind) = (text(node.field("apiVersion")), text(node.field("kind")))
        if apiVersion.isEmpty, kind.isEmpty, metadata?.isEmpty ?? true {
            throw KustomizeError(.invalidResource, "missing Resource metadata")
        }
        let (name, namespace) = (text(metadata?.field("name")), text(metadata?.field("namespace")))
        func object() -> String {
            "{{\(apiVersion) \(kind)} {{\(name) \(namespace)} \(goMap(metadata?.field("labels"))) "
                + "\(goMap(metadata?.field("annotations")))}}"
        }
        if kind.isEmpty { throw KustomizeError(.invalidResource, "missing kind in object \(object())") }
        if kind.hasSuffix("List") { return }
        if name.isEmpty {
            throw KustomizeError(.invalidResource, "missing metadata.name in object \(object())")
        }
    }

    private static func goMap(_ node: Node?) -> String {
        let map = node?.stringMap ?? [:]
        return
            "map[\(map.keys.sorted(by: precedesInBytes).map { "\($0):\(map[$0] ?? "")" }.joined(separator: " "))]"
    }

    /// Upstream cuts a text at lines that begin with `---`, behind which only a comment may stand.
    private static func checkSeparators(_ bytes: [UInt8]) throws(KustomizeError) {
        let (newline, dash) = (UInt8(ascii: "\n"), UInt8(ascii: "-"))
        var place = 0
        while let lineEnd = bytes[place...].firstIndex(of: newline) {
            place = lineEnd + 1
            guard place + 2 < bytes.count, bytes[place] == dash, bytes[place + 1] == dash,
                bytes[place + 2] == dash
            else { continue }
            guard let end = bytes[place...].firstIndex(of: newline) else { return }
            let rest = bytes[(place + 3)..<end].drop { $0 == UInt8(ascii: " ") || $0 == 9 || $0 == 13 }
            if let first = rest.first, first != UInt8(ascii: "#") {
                throw KustomizeError(
                    .malformed,
                    "invalid document separator: \(String(decoding: bytes[place..<end], as: UTF8.self))")
            }
        }
    }
}

extension Node {
    /// The kind of value in Go's words.
    var goTypeName: String {
        switch kind {
        case .mapping: "map[string]interface {}"
        case .sequence: "[]interface {}"
        case .scalar:
            switch tag {
            case .integer: "int"
            case .float: "float64"
            case .boolean: "bool"
            default: "string"
            }
        }
    }

    /// The tree of JSON text, in which every string and key stands in quotes.
    convenience init(quoting value: Value) {
        switch value {
        case .string(let text): self.init(kind: .scalar, tag: .string, isQuoted: true, text: text)
        case .array(let items): self.init(kind: .sequence, content: items.map { Node(quoting: $0) })
        case .object(var object):
            object.sortKeys()
            var content: [Node] = []
            for pair in object {
                content.append(.scalar(pair.key, tag: .string, isQuoted: true))
                content.append(Node(quoting: pair.value))
            }
            self.init(kind: .mapping, content: content)
        default: self.init(value)
        }
    }
}
