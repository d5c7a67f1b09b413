import Manifest

/// What strategic patches ask of the items of lists.
enum ListItems {
    /// The one type that all items of some lists have; nil where there are no items.
    ///
    /// - Throws: `failedPatch` where the types differ, `inapplicablePatch` for lists of lists.
    static func type(_ lists: [Value]...) throws(KubeModelError) -> GoType? {
        var common: GoType?
        for item in lists.joined() {
            let type = GoType(item)
            if type == .list { throw PatchFault.listsOfLists }
            if let common, common != type { throw PatchFault.differentItemTypes(lists) }
            common = type
        }
        return common
    }

    /// All items must be objects that have the merge key.
    static func requireMergeKey(_ mergeKey: String, _ items: [Value]) throws(KubeModelError) {
        for item in items {
            guard let object = item.objectValue else {
                throw PatchFault.unexpectedType(item, expected: .object)
            }
            guard object.contains(key: mergeKey) else {
                throw PatchFault.missingMergeKey(mergeKey, in: object)
            }
        }
    }

    /// What tells an item apart: the value of its merge key, or the item itself.
    static func name(_ item: Value, _ mergeKey: String) -> Value {
        mergeKey.isEmpty ? item : item[mergeKey] ?? .null
    }

    /// The items without repetitions, each at its first place.
    static func unique(_ items: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return items.filter { seen.insert($0).inserted }
    }
}

extension ListItems {
    /// Scalars by their text.
    static func sorted(_ items: [Value]) -> [Value] {
        sorted(items) { $0 }
    }

    /// Objects by the text of their merge key.
    static func sorted(_ items: [Value], by mergeKey: String) -> [Value] {
        sorted(items) { name($0, mergeKey) }
    }

    private static func sorted(_ items: [Value], by name: (Value) -> Value) -> [Value] {
        items.enumerated()
            .map { (text: GoFormat.description(of: name($0.element)), place: $0.offset, item: $0.element) }
            .sorted { left, right in
                left.text == right.text ? left.place < right.place : precedes(left.text, right.text)
            }
            .map(\.item)
    }

    /// Below, at or above 0 as the first item sorts before, with or after the second; a missing item comes
    /// last, and two missing ones have no order.
    static func order(_ left: Value?, _ right: Value?, by mergeKey: String) -> Int? {
        switch (left, right) {
        case (nil, nil): return nil
        case (_?, nil): return -1
        case (nil, _?): return 1
        case (let left?, let right?):
            let (left, right) = (
                GoFormat.description(of: name(left, mergeKey)),
                GoFormat.description(of: name(right, mergeKey))
            )
            return left == right ? 0 : precedes(left, right) ? -1 : 1
        }
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
