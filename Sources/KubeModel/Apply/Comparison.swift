import Manifest

/// Which fields differ between two versions of an object.
public struct Comparison: Sendable, Hashable {
    /// Fields that only the new version has.
    public internal(set) var added = FieldSet()
    /// Fields that both have, with different values.
    public internal(set) var modified = FieldSet()
    /// Fields that only the old version has.
    public internal(set) var removed = FieldSet()

    init() {}

    /// Whether the two versions are the same.
    public var isEmpty: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }

    /// The comparison without the fields that a filter leaves out.
    func filtered(by filter: FieldFilter) -> Comparison {
        var result = self
        result.added = filter.apply(to: added)
        result.modified = filter.apply(to: modified)
        result.removed = filter.apply(to: removed)
        return result
    }
}

extension TypedValue {
    /// Compares this version of an object with a later one of the same type.
    ///
    /// - Throws: ``TypedFault`` where neither side of a node fits the type.
    func comparison(with new: TypedValue) throws(TypedFault) -> Comparison {
        var walk = ComparisonWalk()
        try walk.compare(value, new.value, type)
        return walk.comparison
    }
}

/// One comparison while it walks down both versions. A side is nil where it has no such node.
private struct ComparisonWalk {
    var comparison = Comparison()
    private var path: [PathElement] = []

    mutating func compare(_ old: Value?, _ new: Value?, _ type: MergeType) throws(TypedFault) {
        let oldForm = type.form(of: old)
        let newForm = type.form(of: new)
        var isLeaf: Bool
        if new == nil {
            isLeaf = try compare(old, new, as: oldForm)
        } else if old == nil || oldForm.isSameKind(as: newForm) {
            isLeaf = try compare(old, new, as: newForm)
        } else {
            // The node became something else: it is walked as what it was and as what it is.
            _ = try compare(old, new, as: oldForm)
            isLeaf = try compare(old, new, as: newForm)
        }
        if isLeaf { return }
        if old == nil {
            comparison.added.insert(path)
        } else if new == nil {
            comparison.removed.insert(path)
        }
    }

    /// Compares two nodes as what they are; answers whether they were compared whole.
    private mutating func compare(
        _ old: Value?, _ new: Value?, as form: MergeType.Form
    ) throws(TypedFault) -> Bool {
        switch form {
        case .scalar(let scalar):
            try scalar.validateEither(old, new)
            compareLeaf(old, new)
            return true
        case .list(let list):
            let (oldItems, newItems) = (old?.arrayValue ?? [], new?.arrayValue ?? [])
            if list.isAtomic || (oldItems.isEmpty && newItems.isEmpty) {
                compareLeaf(old, new)
                return true
            }
            try compare(oldItems, newItems, as: list)
            return false
        case .map(let map):
            let (oldFields, newFields) = (old?.objectValue ?? Object(), new?.objectValue ?? Object())
            if map.isAtomic || (oldFields.isEmpty && newFields.isEmpty) {
                compareLeaf(old, new)
                return true
            }
            try compare(oldFields, newFields, as: map)
            return false
        }
    }

    private mutating func compareLeaf(_ old: Value?, _ new: Value?) {
        guard let old else { return comparison.added.insert(path) }
        guard let new else { return comparison.removed.insert(path) }
        if !old.isEquivalent(to: new) { comparison.modified.insert(path) }
    }

    private mutating func compare(_ old: Object, _ new: Object, as map: MergeType.MapForm) throws(TypedFault)
    {
        var fault: TypedFault?
        for pair in old {
            do throws(TypedFault) {
                try descend(.field(pair.key), pair.value, new[pair.key], map.field(pair.key))
            } catch { fault = fault + error }
        }
        for pair in new where !old.contains(key: pair.key) {
            do throws(TypedFault) {
                try descend(.field(pair.key), nil, pair.value, map.field(pair.key))
            } catch { fault = fault + error }
        }
        if let fault { throw fault }
    }

    private mutating func descend(
        _ element: PathElement, _ old: Value?, _ new: Value?, _ type: MergeType?
    ) throws(TypedFault) {
        guard let type else {
            throw TypedFault("schema error: no type found matching: inlined type").below(element)
        }
        path.append(element)
        defer { path.removeLast() }
        do throws(TypedFault) { try compare(old, new, type) } catch { throw error.below(element) }
    }

    private mutating func compare(
        _ old: [Value], _ new: [Value], as list: MergeType.ListForm
    ) throws(TypedFault) {
        var fault: TypedFault?
        let oldItems = IndexedItems(old, list, &fault)
        let newItems = IndexedItems(new, list, &fault)
        for element in oldItems.elements + newItems.elements.filter({ oldItems.items[$0] == nil }) {
            do throws(TypedFault) {
                try compare(oldItems.items[element] ?? [], newItems.items[element] ?? [], at: element, list)
            } catch { fault = fault + error }
        }
        if let fault { throw fault }
    }

    /// Compares the items of one name. More than one on a side are compared as if the name were one value.
    private mutating func compare(
        _ old: [Value], _ new: [Value], at element: PathElement, _ list: MergeType.ListForm
    ) throws(TypedFault) {
        switch (old.count, new.count) {
        case (0...1, 0...1):
            try descend(element, old.first, new.first, list.element)
        case (2..., 2...):
            let isSame = old.count == new.count && zip(old, new).allSatisfy { $0.isEquivalent(to: $1) }
            if !isSame { comparison.modified.insert(path + [element]) }
        case (2..., _):
            if let item = new.first { try descend(element, nil, item, list.element) }
            comparison.removed.insert(path + [element])
        default:
            if let item = old.first { try descend(element, item, nil, list.element) }
            comparison.added.insert(path + [element])
        }
    }
}

/// The items of a list by their names, in the order in which the names come first.
private struct IndexedItems {
    var elements: [PathElement] = []
    var items: [PathElement: [Value]] = [:]

    init(_ list: [Value], _ form: MergeType.ListForm, _ fault: inout TypedFault?) {
        for (index, item) in list.enumerated() {
            do throws(TypedFault) {
                let element = try form.element(of: item)
                if items[element] == nil { elements.append(element) }
                items[element, default: []].append(item)
            } catch {
                fault = fault + TypedFault("element \(index): \(error)")
            }
        }
    }
}

extension MergeType.Scalar {
    /// Checks that at least one side is a scalar of this class; an absent side is.
    func validateEither(_ old: Value?, _ new: Value?) throws(TypedFault) {
        guard let old, let new else { return }
        do throws(TypedFault) { try validate(old, prefix: "lhs: ") } catch {
            let fault = error
            do throws(TypedFault) { try validate(new, prefix: "rhs: ") } catch { throw fault + error }
        }
    }
}
