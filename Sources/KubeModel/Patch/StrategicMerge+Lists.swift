import Manifest

extension StrategicMerge {
    /// Merges two lists whose type says that they merge.
    ///
    /// - Parameter isDeletionList: whether the patch's items are to be taken out.
    func merged(
        _ original: [Value], _ patch: [Value], _ schema: any PatchSchema, mergeKey: String,
        isDeletionList: Bool
    ) throws(KubeModelError) -> [Value] {
        if original.isEmpty && patch.isEmpty { return original }
        let isOfObjects = try ListItems.type(original, patch) == .object
        guard isOfObjects else {
            if mode == .apply && isDeletionList {
                let deleted = Set(patch)
                return original.filter { !deleted.contains($0) }
            }
            let all = ListItems.unique(original + patch)
            return ElementOrder(items: all, patchOrder: patch, serverOrder: original, mergeKey: "").sorted
        }
        guard !mergeKey.isEmpty else { throw PatchFault.noMergeKey }
        let (kept, changes) = try obeyDirectives(original, patch, mergeKey)
        let all = try mergedItems(kept, changes, mergeKey, schema)
        try ListItems.requireMergeKey(mergeKey, all)
        return ElementOrder(items: all, patchOrder: changes, serverOrder: kept, mergeKey: mergeKey).sorted
    }

    /// Takes the items with a `$patch` directive out of the patch and does what they say.
    private func obeyDirectives(
        _ original: [Value], _ patch: [Value], _ mergeKey: String
    ) throws(KubeModelError) -> (original: [Value], patch: [Value]) {
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
        return replaces ? (changes, []) : (original, changes)
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
                result.append(mode == .apply ? kept(.object(change)) ?? .object(change) : .object(change))
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
            let old = try list(result[name])
            let new = try list(patch[name])
            let field = try schema.field(name)
            if let new { try requireSameOrder(new, order, field.mergeKey) }

            let merged: [Value]
            switch (old, new) {
            case (let old?, let new?):
                merged =
                    field.mergesLists
                    ? try self.merged(
                        old, new, field.schema, mergeKey: field.mergeKey, isDeletionList: false)
                    : new
            case (let old?, nil): merged = old
            case (nil, let new?): merged = kept(.array(new))?.arrayValue ?? []
            case (nil, nil): continue
            }
            guard try ListItems.type(old ?? [], new ?? []) != nil else { throw PatchFault.emptyLists }
            if !field.mergeKey.isEmpty {
                try ListItems.requireMergeKey(field.mergeKey, merged)
                try ListItems.requireMergeKey(field.mergeKey, order)
            }
            let sorted = ElementOrder(
                items: merged, patchOrder: order, serverOrder: old ?? [], mergeKey: field.mergeKey)
            result[name] = .array(sorted.sorted)
            patch[name] = nil
        }
    }

    private func list(_ value: Value?) throws(KubeModelError) -> [Value]? {
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
                if object.contains(key: PatchDirective.marker) { continue }
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
