public import Manifest

extension Schema {
    /// The value without the fields that the schema has no place for.
    ///
    /// Below `x-kubernetes-preserve-unknown-fields` only what has a schema of its own is pruned. The
    /// `apiVersion`, `kind` and `metadata` of whole and embedded objects always stay.
    ///
    /// - Returns: what is kept, and the sorted paths of what was not: `spec.rules[0].nope`.
    public func pruned(_ value: Value) -> (value: Value, unknownFields: [String]) {
        var walk = PruningWalk()
        let kept = walk.prune(value, self)
        return (kept, walk.unknown.sorted { $0.byteOrder(to: $1) < 0 })
    }
}

private struct PruningWalk {
    var unknown: [String] = []
    private var path: [String] = []

    private static let resourceFields: Set<String> = ["apiVersion", "kind", "metadata"]

    mutating func prune(_ value: Value, _ schema: Schema?) -> Value {
        switch value {
        case .object(let object): return .object(prune(object, schema))
        case .array(let list):
            // Scalars have nothing to prune, so lists of them are handed back as they are.
            guard list.contains(where: { $0.objectValue != nil || $0.arrayValue != nil }) else {
                return value
            }
            let items = schema?.items
            if items == nil, schema?.preservesUnknownFields == true { return value }
            return .array(
                list.enumerated().map { index, item in
                    descend("[\(index)]") { $0.pruneItem(item, items, of: schema) }
                })
        default: return value
        }
    }

    /// An item of a list that preserves what it does not know is treated as the list is.
    private mutating func pruneItem(_ item: Value, _ items: Schema?, of list: Schema?) -> Value {
        guard list?.preservesUnknownFields == true, let items, !items.preservesUnknownFields else {
            return prune(item, items)
        }
        var draft = items.draft
        draft.preservesUnknownFields = true
        return prune(item, Schema(draft))
    }

    private mutating func prune(_ object: Object, _ schema: Schema?) -> Object {
        var kept = Object(minimumCapacity: object.count)
        for pair in object {
            if schema?.isEmbeddedResource == true, Self.resourceFields.contains(pair.key) {
                kept[pair.key] = pair.value
            } else if let field = schema?.field(pair.key) {
                kept[pair.key] = descend(step(pair.key)) { $0.prune(pair.value, field) }
            } else if schema?.preservesUnknownFields == true {
                kept[pair.key] = pair.value
            } else {
                unknown.append((path + [step(pair.key)]).joined())
            }
        }
        return kept
    }

    private func step(_ name: String) -> String { path.isEmpty ? name : ".\(name)" }

    private mutating func descend(_ step: String, _ body: (inout PruningWalk) -> Value) -> Value {
        path.append(step)
        defer { path.removeLast() }
        return body(&self)
    }
}
