import KubeModel

/// Sets the number of replicas of the workloads of a name.
struct ReplicaTransformer: Transformer {
    let replica: ReplicaEntry
    let specs: [FieldSpec]

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        var isFound = false
        for spec in specs {
            for resource in resources.named(replica.name) where isMeant(resource, spec) {
                isFound = true
                let creation = FieldSpec.Creation(kind: .scalar, tag: .integer)
                try spec.visit(resource, creation: creation) { (node) throws(KustomizeError) in
                    try node.setScalar(.scalar(String(replica.count), tag: .integer))
                }
            }
        }
        guard isFound else {
            throw KustomizeError(
                .notFound,
                "resource with name \(replica.name) does not match a config with the following GVK "
                    + "[\(specs.map(\.gvk.idText).joined(separator: " "))]")
        }
    }

    private func isMeant(_ resource: Resource, _ spec: FieldSpec) -> Bool {
        (resource.previousIDs + [resource.currentID]).contains {
            $0.name == replica.name && spec.applies(to: $0.gvk)
        }
    }
}
