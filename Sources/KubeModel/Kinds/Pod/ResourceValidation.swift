import Manifest

/// The rules for amounts of resources: requests and limits of containers, sizes of claims, capacities.
enum ResourceValidation {
    private static let containerResources = ["cpu", "memory", "ephemeral-storage"]
    /// Resources without a domain that quotas know besides those of containers.
    private static let standardResources: Set<String> = [
        "requests.cpu", "requests.memory", "requests.ephemeral-storage", "requests.storage", "limits.cpu",
        "limits.memory", "limits.ephemeral-storage", "storage", "pods", "resourcequotas", "services",
        "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps", "services.nodeports",
        "services.loadbalancers",
    ]

    /// The faults of a container's `resources`.
    static func container(_ resources: ObjectField, claims: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        let (limits, requests) = (resources["limits"], resources["requests"])
        for (name, limit) in limits.entries {
            errors += containerResourceName(name, at: limit.path) + amount(limit, of: name)
            errors += hugePages(limit, name)
        }
        for (name, request) in requests.entries {
            errors += containerResourceName(name, at: request.path) + amount(request, of: name)
            errors +=
                requestFaults(request, named: name, at: requests, limits: limits) + hugePages(request, name)
        }
        let names = Set((limits.entries + requests.entries).map(\.key))
        if names.contains(where: isHugePages), names.isDisjoint(with: ["cpu", "memory"]) {
            errors.append(resources.forbidden("HugePages require cpu or memory"))
        }
        return errors + claimNames(resources["claims"], known: claims)
    }

    private static func requestFaults(
        _ request: ObjectField, named name: String, at requests: ObjectField, limits: ObjectField
    ) -> [FieldError] {
        let limit = limits[name]
        guard limit.isPresent else {
            return isOvercommitAllowed(name)
                ? [] : [limits.required("Limit must be set for non overcommitable resources")]
        }
        let (wanted, allowed) = (quantity(request), quantity(limit))
        let relation: String
        if wanted != allowed, !isOvercommitAllowed(name) {
            relation = "equal to"
        } else if wanted > allowed {
            relation = "less than or equal to"
        } else {
            return []
        }
        return [
            .invalid(
                requests.path, .string(wanted.canonical),
                "must be \(relation) \(name) limit of \(allowed.canonical)")
        ]
    }

    /// The faults of an amount of a resource that may not be negative, and of some resources has no fractions.
    static func amount(_ field: ObjectField, of name: String) -> [FieldError] {
        let amount = quantity(field)
        var errors: [FieldError] = []
        if amount.isNegative {
            errors.append(
                .invalid(field.path, .string(amount.canonical), "must be greater than or equal to 0"))
        }
        if isInteger(name), amount.milliValue % 1000 != 0 {
            errors.append(.invalid(field.path, .string(amount.canonical), "must be an integer"))
        }
        return errors
    }

    /// The fault of an amount that is not above zero.
    static func positive(_ field: ObjectField) -> [FieldError] {
        let amount = quantity(field)
        return amount > .zero
            ? [] : [.invalid(field.path, .string(amount.canonical), "must be greater than zero")]
    }

    static func quantity(_ field: ObjectField) -> Quantity { (try? Quantity(field.text)) ?? .zero }

    /// The faults of the name of a resource that containers use.
    static func containerResourceName(_ name: String, at path: FieldPath) -> [FieldError] {
        let faults = NameSyntax.qualifiedName(name).map { FieldError.invalid(path, .string(name), $0) }
        guard faults.isEmpty else { return faults }
        if !name.contains("/") {
            if containerResources.contains(name) || isHugePages(name) { return [] }
            let isStandard = standardResources.contains(name)
            return
                (isStandard
                ? [] : [.invalid(path, .string(name), "must be a standard resource type or fully qualified")])
                + [.invalid(path, .string(name), "must be a standard resource for containers")]
        }
        if isNative(name) || isExtended(name) { return [] }
        return [.invalid(path, .string(name), "doesn't follow extended resource name standard")]
    }

    private static func claimNames(_ claims: ObjectField, known: Set<String>) -> [FieldError] {
        var seen: Set<String> = []
        return claims.items.flatMap { claim -> [FieldError] in
            let name = claim["name"].text
            if name.isEmpty { return [claim.required()] }
            var errors: [FieldError] = []
            let key = claim["request"].text.isEmpty ? name : "\(name)/\(claim["request"].text)"
            if seen.contains(name) || !seen.insert(key).inserted {
                errors.append(.duplicate(claim.path, .string(seen.contains(name) ? name : key)))
            }
            if !known.contains(name) {
                let list = known.isEmpty ? " which is empty" : ": " + known.sorted().joined(separator: ", ")
                errors.append(
                    .notFound(
                        claim.path, .string(name),
                        "must be one of the names in pod.spec.resourceClaims" + list))
            }
            return errors
        }
    }

    private static func hugePages(_ field: ObjectField, _ name: String) -> [FieldError] {
        guard isHugePages(name), let size = try? Quantity(String(name.dropFirst("hugepages-".count))),
            size.value > 0
        else { return [] }
        let amount = quantity(field)
        guard amount.value <= 0 || amount.value % size.value != 0 else { return [] }
        return [
            .invalid(
                field.path, .string(amount.canonical),
                "\(amount.canonical) is not positive integer multiple of \(name)")
        ]
    }

    private static func isHugePages(_ name: String) -> Bool { name.hasPrefix("hugepages-") }

    /// Whether the resource is Kubernetes' own, by a name without or with its domain.
    private static func isNative(_ name: String) -> Bool {
        guard let slash = name.firstIndex(of: "/") else { return true }
        let domain = name[..<slash]
        return domain == "kubernetes.io" || domain.hasSuffix(".kubernetes.io")
    }

    private static func isExtended(_ name: String) -> Bool {
        !isNative(name) && !name.hasPrefix("requests.")
            && NameSyntax.qualifiedName("requests.\(name)").isEmpty
    }

    /// Whether pods may use more of the resource than they asked for.
    private static func isOvercommitAllowed(_ name: String) -> Bool { isNative(name) && !isHugePages(name) }

    private static func isInteger(_ name: String) -> Bool {
        [
            "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
            "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
        ].contains(name) || (name.contains("/") && isExtended(name))
    }
}
