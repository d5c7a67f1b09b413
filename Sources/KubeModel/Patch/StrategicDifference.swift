import Manifest

/// Finds the strategic patch that leads from one object to another.
struct StrategicDifference {
    /// What goes into a patch.
    struct Parts: OptionSet {
        let rawValue: Int

        /// Fields and items that were added or changed.
        static let changes = Parts(rawValue: 1)
        /// Fields and items that are gone.
        static let deletions = Parts(rawValue: 2)
        /// The order of merged lists.
        static let order = Parts(rawValue: 4)
    }

    let includes: Parts

    /// - Parameter retainsKeys: whether the patch lists the keys that remain.
    func patch(
        _ original: Object, _ modified: Object, _ schema: any PatchSchema, retainsKeys: Bool = false
    ) throws(KubeModelError) -> Object {
        var patch = Object()
        for pair in modified {
            guard let old = original[pair.key] else {
                if includes.contains(.changes) { patch[pair.key] = pair.value }
                continue
            }
            if pair.key == PatchDirective.marker {
                try compareDirective(old, pair.value, &patch)
                continue
            }
            switch (old, pair.value) {
            case (.object(let old), .object(let new)):
                try compare(old, new, at: pair.key, schema, &patch)
            case (.array(let old), .array(let new)):
                try compare(old, new, at: pair.key, schema, &patch)
            default:
                if includes.contains(.changes), old != pair.value { patch[pair.key] = pair.value }
            }
        }
        if includes.contains(.deletions) {
            for pair in original where !modified.contains(key: pair.key) { patch[pair.key] = .null }
        }
        if retainsKeys { listRetainedKeys(original, modified, &patch) }
        return patch
    }

    private func compareDirective(
        _ old: Value, _ new: Value, _ patch: inout Object
    ) throws(KubeModelError) {
        guard old.stringValue != nil, new.stringValue != nil else { throw PatchFault.badDirective }
        if old != new { patch[PatchDirective.marker] = new }
    }

    /// Adds `$retainKeys` where the patch changes something or a key is gone.
    private func listRetainedKeys(_ original: Object, _ modified: Object, _ patch: inout Object) {
        let keys = modified.filter { !$0.value.isNull }.map(\.key)
        let losesKey = original.contains { !$0.value.isNull && !modified.contains(key: $0.key) }
        guard !keys.isEmpty, !patch.isEmpty || losesKey else { return }
        patch[PatchDirective.retainKeys] = .array(ListItems.sorted(keys.map(Value.string)))
    }

    private func compare(
        _ old: Object, _ new: Object, at key: String, _ schema: any PatchSchema, _ patch: inout Object
    ) throws(KubeModelError) {
        guard let field = schema.patchField(key) else {
            // What the schema does not know can only be compared whole.
            if old == new { return }
            throw PatchFault.unknownField(key, in: schema.patchTypeName)
        }
        if field.replaces {
            if includes.contains(.changes) { patch[key] = .object(new) }
            return
        }
        let inner = try self.patch(old, new, field.schema, retainsKeys: field.retainsKeys)
        if !inner.isEmpty { patch[key] = .object(inner) }
    }

    private func compare(
        _ old: [Value], _ new: [Value], at key: String, _ schema: any PatchSchema, _ patch: inout Object
    ) throws(KubeModelError) {
        guard let field = schema.patchField(key) else {
            if old == new { return }
            throw PatchFault.unknownField(key, in: schema.patchTypeName)
        }
        guard field.mergesLists else {
            if includes.contains(.changes), old != new { patch[key] = .array(new) }
            return
        }
        let lists = try difference(old, new, field)
        if !lists.changes.isEmpty { patch[key] = .array(lists.changes) }
        if !lists.deletions.isEmpty {
            patch["\(PatchDirective.deletions)/\(key)"] = .array(lists.deletions)
        }
        if !lists.order.isEmpty { patch["\(PatchDirective.elementOrder)/\(key)"] = .array(lists.order) }
    }
}
