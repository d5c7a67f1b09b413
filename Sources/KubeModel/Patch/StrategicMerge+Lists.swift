import Manifest

extension StrategicMerge {
    /// A merged list, and the order in which its items would stand without the patch's order.
    struct MergedList {
        var items: [Value]
        /// As upstream keeps it: it takes deleted items out of the object's own list and puts new ones into
        /// the places that come free at its end, so that a new item counts as one the object had.
        var serverOrder: [Value]
    }

    /// Merges two lists whose type says that they merge.
    ///
    /// - Parameter isDeletionList: whether the patch's items are to be taken out.
    func merged(
        _ original: [Value], _ patch: [Value], _ schema: any PatchSchema, mergeKey: String,
        isDeletionList: Bool
    ) throws(KubeModelError) -> MergedList {
        if original.isEmpty && patch.isEmpty { return MergedList(items: [], serverOrder: []) }
        let isOfObjects = try ListItems.type(original, patch) == .object
        guard isOfObjects else {
            if mode == .apply && isDeletionList {
                let deleted = Set(patch)
                return MergedList(
                    items: original.filter { !deleted.contains($0) }, serverOrder: original)
            }
            let order = ElementOrder(
                items: ListItems.unique(original + patch), patchOrder: patch, serverOrder: original,
                mergeKey: "")
            return MergedList(items: order.sorted, serverOrder: original)
        }
        guard !mergeKey.isEmpty else { throw PatchFault.noMergeKey }
        let (kept, changes, replaces) = try obeyDirectives(original, patch, mergeKey)
        if replaces {
            try ListItems.requireMergeKey(mergeKey, changes)
            return MergedList(items: changes, serverOrder: original)
        }
        let all = try mergedItems(kept, changes, mergeKey, schema)
        try ListItems.requireMergeKey(mergeKey, all)
        let order = ElementOrder(
            items: all, patchOrder: changes, serverOrder: kept, mergeKey: mergeKey)
        return MergedList(items: order.sorted, serverOrder: Array(all.prefix(original.count)))
    }

    /// Takes the items with a `$patch` directive out of the patch and does what they say.
    private func obeyDirectives(
        _ original: [Value], _ patch: [Value], _ mergeKey: String
    ) throws(KubeModelError) -> (original: [Value], patch: [Value], replaces: Bool) {
        var original = original
        var changes: [Value] = []
        var replaces = false
        for case .object(let item) in patch {
            switch item[PatchDirective.marker] {
            case nil:
                changes.append(.object(item))
            case PatchDirective.delete?:
                guard let name = item[mergeKey] else { throw PatchFault.missingMergeKey(mergeKey, in: item) }
                original.removeAll { $0[mergeKey] == name }
            case PatchDirective.replace?:
                replaces = true
            case PatchDirective.merge?:
                throw PatchFault.mergedLists
            case let directive?:
                throw PatchFault.unknownDirective(directive, in: item)
            }
        }
        return (original, changes, replaces)
    }

    private func mergedItems(
        _ original: [Value], _ patch: [Value], _ mergeKey: String, _ schema: any PatchSchema
    ) throws(KubeModelError) -> [Value] {
        var result = original
        var places: [Value: Int] = [:]
        for (place, item) in original.enumerated() {
            if let name = item[mergeKey], places[name] == nil { places[name] = place }
        }
        for case .object(let change) in patch {
            guard let name = change[mergeKey] else {
                throw PatchFault.missingMergeKey(mergeKey, in: change)
            }
            if let place = places[name], case .object(let item) = result[place] {
                result[place] = .object(try merged(item, change, schema))
            } else {
                places[name] = result.count
                // Taken as it is, nulls and nested directives included, as upstream does.
                result.append(.object(change))
            }
        }
        return result
    }

    /// Obeys `$setElementOrder/<list>`: merges each list it is about and puts its items into that order.
    func mergeOrderedLists(
        _ result: inout Object, _ patch: inout Object, _ schema: any PatchSchema
    ) throws(KubeModelError) {
        let keys = patch.keys.filter { $0.hasPrefix(PatchDirective.elementOrder) }
        for key in keys {
            guard let directive = patch.removeValue(forKey: key) else { continue }
            if mode == .combine {
                if let present = result[key], present != directive { throw PatchFault.badElementOrder }
                result[key] = directive
            }
            guard let order = directive.arrayValue else {
                throw PatchFault.unexpectedType(directive, expected: .list)
            }
            guard let name = PatchDirective.list(of: key, PatchDirective.elementOrder) else {
                throw PatchFault.badElementOrder
            }
            let old = try items(of: result[name])
            let new = try items(of: patch[name])
            let field = try schema.field(name)
            if let new { try requireSameOrder(new, order, field.mergeKey) }

            var list = MergedList(items: old ?? [], serverOrder: old ?? [])
            switch (old, new) {
            case (nil, nil): continue
            case (_, nil): break
            case (nil, let new?): list.items = new.compactMap(withoutDirectives)
            case (let old?, let new?):
                if field.mergesLists {
                    list = try merged(
                        old, new, field.schema, mergeKey: field.mergeKey, isDeletionList: false)
                } else {
                    list.items = new
                }
            }
            guard try ListItems.type(old ?? [], new ?? []) != nil else { throw PatchFault.emptyLists }
            if !field.mergeKey.isEmpty {
                try ListItems.requireMergeKey(field.mergeKey, list.items)
                try ListItems.requireMergeKey(field.mergeKey, order)
            }
            let elementOrder = ElementOrder(
                items: list.items, patchOrder: order, serverOrder: list.serverOrder,
                mergeKey: field.mergeKey)
            result[name] = .array(elementOrder.sorted)
            patch[name] = nil
        }
    }

    private func items(of value: Value?) throws(KubeModelError) -> [Value]? {
        guard let value else { return nil }
        guard let items = value.arrayValue else {
            throw PatchFault.unexpectedType(value, expected: .list)
        }
        return items
    }

    /// The items of a patch must stand in the order that it asks for, none may be missing there.
    private func requireSameOrder(
        _ patch: [Value], _ order: [Value], _ mergeKey: String
    ) throws(KubeModelError) {
        guard !order.isEmpty else { return }
        var rest = order[...]
        for item in patch {
            if !mergeKey.isEmpty {
                guard let object = item.objectValue else {
                    throw PatchFault.unexpectedType(item, expected: .object)
                }
                if object[PatchDirective.marker] == PatchDirective.delete { continue }
                // Other directives may stand anywhere but behind the last item, an oddity of upstream.
                if object.contains(key: PatchDirective.marker), !rest.isEmpty { continue }
                guard !rest.isEmpty else { throw PatchFault.unorderedItems(patch, order: order) }
                try ListItems.requireMergeKey(mergeKey, [item])
                try ListItems.requireMergeKey(mergeKey, Array(rest.prefix(1)))
            }
            let name = ListItems.name(item, mergeKey)
            guard let place = rest.firstIndex(where: { ListItems.name($0, mergeKey) == name }) else {
                throw PatchFault.unorderedItems(patch, order: order)
            }
            rest = rest[(place + 1)...]
        }
    }
}
