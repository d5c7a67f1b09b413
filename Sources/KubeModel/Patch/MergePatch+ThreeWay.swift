public import Manifest

extension MergePatch {
    /// The patch that `kubectl apply` sends for kinds without a schema.
    ///
    /// It changes `current` into `modified`, and removes what `original`, the configuration applied last, had
    /// and `modified` has no longer. What others added to `current` stays.
    /// - Throws: `inapplicablePatch` where a precondition fails.
    public static func createThreeWay(
        original: Value, modified: Value, current: Value, preconditions: [PatchPrecondition] = []
    ) throws(KubeModelError) -> Value {
        let changes = filtered(create(from: current, to: modified).objectValue ?? Object(), keepsNulls: false)
        let deletions = filtered(
            create(from: original, to: modified).objectValue ?? Object(), keepsNulls: true)
        let patch = Value.object(united(deletions, changes))
        try PatchPrecondition.check(preconditions, patch)
        return patch
    }

    /// The part of a patch that sets fields or, with `keepsNulls`, the part that removes them.
    private static func filtered(_ patch: Object, keepsNulls: Bool) -> Object {
        var result = Object()
        for pair in patch {
            switch pair.value {
            case .null:
                if keepsNulls { result[pair.key] = .null }
            case .object(let inner) where !inner.isEmpty:
                let kept = filtered(inner, keepsNulls: keepsNulls)
                if !kept.isEmpty { result[pair.key] = .object(kept) }
            default:
                if !keepsNulls { result[pair.key] = pair.value }
            }
        }
        return result
    }

    /// Both patches in one. They cannot conflict: what `modified` lacks is removed only, what it has is set only.
    private static func united(_ left: Object, _ right: Object) -> Object {
        var result = left
        for pair in right {
            if case .object(let old)? = result[pair.key], case .object(let new) = pair.value {
                result[pair.key] = .object(united(old, new))
            } else {
                result[pair.key] = pair.value
            }
        }
        return result
    }
}
