import Manifest

extension TypedValue {
    /// A set of owned fields as the type's present schema has it, nil where nothing changes.
    ///
    /// Where a list or object has become atomic since the set was written, its owner now owns it whole. The other
    /// way round nothing is done, as upstream has it.
    static func reconciled(_ fields: FieldSet, with type: MergeType) -> FieldSet? {
        var becameAtomic = FieldSet()
        collectAtomic(fields, type, isLeaf: false, path: [], into: &becameAtomic)
        if becameAtomic.isEmpty { return nil }
        return fields.recursivelySubtracting(becameAtomic).union(becameAtomic)
    }

    private static func collectAtomic(
        _ fields: FieldSet, _ type: MergeType, isLeaf: Bool, path: [PathElement], into result: inout FieldSet
    ) {
        func descend(_ node: FieldSet.Node, _ type: MergeType) {
            collectAtomic(
                node.children, type, isLeaf: node.isMember && node.children.isEmpty,
                path: path + [node.element], into: &result)
        }
        switch type.form(of: nil) {
        case .scalar: return
        case .list(let list):
            if list.isAtomic {
                if !isLeaf { result.insert(path) }
                return
            }
            for node in fields.nodes { descend(node, list.element) }
        case .map(let map):
            if map.isUnstructured { return }
            if map.isAtomic {
                if !isLeaf, !fields.isEmpty { result.insert(path) }
                return
            }
            for node in fields.nodes {
                guard case .field(let name) = node.element, let type = map.field(name) else { continue }
                descend(node, type)
            }
        }
    }
}
