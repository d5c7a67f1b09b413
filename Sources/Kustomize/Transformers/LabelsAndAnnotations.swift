/// Sets labels or annotations: in the metadata, in templates and in selectors, as the field specs say.
struct MapEntriesTransformer: Transformer {
    let entries: [String: String]
    let specs: [FieldSpec]

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        guard !entries.isEmpty else { return }
        let index = FieldSpecIndex(specs)
        let names = entries.keys.sorted(by: precedesInBytes)
        let creation = FieldSpec.Creation(kind: .mapping, tag: .untagged)
        for resource in resources.resources where !resource.isEmpty {
            let specs = index[resource.kind]
            for name in names {
                // One node for all places, as upstream has it: see Node.
                let value = Node.string(entries[name] ?? "")
                for spec in specs {
                    try spec.visit(resource, creation: creation) { (node) throws(KustomizeError) in
                        try node.set(name, to: value)
                    }
                }
                if BuildAnnotation.contains(name) { resource.identityChanged() }
            }
        }
    }
}
