import KubeModel

// What generators make is created, or merged with or put in place of what is there.
extension ResourceMap {
    /// What a generator wants with a resource of the same identity.
    enum Behavior: String {
        case unspecified, create, replace, merge

        init(_ text: String?) { self = text.flatMap(Behavior.init(rawValue:)) ?? .unspecified }
    }

    /// Takes in what a generator made.
    ///
    /// - Throws: `conflict` where a resource is there and is not to be merged, or is not there and is.
    func absorb(_ generated: [Resource]) throws(KustomizeError) {
        for resource in generated { try absorb(resource) }
    }

    private func absorb(_ new: Resource) throws(KustomizeError) {
        let id = new.currentID
        let behavior = Behavior(new.annotation(BuildAnnotation.generatorBehavior))
        let found = matching(id)
        guard let old = found.first else {
            guard behavior != .merge, behavior != .replace else {
                throw KustomizeError(.conflict, "id \(id.goText) does not exist; cannot merge or replace")
            }
            return try append(new)
        }
        guard found.count == 1 else {
            throw KustomizeError(.conflict, "found multiple objects that could accept merge of \(id)")
        }
        switch behavior {
        case .replace: try new.takeMetadata(from: old)
        case .merge:
            let origin = old.annotation(BuildAnnotation.origin)
            try new.takeMetadata(from: old)
            try new.mergeData(from: old)
            if let origin { try new.updateAnnotations { $0[BuildAnnotation.origin] = origin } }
        case .create, .unspecified:
            throw KustomizeError(
                .conflict,
                "id \(id.goText) exists; can not use behavior: '\(behavior.rawValue)', behavior must be "
                    + "merge or replace")
        }
        try replace(old, by: new)
    }
}

extension ResourceID {
    /// The identity as Go's `%#v` prints it.
    fileprivate var goText: String {
        "resid.ResId{Gvk:resid.Gvk{Group:\"\(gvk.group)\", Version:\"\(gvk.version)\", Kind:\"\(gvk.kind)\", "
            + "isClusterScoped:\(isClusterScoped)}, Name:\"\(name)\", Namespace:\"\(namespace)\"}"
    }
}

extension Resource {
    /// Takes over labels and annotations it does not have, the name, the namespace and what the build knows.
    ///
    /// The name keeps its hash only where both want one.
    func takeMetadata(from old: Resource) throws(KustomizeError) {
        try setLabels(old.labels.merging(labels) { $1 })
        let own = annotations
        let theirs = old.annotations
        let wantsHash = own[BuildAnnotation.needsHashSuffix] != nil
        var merged = theirs.merging(own) { $1 }
        for name in BuildAnnotation.all { merged[name] = theirs[name] }
        if !wantsHash { merged[BuildAnnotation.needsHashSuffix] = nil }
        try setAnnotations(merged)
        try setName(old.name)
        try setNamespace(old.namespace)
        varNames = old.varNames
    }

    /// Takes over data under keys it does not have.
    func mergeData(from old: Resource) throws(KustomizeError) {
        try mergeMap("data", from: old)
        try mergeMap("binaryData", from: old)
    }

    private func mergeMap(_ field: String, from old: Resource) throws(KustomizeError) {
        let theirs = old.node.field(field)?.stringMap ?? [:]
        let own = node.field(field)?.stringMap ?? [:]
        node.clear(field)
        let merged = theirs.merging(own) { $1 }
        guard !merged.isEmpty else { return }
        let map = Node.mapping()
        for key in merged.keys.sorted(by: precedesInBytes) {
            map.content += [.scalar(key), .string(merged[key] ?? "")]
        }
        node.content += [.scalar(field), map]
    }
}
