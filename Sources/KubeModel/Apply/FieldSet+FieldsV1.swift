public import Manifest

extension FieldSet {
    /// Reads the text form of a set, the `fieldsV1` of a managed fields entry.
    ///
    /// Steps of a class that this version does not know are left out with all that is below them, as
    /// structured-merge-diff has it.
    ///
    /// - Throws: ``KubeModelError`` with code `invalidManagedFields` where a step cannot be read.
    public init(fieldsV1 value: Value) throws(KubeModelError) {
        self = try Self.read(value).children
    }

    /// The set in its text form; keys of list items are written canonically.
    public var fieldsV1: Value { write(isMember: false) }

    private static func read(_ value: Value) throws(KubeModelError) -> (children: FieldSet, isMember: Bool) {
        guard let object = value.objectValue else {
            throw KubeModelError(.invalidManagedFields, "managed fields must be objects")
        }
        var nodes: [Node] = []
        var isMember = false
        for pair in object {
            if pair.key == "." {
                isMember = true
                continue
            }
            guard let element = try PathElement(fieldsV1: pair.key) else { continue }
            let (children, isChildMember) = try read(pair.value)
            nodes.append(Node(element, isMember: isChildMember, children: children))
        }
        // A step with nothing below it is a member without saying so.
        return (FieldSet(unsorted: nodes), isMember || nodes.isEmpty)
    }

    private func write(isMember: Bool) -> Value {
        var object = Object(minimumCapacity: nodes.count + 1)
        if isMember, !nodes.isEmpty { object["."] = .emptyObject }
        for node in nodes { object[node.element.fieldsV1] = node.children.write(isMember: node.isMember) }
        return .object(object)
    }
}

extension PathElement {
    /// Reads a step from a key of `fieldsV1`: `f:spec`, `k:{"name":"web"}`, `v:"a"`, `i:3`.
    ///
    /// The result is nil where the step is of a class that is not known.
    init?(fieldsV1 text: String) throws(KubeModelError) {
        let content = String(text.dropFirst(2))
        guard text.utf8.count >= 2, text.dropFirst().first == ":" else {
            throw KubeModelError(.invalidManagedFields, "missing colon: \(text)")
        }
        switch text.first {
        case "f": self = .field(content)
        case "v": self = .value(try Self.parse(content))
        case "k":
            guard case .object(let fields) = try Self.parse(content) else {
                throw KubeModelError(
                    .invalidManagedFields, "the key of a list item must be an object: \(text)")
            }
            self = .sortedKey(fields.map { KeyField(name: $0.key, value: $0.value) })
        case "i":
            guard let index = Int(content) else {
                throw KubeModelError(.invalidManagedFields, "not an index: \(text)")
            }
            self = .index(index)
        default: return nil
        }
    }

    private static func parse(_ text: String) throws(KubeModelError) -> Value {
        do throws(ManifestError) { return try JSON.parse(text) } catch {
            throw KubeModelError(.invalidManagedFields, "cannot read \(text): \(error)")
        }
    }

    /// The step as a key of `fieldsV1`.
    var fieldsV1: String {
        switch self {
        case .field(let name): "f:" + name
        case .key(let fields):
            "k:" + GoJSON.text(of: .object(Object(fields.map { Object.Pair(key: $0.name, value: $0.value) })))
        case .value(let value): "v:" + GoJSON.text(of: value)
        case .index(let index): "i:\(index)"
        }
    }
}
