import Manifest

extension TypedValue {
    /// The fields that somebody who applies this object comes to own.
    func fieldSet() throws(TypedFault) -> FieldSet {
        var set = FieldSet()
        _ = try Self.collect(value, type, into: &set)
        return set
    }

    /// Collects the paths below a node; answers whether the node itself is one of them.
    private static func collect(
        _ value: Value, _ type: MergeType, into set: inout FieldSet
    ) throws(TypedFault) -> Bool {
        switch type.form(of: value) {
        case .scalar: return true
        case .list(let list):
            if list.isAtomic { return true }
            try collect(value.arrayValue ?? [], as: list, into: &set)
        case .map(let map):
            if map.isAtomic { return true }
            var nodes: [FieldSet.Node] = []
            for pair in value.objectValue ?? Object() {
                guard let type = map.field(pair.key) else {
                    throw TypedFault("schema error: no type found matching: inlined type")
                }
                var node = FieldSet.Node(.field(pair.key), isMember: false)
                node.isMember = try collect(pair.value, type, into: &node.children)
                let isEmpty = pair.value.isNull || pair.value.objectValue?.isEmpty == true
                if isEmpty || map.namedField(pair.key) == nil { node.isMember = true }
                nodes.append(node)
            }
            set = FieldSet(unsorted: nodes)
        }
        return false
    }

    private static func collect(
        _ items: [Value], as list: MergeType.ListForm, into set: inout FieldSet
    ) throws(TypedFault) {
        var elements: [PathElement] = []
        var counts: [PathElement: Int] = [:]
        for item in items {
            let element = try list.element(of: item)
            elements.append(element)
            counts[element, default: 0] += 1
        }
        var nodes: [FieldSet.Node] = []
        for (item, element) in zip(items, elements) {
            var node = FieldSet.Node(element, isMember: true)
            // What several items of one name say is not told apart; the name alone is owned.
            if counts[element] == 1 { _ = try collect(item, list.element, into: &node.children) }
            nodes.append(node)
        }
        set = FieldSet(unsorted: nodes)
    }

    /// The object without the fields of a set. Atomic lists and objects below which a field was named go whole.
    func removing(_ fields: FieldSet) -> TypedValue {
        TypedValue(Self.remove(fields, from: value, type) ?? .null, type)
    }

    private static func remove(_ fields: FieldSet, from value: Value, _ type: MergeType) -> Value? {
        switch type.form(of: value) {
        case .scalar: return value
        case .list(let list):
            if list.isAtomic { return nil }
            let items = (value.arrayValue ?? []).compactMap { item -> Value? in
                guard let element = try? list.element(of: item), let node = fields.node(element) else {
                    return item
                }
                if node.isMember { return nil }
                return remove(node.children, from: item, list.element) ?? .null
            }
            return items.isEmpty ? nil : .array(items)
        case .map(let map):
            if map.isAtomic { return nil }
            var kept = Object()
            for pair in value.objectValue ?? Object() {
                guard let node = fields.node(.field(pair.key)) else {
                    kept[pair.key] = pair.value
                    continue
                }
                if node.isMember { continue }
                let type = map.field(pair.key) ?? .deduced
                kept[pair.key] = remove(node.children, from: pair.value, type) ?? .null
            }
            return kept.isEmpty ? nil : .object(kept)
        }
    }

    /// What of the object a set of fields names, with the key fields of the list items on the way.
    func extracting(_ fields: FieldSet) -> TypedValue {
        TypedValue(Self.extract(fields, from: value, type), type)
    }

    private static func extract(_ fields: FieldSet, from value: Value, _ type: MergeType) -> Value {
        switch type.form(of: value) {
        case .scalar: return value
        case .list(let list):
            guard let items = value.arrayValue, !list.isAtomic else { return value }
            let kept = items.compactMap { item -> Value? in
                guard let element = try? list.element(of: item), let node = fields.node(element) else {
                    return nil
                }
                return extract(node.children.adding(keysOf: element), from: item, list.element)
            }
            return .array(kept)
        case .map(let map):
            guard let object = value.objectValue, !map.isAtomic else { return value }
            var kept = Object()
            for pair in object {
                guard let node = fields.node(.field(pair.key)) else { continue }
                let type = map.field(pair.key) ?? .deduced
                kept[pair.key] = extract(node.children, from: pair.value, type)
            }
            return .object(kept)
        }
    }
}

extension FieldSet {
    /// The set with the fields that name a list item.
    fileprivate func adding(keysOf element: PathElement) -> FieldSet {
        guard case .key(let fields) = element else { return self }
        return union(FieldSet(nodes: fields.map { Node(.field($0.name), isMember: true) }))
    }

    /// The set with every named field on the way to a path, but not the fields of maps nor the items of lists.
    func ensuringNamedFields(_ type: MergeType?) -> FieldSet {
        FieldSet(
            nodes: nodes.map { node in
                var node = node
                if node.children.isEmpty { return node }
                var child: MergeType?
                if let type, case .field(let name) = node.element, let map = type.mapForm {
                    if map.namedField(name) != nil { node.isMember = true }
                    child = map.field(name)
                } else if let type, case .key = node.element {
                    child = type.listForm?.element
                }
                node.children = node.children.ensuringNamedFields(child)
                return node
            })
    }
}
