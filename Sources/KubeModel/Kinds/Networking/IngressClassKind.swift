import Manifest

/// IngressClasses: which controller serves which ingresses.
struct IngressClassKind: KindRules {
    let descriptor = KindDescriptor(
        "networking.k8s.io/v1", "IngressClass", isNamespaced: false,
        countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.update("spec") { $0.update("parameters") { $0.fill("scope", "Cluster") } }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let (controller, parameters) = (object["spec", "controller"], object["spec", "parameters"])
        var errors: [FieldError] = []
        if controller.text.isEmpty {
            errors.append(controller.required())
        } else {
            if controller.text.utf8.count > 250 { errors.append(controller.tooLong(250)) }
            errors += NameSyntax.domainPrefixedPath(controller)
        }
        guard parameters.isPresent else { return errors }
        errors += ObjectReference.faults(of: parameters)
        let (scope, namespace) = (parameters["scope"], parameters["namespace"])
        errors += scope.enumeration(["Cluster", "Namespace"])
        switch scope.text {
        case "Namespace":
            errors +=
                namespace.isPresent
                ? namespace.invalid(NameSyntax.dns1123Label(namespace.text))
                : [namespace.required("`parameters.scope` is set to 'Namespace'")]
        case "Cluster" where namespace.isPresent:
            errors.append(namespace.forbidden("`parameters.scope` is set to 'Cluster'"))
        default: break
        }
        return errors
    }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        object["spec", "controller"].immutable(since: old["spec", "controller"], absent: "")
            + faults(of: object)
    }
}
