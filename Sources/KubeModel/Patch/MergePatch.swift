public import Manifest

/// A partial document whose fields are set, and removed where they are null (RFC 7386).
public enum MergePatch {
    /// Merges a patch into a document.
    ///
    /// As in Kubernetes, nulls within what is added are left out, in lists too.
    /// - Throws: `malformedPatch` where the patch is no object.
    public static func apply(_ patch: Value, to document: Value) throws(KubeModelError) -> Value {
        guard let fields = patch.objectValue else {
            throw PatchFault.notDecodable(patch, as: "map[string]interface {}")
        }
        guard let object = document.objectValue else { return withoutNulls(patch) }
        return .object(merge(fields, into: object))
    }

    /// The patch that makes `modified` of `original`.
    ///
    /// Nulls in `modified` cannot be expressed; applying the patch leaves their fields out.
    public static func create(from original: Value, to modified: Value) -> Value {
        guard let old = original.objectValue, let new = modified.objectValue else { return modified }
        return .object(difference(from: old, to: new))
    }

    private static func merge(_ patch: Object, into document: Object) -> Object {
        var result = document
        for (key, value) in patch.lazy.map({ ($0.key, $0.value) }) {
            switch (result[key], value) {
            case (_, .null):
                result[key] = nil
            case (.object(let old)?, .object(let new)):
                result[key] = .object(merge(new, into: old))
            case (.object?, _):
                result[key] = value
            default:
                result[key] = withoutNulls(value)
            }
        }
        return result
    }

    private static func withoutNulls(_ value: Value) -> Value {
        switch value {
        case .array(let items):
            return .array(items.map(withoutNulls))
        case .object(var object):
            object.removeAll { $0.value.isNull }
            return .object(object.mapValues(withoutNulls))
        default:
            return value
        }
    }

    private static func difference(from original: Object, to modified: Object) -> Object {
        var patch = Object()
        for pair in modified {
            guard let old = original[pair.key] else {
                patch[pair.key] = pair.value
                continue
            }
            if case .object(let oldFields) = old, case .object(let newFields) = pair.value {
                let inner = difference(from: oldFields, to: newFields)
                if !inner.isEmpty { patch[pair.key] = .object(inner) }
            } else if old != pair.value {
                patch[pair.key] = pair.value
            }
        }
        for pair in original where !modified.contains(key: pair.key) { patch[pair.key] = .null }
        return patch
    }
}
