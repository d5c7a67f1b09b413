import Manifest

/// Roles and ClusterRoles: what may be done with which resources.
struct RoleKind: KindRules {
    let isNamespaced: Bool

    var descriptor: KindDescriptor {
        KindDescriptor(
            RoleBindingKind.apiVersion, isNamespaced ? "Role" : "ClusterRole", isNamespaced: isNamespaced,
            nameRule: .pathSegment, allowsCreateOnUpdate: true)
    }

    func faults(of object: ObjectField) -> [FieldError] {
        object["rules"].items.flatMap(rule) + aggregation(object["aggregationRule"])
    }

    private func rule(_ rule: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        if rule["verbs"].isEmpty {
            errors.append(rule["verbs"].required("verbs must contain at least one value"))
        }
        let paths = rule["nonResourceURLs"]
        if !paths.isEmpty {
            if isNamespaced {
                errors.append(paths.invalid("namespaced rules cannot apply to non-resource URLs"))
            }
            if ["apiGroups", "resources", "resourceNames"].contains(where: { !rule[$0].isEmpty }) {
                errors.append(
                    paths.invalid("rules cannot apply to both regular resources and non-resource URLs"))
            }
            return errors
        }
        if rule["apiGroups"].isEmpty {
            errors.append(rule["apiGroups"].required("resource rules must supply at least one api group"))
        }
        if rule["resources"].isEmpty {
            errors.append(rule["resources"].required("resource rules must supply at least one resource"))
        }
        return errors
    }

    private func aggregation(_ aggregation: ObjectField) -> [FieldError] {
        guard !isNamespaced, aggregation.isPresent else { return [] }
        let selectors = aggregation["clusterRoleSelectors"]
        return
            (selectors.isEmpty
            ? [
                selectors.required(
                    "at least one clusterRoleSelector required if aggregationRule is non-nil")
            ] : []) + selectors.items.flatMap(SelectorValidation.faults)
    }

    var checksMetadataOnUpdate: Bool { true }
}
