import Manifest

extension StrategicDifference {
    /// What must be said of a merged list.
    struct Lists {
        /// Items to merge, and objects that delete one.
        var changes: [Value] = []
        /// Scalars to take out.
        var deletions: [Value] = []
        /// All items, or their merge keys, in the order they are to have.
        var order: [Value] = []
    }

    func difference(
        _ original: [Value], _ modified: [Value], _ field: PatchField
    ) throws(KubeModelError) -> Lists {
        if original.isEmpty {
            return includes.contains(.changes) ? Lists(changes: modified) : Lists()
        }
        if try ListItems.type(original, modified) == .object {
            return try differenceOfObjects(original, modified, field)
        }
        return differenceOfScalars(original, modified)
    }

    private func differenceOfObjects(
        _ original: [Value], _ modified: [Value], _ field: PatchField
    ) throws(KubeModelError) -> Lists {
        let mergeKey = field.mergeKey
        guard !mergeKey.isEmpty else { throw PatchFault.noMergeKey }
        try ListItems.requireMergeKey(mergeKey, original)
        try ListItems.requireMergeKey(mergeKey, modified)

        let (changed, deleted) = try walk(
            ListItems.sorted(original, by: mergeKey), ListItems.sorted(modified, by: mergeKey), field)
        var ranks: [Value: Int] = [:]
        for (rank, item) in modified.enumerated() where ranks[ListItems.name(item, mergeKey)] == nil {
            ranks[ListItems.name(item, mergeKey)] = rank
        }
        var lists = Lists()
        lists.changes = ElementOrder.sorted(changed) { ranks[ListItems.name($0, mergeKey)] } + deleted

        let names = modified.map { ListItems.name($0, mergeKey) }
        let isReordered = original.map { ListItems.name($0, mergeKey) } != names
        if includes.contains(.order),
            !lists.changes.isEmpty || (includes.contains(.changes) && isReordered)
        {
            lists.order = names.map { .object([mergeKey: $0]) }
        }
        return lists
    }

    /// Walks along both lists, sorted by what tells their items apart.
    private func walk(
        _ original: [Value], _ modified: [Value], _ field: PatchField
    ) throws(KubeModelError) -> (changed: [Value], deleted: [Value]) {
        var changed: [Value] = []
        var deleted: [Value] = []
        var (olds, news) = (original[...], modified[...])
        while let order = ListItems.order(olds.first, news.first, by: field.mergeKey) {
            if order <= 0, let old = olds.popFirst(), let name = old[field.mergeKey] {
                if order < 0 {
                    if includes.contains(.deletions) {
                        deleted.append([field.mergeKey: name, PatchDirective.marker: PatchDirective.delete])
                    }
                } else if let new = news.popFirst(), let before = old.objectValue,
                    let after = new.objectValue
                {
                    var inner = try patch(before, after, field.schema, retainsKeys: field.retainsKeys)
                    if !inner.isEmpty {
                        inner[field.mergeKey] = after[field.mergeKey]
                        changed.append(.object(inner))
                    }
                }
            } else if let new = news.popFirst(), includes.contains(.changes) {
                changed.append(new)
            }
        }
        return (changed, deleted)
    }

    private func differenceOfScalars(_ original: [Value], _ modified: [Value]) -> Lists {
        var lists = Lists()
        let old = Set(original)
        let new = Set(modified)
        if includes.contains(.changes) {
            lists.changes = ListItems.unique(modified).filter { !old.contains($0) }
        }
        if includes.contains(.deletions) {
            lists.deletions = ListItems.unique(ListItems.sorted(original)).filter { !new.contains($0) }
        }
        if includes.contains(.order),
            !lists.deletions.isEmpty || (includes.contains(.changes) && original != modified)
        {
            lists.order = modified
        }
        return lists
    }
}
