/// What a kustomization has gathered so far: resources, configuration of transformers, vars.
final class Accumulator {
    let resources = ResourceMap()
    var configuration = TransformerConfiguration()
    private(set) var vars: [String: VarEntry] = [:]

    /// Adds what a base has gathered.
    ///
    /// - Throws: `conflict` or `invalidKustomization`.
    func merge(_ other: Accumulator) throws(KustomizeError) {
        try resources.append(contentsOf: other.resources.resources)
        try configuration.merge(other.configuration)
        for name in other.vars.keys.sorted(by: precedesInBytes) {
            if let entry = other.vars[name] { try add(entry) }
        }
    }

    /// Checks all over again what a component has changed, as upstream does when it hands it back to the parent.
    ///
    /// - Throws: `conflict` where two resources are one now.
    func renew() throws(KustomizeError) {
        let gathered = resources.resources
        resources.setResources([])
        try resources.append(contentsOf: gathered)
        let changed = configuration
        configuration = TransformerConfiguration()
        try configuration.merge(changed)
    }

    /// Adds the vars of a kustomization and notes which resources they read.
    ///
    /// - Throws: `conflict` for a var that is there already, or one that several resources could give.
    func addVars(_ entries: [VarEntry]) throws(KustomizeError) {
        for entry in entries {
            let found = resources.named(entry.objectName).filter { resource in
                (resource.previousIDs + [resource.currentID]).contains { entry.matches($0) }
            }
            guard found.count <= 1 else {
                throw KustomizeError(
                    .conflict,
                    "found \(found.count) resId matches for var \(entry) (unable to disambiguate)")
            }
            found.first?.varNames.append(entry.name)
        }
        for entry in entries { try add(entry) }
    }

    private func add(_ entry: VarEntry) throws(KustomizeError) {
        guard vars.updateValue(entry, forKey: entry.name) == nil else {
            throw KustomizeError(.conflict, "var '\(entry.name)' already encountered")
        }
    }
}

extension VarEntry: CustomStringConvertible {
    var description: String {
        "{\(name) {\(objectKind) \(objectName) \(objectNamespace)} {\(fieldPath)}}"
    }
}
