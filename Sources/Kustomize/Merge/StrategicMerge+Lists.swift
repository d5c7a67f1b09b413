// Lists whose items merge.
extension StrategicMerge {
    /// Merges two lists; without keys their items are scalars.
    func mergeLists(
        _ destination: Node?, _ patch: Node?, keys: [String], schema: MergeSchema?
    ) throws(KustomizeError) -> Node? {
        guard let target = try chooseList(destination, patch) else { return nil }
        let itemSchema = schema.map { MergeSchema(fields: $0.fields) }
        let sources = [target, patch]
        if keys.isEmpty {
            let values = Self.scalarValues(of: [patch, target])
            return try mergeItems(sources, values, keys: [""], into: target, schema: itemSchema)
        }
        let values = Self.keyValues(of: [patch, target], keys)
        return try mergeItems(sources, values, keys: keys, into: target, schema: itemSchema)
    }

    private func chooseList(_ destination: Node?, _ patch: Node?) throws(KustomizeError) -> Node? {
        guard let destination, !destination.isNull else { return patch }
        guard let patch else { return destination }
        if patch.isNull { return nil }
        switch try Directive(removingFrom: patch, ignoresUnknown: false) {
        case .delete: return nil
        case .replace: return patch
        case .merge: return destination
        }
    }

    /// The values of the merge keys in the items of several lists, each once; an empty text for a missing key.
    private static func keyValues(of lists: [Node?], _ keys: [String]) -> [[String]] {
        var values: [[String]] = []
        var seen: Set<[String]> = []
        for case let list? in lists {
            for item in list.content {
                let value = keys.map { key in
                    item.field(key).map { $0.isEmpty ? "" : $0.text } ?? ""
                }
                if seen.insert(value).inserted { values.append(value) }
            }
        }
        return values
    }

    private static func scalarValues(of lists: [Node?]) -> [[String]] {
        var seen: Set<String> = []
        var values: [[String]] = []
        for case let list? in lists {
            for item in list.content where seen.insert(item.text).inserted { values.append([item.text]) }
        }
        return values
    }

    private func mergeItems(
        _ sources: [Node?], _ found: [[String]], keys: [String], into target: Node, schema: MergeSchema?
    ) throws(KustomizeError) -> Node {
        let valuesList = keys.count > 1 ? Self.completed(found) : found
        let added = Node.empty(.sequence)
        var usedKeys: [String] = []
        for values in valuesList {
            let (itemKeys, itemValues) = Self.usable(keys, values, among: valuesList)
            usedKeys = itemKeys
            let (ownKeys, ownValues) = Self.usable(itemKeys, itemValues, among: [itemValues])
            let merged = try merge(
                sources[0]?.item(ownKeys, ownValues), sources[1]?.item(ownKeys, ownValues), schema: schema)
            guard let item = merged.node, !item.isNull, !(item.isMapping && item.content.isEmpty) else {
                for _ in itemKeys { try target.setItem(nil, keys: itemKeys, values: itemValues) }
                continue
            }
            for (key, value) in zip(itemKeys, itemValues) where !value.isEmpty && item.field(key) == nil {
                if key.isEmpty {
                    try item.setScalar(.scalar(value))
                } else {
                    try item.set(key, to: .scalar(value))
                }
            }
            try added.setItem(item, keys: itemKeys, values: itemValues)
        }
        guard !valuesList.isEmpty else { return target }
        try Self.append(target, to: added, keys: usedKeys)
        return added
    }

    /// Appends the items of a list that the other one does not have; those it has move to the end or stay.
    private static func append(_ source: Node, to list: Node, keys: [String]) throws(KustomizeError) {
        for item in source.content {
            if keys.first == "" {
                try list.setItem(item, keys: [""], values: [item.text])
                continue
            }
            var values: [String] = []
            for key in keys {
                try item.expect(.mapping)
                if let value = item.field(key) {
                    values.append(value.text)
                } else {
                    list.content.append(item)
                }
            }
            if keys.count > 1 { try list.setItem(nil, keys: keys, values: values) }
            try list.setItem(item, keys: keys, values: values)
        }
    }

    /// The merge keys that some item has, with the values of one item; all keys where no item has any.
    private static func usable(
        _ keys: [String], _ values: [String], among valuesList: [[String]]
    ) -> (keys: [String], values: [String]) {
        var used: Set<String> = []
        for values in valuesList {
            for (place, value) in values.enumerated() where !value.isEmpty && place < keys.count {
                used.insert(keys[place])
            }
        }
        if used.isEmpty { return (keys, values) }
        var usableValues: [String] = []
        for (place, value) in values.enumerated() where !value.isEmpty || used.contains(keys[place]) {
            usableValues.append(value)
        }
        return (keys.filter(used.contains), usableValues)
    }

    /// Values that agree as far as both are given complete each other: port 80 without protocol and port 80 with
    /// TCP are the same.
    private static func completed(_ found: [[String]]) -> [[String]] {
        var values = found
        for one in values.indices {
            let start = values[one]
            for other in values.indices {
                guard let joined = joined(start, values[other]) else { continue }
                values[one] = joined
                values[other] = joined
            }
        }
        return values
    }

    private static func joined(_ one: [String], _ other: [String]) -> [String]? {
        guard one.count == other.count else { return nil }
        var isRelated = false
        var joined: [String] = []
        for (left, right) in zip(one, other) {
            if left == right {
                isRelated = true
                joined.append(left)
            } else if !left.isEmpty, !right.isEmpty {
                return nil
            } else {
                joined.append(left.isEmpty ? right : left)
            }
        }
        return isRelated ? joined : nil
    }
}

// Items that are told apart by the values of some fields; an empty key stands for the item itself.
extension Node {
    /// The first item with these values.
    func item(_ keys: [String], _ values: [String]) -> Node? {
        guard kind == .sequence, !isNull else { return nil }
        if keys.first?.isEmpty ?? true {
            let value = values.first ?? ""
            return content.first { $0.text == value }
        }
        guard keys.count == values.count else { return nil }
        return content.first { item in
            item.isMapping && zip(keys, values).allSatisfy { item.field($0)?.text == $1 }
        }
    }

    /// Puts an item in the place of those with these values, or at the end; nil removes them. Nulls and empty maps
    /// go on the way.
    ///
    /// - Throws: `inapplicable` where the node is no list, or an item is neither a scalar nor has fields as asked.
    func setItem(_ item: Node?, keys: [String], values: [String]) throws(KustomizeError) {
        try expect(.sequence)
        let isByField = !(keys.first?.isEmpty ?? true) && !(values.first?.isEmpty ?? true)
        var kept: [Node] = []
        var isPresent = false
        for present in content {
            if present.isNull || (present.isMapping && present.content.isEmpty) { continue }
            if !present.isMapping, isByField {
                kept.append(present)
                continue
            }
            guard try present.hasFields(keys, values) else {
                if !values.isEmpty { kept.append(present) }
                continue
            }
            isPresent = true
            if let item { kept.append(item) }
        }
        if let item, !item.isNull, !isPresent { kept.append(item) }
        content = kept
    }

    /// Whether the fields have these values; an empty value asks only that the field is there.
    private func hasFields(_ keys: [String], _ values: [String]) throws(KustomizeError) -> Bool {
        var isFound = false
        for (place, key) in keys.enumerated() {
            if place < values.count { isFound = try hasField(key, values[place]) }
            if !isFound { return false }
        }
        return true
    }

    private func hasField(_ key: String, _ value: String) throws(KustomizeError) -> Bool {
        if key.isEmpty {
            try expect(.scalar)
            return text == value
        }
        try expect(.mapping)
        guard let field = field(key) else { return false }
        return value.isEmpty || field.text == value
    }
}
