public import Manifest

extension StrategicMergePatch {
    /// Whether two patches set a field to different values.
    ///
    /// Lists of scalars that merge never conflict; items of lists of objects are compared by merge key.
    /// - Throws: `failedPatch` where a field is unknown or a list cannot be compared.
    public static func conflict(
        _ left: Value, _ right: Value, schema: some PatchSchema
    ) throws(KubeModelError) -> Bool {
        try conflict(left, right, schema, nil)
    }

    private static func conflict(
        _ left: Value, _ right: Value, _ schema: any PatchSchema, _ field: PatchField?
    ) throws(KubeModelError) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            // A directive acts on the whole object, so both must bear the same.
            if left[PatchDirective.marker] != right[PatchDirective.marker] { return true }
            if let field, field.replaces { return false }
            return try conflict(left, right, schema)
        case (.array(let left), .array(let right)):
            return try conflict(left, right, schema, field)
        default:
            return left != right
        }
    }

    private static func conflict(
        _ left: Object, _ right: Object, _ schema: any PatchSchema
    ) throws(KubeModelError) -> Bool {
        for pair in left where pair.key != PatchDirective.marker && pair.key != PatchDirective.retainKeys {
            guard let other = right[pair.key] else { continue }
            switch pair.value {
            case .array, .object:
                // The parallel lists of directives hold no fields and are compared as they are.
                if PatchDirective.isParallel(pair.key) {
                    if pair.value != other { return true }
                    continue
                }
                let field = try schema.field(pair.key)
                if try conflict(pair.value, other, field.schema, field) { return true }
            default:
                if pair.value != other { return true }
            }
        }
        return false
    }

    private static func conflict(
        _ left: [Value], _ right: [Value], _ schema: any PatchSchema, _ field: PatchField?
    ) throws(KubeModelError) -> Bool {
        guard let type = try ListItems.type(left, right) else { return false }
        if let field, field.mergesLists {
            guard type == .object else { return false }
            try ListItems.requireMergeKey(field.mergeKey, left)
            try ListItems.requireMergeKey(field.mergeKey, right)
            let others = Dictionary(
                right.map { (ListItems.name($0, field.mergeKey), $0) }, uniquingKeysWith: { _, last in last })
            for item in left {
                guard let other = others[ListItems.name(item, field.mergeKey)] else { continue }
                if try conflict(item, other, schema, nil) { return true }
            }
            return false
        }
        guard left.count == right.count else { return true }
        if type != .object { return ListItems.sorted(left) != ListItems.sorted(right) }
        for (item, other) in zip(left, right) {
            if try conflict(item, other, schema, nil) { return true }
        }
        return false
    }
}
