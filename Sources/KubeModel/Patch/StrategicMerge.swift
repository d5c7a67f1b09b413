import Manifest

/// Merges a strategic patch into an object, or into another patch.
struct StrategicMerge {
    /// What the patch is merged into.
    enum Mode {
        /// An object: directives are obeyed and vanish, nulls delete.
        case apply
        /// Another patch: directives and nulls are carried over.
        case combine
    }

    let mode: Mode

    func merged(
        _ original: Object, _ patch: Object, _ schema: any PatchSchema
    ) throws(KubeModelError) -> Object {
        if let directive = patch[PatchDirective.marker] {
            return try replacement(directive, patch)
        }
        var result = original
        var patch = patch
        try retainKeys(&result, &patch)
        try mergeOrderedLists(&result, &patch, schema)
        for pair in patch { try merge(pair, into: &result, schema) }
        return result
    }

    /// What an object becomes whose patch bears a `$patch` directive.
    private func replacement(_ directive: Value, _ patch: Object) throws(KubeModelError) -> Object {
        switch directive {
        case PatchDirective.replace:
            var replacement = patch
            replacement[PatchDirective.marker] = nil
            return replacement
        case PatchDirective.delete:
            return Object()
        default:
            throw PatchFault.unknownDirective(directive, in: patch)
        }
    }

    private func merge(
        _ pair: Object.Pair, into result: inout Object, _ schema: any PatchSchema
    ) throws(KubeModelError) {
        var key = pair.key
        let value = pair.value
        let isDeletionList = key.hasPrefix(PatchDirective.deletions)
        if isDeletionList {
            if mode == .combine {
                result[key] = value
                return
            }
            guard let list = PatchDirective.list(of: key, PatchDirective.deletions) else {
                throw PatchFault.badPrimitiveList
            }
            key = list
        }
        if value.isNull {
            result[key] = nil
            if mode == .combine { result[key] = .null }
            return
        }
        switch (result[key], value) {
        case (.object(let old)?, .object(let new)):
            let field = try schema.field(key)
            result[key] = .object(field.replaces ? new : try merged(old, new, field.schema))
        case (.array(let old)?, .array(let new)):
            let field = try schema.field(key)
            guard field.mergesLists || isDeletionList else {
                result[key] = value
                return
            }
            let list = try merged(
                old, new, field.schema, mergeKey: field.mergeKey, isDeletionList: isDeletionList)
            result[key] = .array(list.items)
        default:
            if !isDeletionList { result[key] = kept(value) }
        }
    }

    /// What remains of a patch's value that meets nothing to be merged with; nil where it is a directive.
    ///
    /// As upstream has it, the parallel lists (`$setElementOrder/…`) stay; a server prunes them as unknown fields.
    private func kept(_ value: Value) -> Value? {
        withoutDirectives(mode == .apply ? withoutNulls(value) : value)
    }

    private func withoutNulls(_ value: Value) -> Value {
        switch value {
        case .array(let items): return .array(items.map(withoutNulls))
        case .object(var object):
            object.removeAll { $0.value.isNull }
            return .object(object.mapValues(withoutNulls))
        default: return value
        }
    }

    /// The value without the objects that bear a `$patch` directive; nil where it bears one itself.
    func withoutDirectives(_ value: Value) -> Value? {
        switch value {
        case .array(let items):
            return .array(items.compactMap(withoutDirectives))
        case .object(let object):
            if object.contains(key: PatchDirective.marker) { return nil }
            var result = Object(minimumCapacity: object.count)
            for pair in object {
                result[pair.key] = withoutDirectives(pair.value)
            }
            return .object(result)
        default:
            return value
        }
    }

    /// Obeys `$retainKeys`: keys that it does not list go, and the patch may set no other.
    private func retainKeys(_ result: inout Object, _ patch: inout Object) throws(KubeModelError) {
        guard let directive = patch.removeValue(forKey: PatchDirective.retainKeys) else { return }
        if mode == .combine {
            if let present = result[PatchDirective.retainKeys] {
                guard present == directive else { throw PatchFault.unequalRetainKeys(present, directive) }
            } else {
                result[PatchDirective.retainKeys] = directive
            }
            return
        }
        guard let list = directive.arrayValue else { throw PatchFault.badRetainKeys }
        let keys = Set(list.compactMap(\.stringValue))
        for pair in patch where !pair.value.isNull && !keys.contains(pair.key) {
            guard PatchDirective.isParallel(pair.key) else { throw PatchFault.badRetainKeys }
        }
        result.removeAll { !keys.contains($0.key) }
    }
}
