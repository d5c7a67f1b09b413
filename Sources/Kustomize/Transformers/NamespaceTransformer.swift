import KubeModel

/// Puts resources into a namespace.
struct NamespaceTransformer: Transformer {
    /// Which subjects of role bindings are put into the namespace.
    enum Subjects: String {
        case defaultOnly, allServiceAccounts, none
    }

    let namespace: String
    let specs: [FieldSpec]
    var unsetOnly = false
    var subjects = Subjects.defaultOnly

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        guard !namespace.isEmpty else { return }
        for resource in resources.resources where !resource.isEmpty {
            let old = resource.currentID.key
            try resource.storePreviousID()
            try apply(to: resource)
            resource.identityChanged()
            resources.move(resource, from: old)
            let matches = resources.current(resource.currentID)
            guard matches.count == 1 else {
                throw KustomizeError(
                    .conflict,
                    "namespace transformation produces ID conflict: "
                        + "[\(matches.map(\.node.jsonText).joined(separator: " "))]")
            }
        }
    }

    /// Sets the namespace of one object and of what refers to it.
    func apply(to resource: Resource) throws(KustomizeError) {
        let isCoreVersion = resource.apiVersion == "v1"
        if !resource.currentID.isClusterScoped {
            try set(FieldSpec("metadata/namespace", creates: true), in: resource, tag: .untagged)
        }
        let isBinding = resource.kind == "RoleBinding" || resource.kind == "ClusterRoleBinding"
        do throws(KustomizeError) {
            if isBinding { try setSubjects(of: resource) }
            for spec in specs {
                if spec.path == "metadata/namespace" || (spec.path == "metadata/name" && !isCoreVersion) {
                    continue
                }
                if isBinding, spec.path == "subjects/namespace",
                    spec.gvk.kind == "RoleBinding" || spec.gvk.kind == "ClusterRoleBinding"
                {
                    continue
                }
                try set(spec, in: resource, tag: .string)
            }
        } catch {
            let isStructure = error.message.contains("wrong node kind: expected ScalarNode but got")
            throw error.within(
                isStructure
                    ? "namespace field specs must target scalar nodes" : "namespace transformation failed")
        }
        resource.identityChanged()
    }

    private func set(_ spec: FieldSpec, in resource: Resource, tag: Node.Tag) throws(KustomizeError) {
        let creation = FieldSpec.Creation(kind: .scalar, tag: tag)
        try spec.visit(resource, creation: creation) { (node) throws(KustomizeError) in try setValue(of: node)
        }
    }

    private func setValue(of node: Node) throws(KustomizeError) {
        if unsetOnly, node.kind == .scalar, !node.isNull, !node.text.isEmpty { return }
        try node.setScalar(.string(namespace))
    }

    private func setSubjects(of resource: Resource) throws(KustomizeError) {
        guard subjects != .none, let list = try resource.node.lookup(["subjects"]), !list.isNull else {
            return
        }
        do throws(KustomizeError) {
            try list.expect(.sequence)
            for subject in list.content {
                let (field, wanted) =
                    subjects == .defaultOnly ? ("name", "default") : ("kind", "ServiceAccount")
                guard let value = try subject.lookup([field]), value.text == wanted else { continue }
                guard let node = try subject.lookup(["namespace"], creating: .scalar) else { continue }
                try setValue(of: node)
            }
        } catch {
            throw error.within("setting namespace on (cluster)role binding subjects")
        }
    }
}
