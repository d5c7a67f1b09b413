import Manifest

/// What is valid in a pod spec, but hardly meant.
enum PodWarnings {
    /// The warnings for a spec with the metadata of its pod or template.
    static func texts(of spec: ObjectField, metadata: ObjectField) -> [String] {
        let containers =
            spec["initContainers"].items + spec["containers"].items + spec["ephemeralContainers"].items
        var warnings = nodeLabels(in: spec) + volumes(spec["volumes"]) + repeated(in: spec)
        for name in ["memory", "ephemeral-storage"] { warnings += fraction(of: name, in: spec["overhead"]) }
        if !spec["securityContext", "seccompProfile"].isPresent {
            let annotation = metadata["annotations"].key("seccomp.security.alpha.kubernetes.io/pod")
            if annotation.isPresent {
                warnings.append(
                    #"\#(annotation.path): non-functional in v1.27+; use the "seccompProfile" field instead"#)
            }
        }
        for container in containers { warnings += amounts(in: container) + variables(of: container) }
        warnings += ports(of: containers)
        let period = spec["terminationGracePeriodSeconds"]
        if period.number < 0 {
            warnings.append(
                "\(period.path): must be >= 0; negative values are invalid and will be treated as 1")
        }
        return warnings + nullSelectors(in: spec["affinity"])
    }

    /// The warning for a name that becomes part of host names without being fit for it.
    static func hostname(_ metadata: ObjectField, of use: String) -> [String] {
        let faults = NameSyntax.dns1123Label(metadata["name"].text)
        guard !faults.isEmpty else { return [] }
        return [
            "metadata.name: this is used in \(use), which can result in surprising behavior; a DNS label is "
                + "recommended: [\(faults.joined(separator: " "))]"
        ]
    }

    private static let renamedNodeLabels = [
        "beta.kubernetes.io/arch": ("v1.14", "kubernetes.io/arch"),
        "beta.kubernetes.io/os": ("v1.14", "kubernetes.io/os"),
        "failure-domain.beta.kubernetes.io/region": ("v1.17", "topology.kubernetes.io/region"),
        "failure-domain.beta.kubernetes.io/zone": ("v1.17", "topology.kubernetes.io/zone"),
        "beta.kubernetes.io/instance-type": ("v1.17", "node.kubernetes.io/instance-type"),
    ]

    private static func deprecation(of label: String) -> String? {
        renamedNodeLabels[label].map { "deprecated since \($0); use \"\($1)\" instead" }
    }

    private static func nodeLabels(in spec: ObjectField) -> [String] {
        var warnings = spec["nodeSelector"].entries.compactMap { key, field in
            deprecation(of: key).map { "\(field.path): \($0)" }
        }
        let node = spec["affinity", "nodeAffinity"]
        let required = node["requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"].items
        let preferred = node["preferredDuringSchedulingIgnoredDuringExecution"].items.map { $0["preference"] }
        for expression in (required + preferred).flatMap({ $0["matchExpressions"].items }) {
            let key = expression["key"]
            if let text = deprecation(of: key.text) { warnings.append("\(key.path): \(key.text) is \(text)") }
        }
        for constraint in spec["topologySpreadConstraints"].items {
            let key = constraint["topologyKey"]
            if let text = deprecation(of: key.text) { warnings.append("\(key.path): \(key.text) is \(text)") }
            warnings += nullSelector(in: constraint)
        }
        return warnings
    }

    private static func nullSelector(in term: ObjectField) -> [String] {
        let selector = term["labelSelector"]
        return selector.isPresent
            ? [] : ["\(selector.path): a null labelSelector results in matching no pod"]
    }

    private static func nullSelectors(in affinity: ObjectField) -> [String] {
        ["podAffinity", "podAntiAffinity"].flatMap { name in
            affinity[name]["requiredDuringSchedulingIgnoredDuringExecution"].items.flatMap(nullSelector)
                + affinity[name]["preferredDuringSchedulingIgnoredDuringExecution"].items.flatMap {
                    nullSelector(in: $0["podAffinityTerm"])
                }
        }
    }

    private static let deprecatedVolumes = [
        ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
        ("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
        ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
        ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
        ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
        ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ]

    private static func volumes(_ volumes: ObjectField) -> [String] {
        volumes.items.flatMap { volume in
            deprecatedVolumes.filter { volume[$0.0].isPresent }.map { "\(volume[$0.0].path): \($0.1)" }
        }
    }

    private static func repeated(in spec: ObjectField) -> [String] {
        var warnings: [String] = []
        for (list, field) in [("hostAliases", "ip"), ("imagePullSecrets", "name")] {
            var seen: Set<String> = []
            for value in spec[list].items.map({ $0[field] }) where !seen.insert(value.text).inserted {
                warnings.append("\(value.path): duplicate \(field) \(GoFormat.quoted(value.text))")
            }
        }
        for name in spec["imagePullSecrets"].items.map({ $0["name"] }) where name.text.isEmpty {
            warnings.append("\(name.path): invalid empty name \"\"")
        }
        return warnings
    }

    private static func amounts(in container: ObjectField) -> [String] {
        ["memory", "ephemeral-storage"].flatMap { name in
            ["limits", "requests"].flatMap { fraction(of: name, in: container["resources", $0]) }
        }
    }

    /// The warning for memory or storage with a fraction of a byte.
    private static func fraction(of name: String, in amounts: ObjectField) -> [String] {
        let amount = amounts.key(name)
        guard amount.isPresent, ResourceValidation.quantity(amount).milliValue % 1000 != 0 else { return [] }
        return [
            "\(amount.path): fractional byte value \(GoFormat.quoted(amount.text)) is invalid, must be an integer"
        ]
    }

    private static func variables(of container: ObjectField) -> [String] {
        var seen: Set<String> = []
        return container["env"].items.compactMap { variable in
            let (name, value) = (variable["name"].text, variable["value"].text)
            if seen.insert(name).inserted { return nil }
            // A text that builds on the one before is meant to be given twice.
            let reference = "$(\(name))"
            if !variable["valueFrom"].isPresent, value != reference, value.contains(reference) { return nil }
            return
                "\(variable.path): hides previous definition of \(GoFormat.quoted(name)), which may be dropped "
                + "when using apply"
        }
    }

    private static func ports(of containers: [ObjectField]) -> [String] {
        var taken: [String: [ObjectField]] = [:]
        var warnings: [String] = []
        for port in containers.flatMap({ $0["ports"].items }) {
            let key = "\(port["containerPort"].number)/\(port["protocol"].text)"
            let (hostPort, hostIP) = (port["hostPort"].number, port["hostIP"].text)
            for other in taken[key] ?? [] {
                let (otherPort, otherIP) = (other["hostPort"].number, other["hostIP"].text)
                let relation: String
                if hostPort == otherPort, hostIP == otherIP {
                    relation = "duplicate"
                } else if hostPort == 0 || otherPort == 0 {
                    relation = "overlapping"
                } else if hostPort == otherPort, hostIP.isEmpty != otherIP.isEmpty {
                    relation = "dangerously ambiguous"
                } else {
                    continue
                }
                warnings.append("\(port.path): \(relation) port definition with \(other.path)")
            }
            taken[key, default: []].append(port)
        }
        return warnings
    }
}
