import Manifest

extension TypedValue {
    /// The object with everything that another one of the same type says put over it.
    ///
    /// Lists of keyed items and sets keep the order of the other object's items among each other.
    ///
    /// - Throws: ``TypedFault`` where neither side of a node fits the type, or the other object names an item twice.
    func merging(_ other: TypedValue) throws(TypedFault) -> TypedValue {
        TypedValue(try Self.merge(value, other.value, type) ?? .null, type)
    }

    /// What becomes of one node; nil where nothing is left of it. A side is nil where it has no such node.
    private static func merge(_ old: Value?, _ new: Value?, _ type: MergeType) throws(TypedFault) -> Value? {
        let oldForm = type.form(of: old)
        let newForm = type.form(of: new)
        if new == nil { return try merge(old, new, as: oldForm) }
        if old != nil, !oldForm.isSameKind(as: newForm) { _ = try merge(old, new, as: oldForm) }
        return try merge(old, new, as: newForm)
    }

    private static func merge(_ old: Value?, _ new: Value?, as form: MergeType.Form) throws(TypedFault)
        -> Value?
    {
        switch form {
        case .scalar(let scalar):
            try scalar.validateEither(old, new)
            return new ?? old
        case .list(let list):
            let (oldItems, newItems) = (old?.arrayValue ?? [], new?.arrayValue ?? [])
            if list.isAtomic || (oldItems.isEmpty && newItems.isEmpty) { return new ?? old }
            let merged = try ListMerge(oldItems, newItems, list).merged(mergeItem(list.element))
            return merged.isEmpty ? nil : .array(merged)
        case .map(let map):
            let (oldFields, newFields) = (old?.objectValue ?? Object(), new?.objectValue ?? Object())
            if map.isAtomic || (oldFields.isEmpty && newFields.isEmpty) { return new ?? old }
            let merged = try merge(oldFields, newFields, as: map)
            return merged.isEmpty ? nil : .object(merged)
        }
    }

    private static func merge(
        _ old: Object, _ new: Object, as map: MergeType.MapForm
    ) throws(TypedFault) -> Object {
        var fault: TypedFault?
        var merged = Object(minimumCapacity: Swift.max(old.count, new.count))
        func add(_ key: String, _ old: Value?, _ new: Value?) {
            do throws(TypedFault) {
                guard let type = map.field(key) else {
                    throw TypedFault("schema error: no type found matching: inlined type")
                }
                if let value = try merge(old, new, type) { merged[key] = value }
            } catch {
                fault = fault + error.below(.field(key))
            }
        }
        for pair in old { add(pair.key, pair.value, new[pair.key]) }
        for pair in new where !old.contains(key: pair.key) { add(pair.key, nil, pair.value) }
        if let fault { throw fault }
        return merged
    }

    /// Merges one item; upstream drops what is wrong within items, which the validation of both sides has found.
    private static func mergeItem(_ type: MergeType) -> (Value?, Value?) -> Value? {
        { old, new in try? merge(old, new, type) }
    }
}

/// The merge of two lists whose items have names.
///
/// The order is structured-merge-diff's: items of both lists stand in the new list's order; items of the old
/// list alone stay where they stood between those.
private struct ListMerge {
    private let old: [Value]
    private let oldElements: [PathElement]
    private let newElements: [PathElement]
    /// By name; null where the old list has the name several times, which merges with nothing.
    private var oldItems: [PathElement: Value] = [:]
    private var newItems: [PathElement: Value] = [:]

    init(_ old: [Value], _ new: [Value], _ form: MergeType.ListForm) throws(TypedFault) {
        var fault: TypedFault?
        var elements: [PathElement] = []
        for (index, item) in new.enumerated() {
            do throws(TypedFault) {
                let element = try form.element(of: item)
                if newItems.updateValue(item, forKey: element) == nil {
                    elements.append(element)
                } else {
                    fault = fault + TypedFault("duplicate entries for key \(element)")
                }
            } catch { fault = fault + TypedFault("element \(index): \(error)") }
        }
        newElements = elements
        elements = []
        for (index, item) in old.enumerated() {
            do throws(TypedFault) {
                let element = try form.element(of: item)
                oldItems[element] = oldItems[element] == nil ? item : .null
                elements.append(element)
            } catch { fault = fault + TypedFault("element \(index): \(error)") }
        }
        oldElements = elements
        self.old = old
        if let fault { throw fault }
    }

    func merged(_ merge: (Value?, Value?) -> Value?) -> [Value] {
        var merged: [Value] = []
        var placed: Set<PathElement> = []
        var shared = newElements.filter { oldItems[$0] != nil }[...]
        var nextShared = shared.popFirst()
        var (left, right) = (0, 0)
        func append(_ value: Value?) {
            if let value { merged.append(value) }
        }
        while left < oldElements.count || right < newElements.count {
            if left < oldElements.count, right < newElements.count {
                let element = oldElements[left]
                if element == newElements[right] {
                    placed.insert(element)
                    append(merge(oldItems[element], newItems[element]))
                    left += 1
                    right += 1
                    nextShared = shared.popFirst()
                    continue
                }
                if newItems[element] != nil, let nextShared, nextShared != element {
                    // In both lists, but its turn in the new list's order comes later.
                    left += 1
                    continue
                }
            }
            if left < oldElements.count {
                let element = oldElements[left]
                if newItems[element] == nil {
                    append(merge(old[left], nil))
                    left += 1
                    continue
                }
                if placed.contains(element) { left += 1 }
            }
            if right < newElements.count {
                let element = newElements[right]
                placed.insert(element)
                append(merge(oldItems[element], newItems[element]))
                right += 1
                if nextShared == element { nextShared = shared.popFirst() }
            }
        }
        return merged
    }
}
