import Manifest

/// RoleBindings and ClusterRoleBindings: who has a role.
struct RoleBindingKind: KindRules {
    static let group = "rbac.authorization.k8s.io"
    static let apiVersion = "\(group)/v1"

    let isNamespaced: Bool

    var descriptor: KindDescriptor {
        KindDescriptor(
            Self.apiVersion, isNamespaced ? "RoleBinding" : "ClusterRoleBinding", isNamespaced: isNamespaced,
            nameRule: .pathSegment, allowsCreateOnUpdate: true)
    }

    func setDefaults(in object: inout Value) {
        object.update("roleRef") { $0.fill("apiGroup", .string(Self.group)) }
        object.updateItems("subjects") { subject in
            guard ["User", "Group"].contains(subject.text("kind")) else { return }
            subject.fill("apiGroup", .string(Self.group))
        }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let role = object["roleRef"]
        var errors: [FieldError] = []
        if role["apiGroup"].text != Self.group { errors.append(role["apiGroup"].notSupported([Self.group])) }
        let kinds = isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]
        if !kinds.contains(role["kind"].text) { errors.append(role["kind"].notSupported(kinds)) }
        let name = role["name"]
        errors += name.text.isEmpty ? [name.required()] : name.invalid(NameSyntax.pathSegment(name.text))
        return errors + object["subjects"].items.flatMap(subject)
    }

    private func subject(_ subject: ObjectField) -> [FieldError] {
        let (name, group, namespace) = (subject["name"], subject["apiGroup"], subject["namespace"])
        var errors = name.text.isEmpty ? [name.required()] : []
        switch subject["kind"].text {
        case "ServiceAccount":
            if !name.text.isEmpty { errors += name.invalid(NameSyntax.dns1123Subdomain(name.text)) }
            if !group.text.isEmpty { errors.append(group.notSupported([""])) }
            if !isNamespaced, namespace.text.isEmpty { errors.append(namespace.required()) }
        case "User", "Group":
            if group.text != Self.group { errors.append(group.notSupported([Self.group])) }
        default: errors.append(subject["kind"].notSupported(["ServiceAccount", "User", "Group"]))
        }
        return errors
    }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        let role = object["roleRef"]
        guard role.value != old["roleRef"].value else { return faults(of: object) }
        return faults(of: object) + [
            .invalid(
                role.path,
                [
                    "APIGroup": .string(role["apiGroup"].text), "Kind": .string(role["kind"].text),
                    "Name": .string(role["name"].text),
                ], "cannot change roleRef")
        ]
    }
}
