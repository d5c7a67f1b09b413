import KubeModel

/// What tells resources apart: kind, name and namespace.
struct ResourceID {
    var gvk: GroupVersionKind
    var name: String
    /// As the object says it; empty where it says nothing.
    var namespace: String
    /// Whether the kind is known to have no namespace.
    var isClusterScoped = false

    /// What stands for the namespace of kinds that have none.
    static let noNamespace = "_non_namespaceable_"

    /// The namespace by which resources are told apart: none at all is `default`.
    var effectiveNamespace: String {
        if isClusterScoped { return Self.noNamespace }
        return namespace.isEmpty ? "default" : namespace
    }

    /// What two resources may not have in common.
    var key: Key { Key(gvk: gvk, name: name, namespace: effectiveNamespace) }

    /// An identity in the form in which it is compared.
    struct Key: Hashable {
        let gvk: GroupVersionKind
        let name: String
        let namespace: String
    }
}

extension ResourceID: CustomStringConvertible {
    /// Upstream's form: `Deployment.v1.apps/web.prod`, with `[noGrp]` and its like for what is empty.
    var description: String {
        "\(gvk.idText)/\(name.isEmpty ? "[noName]" : name).\(namespace.isEmpty ? "[noNs]" : namespace)"
    }
}

extension GroupVersionKind {
    /// Upstream's form of a kind within an identity: `Deployment.v1.apps`.
    var idText: String {
        [
            kind.isEmpty ? "[noKind]" : kind, version.isEmpty ? "[noVer]" : version,
            group.isEmpty ? "[noGrp]" : group,
        ].joined(separator: ".")
    }

    /// Whether a kind is meant by a pattern whose empty parts stand for anything.
    func isSelected(by pattern: GroupVersionKind) -> Bool {
        (pattern.kind.isEmpty || pattern.kind == kind) && (pattern.group.isEmpty || pattern.group == group)
            && (pattern.version.isEmpty || pattern.version == version)
    }
}
