extension PolicyRule {
    /// What of `wanted` none of `held` allows, each part a rule of one verb on one thing, put together again
    /// where only the verbs differ.
    static func uncovered(_ wanted: [PolicyRule], by held: [PolicyRule]) -> [PolicyRule] {
        let missing = wanted.flatMap(\.parts).filter { part in !held.contains { $0.covers(part) } }
        return compacted(missing)
    }

    /// The rule taken apart into rules of one verb on one resource of one group, or on one path.
    private var parts: [PolicyRule] {
        var parts: [PolicyRule] = []
        for group in groups {
            for resource in resources {
                for verb in verbs {
                    if names.isEmpty {
                        parts.append(PolicyRule(verbs: [verb], groups: [group], resources: [resource]))
                    }
                    for name in names {
                        parts.append(
                            PolicyRule(verbs: [verb], groups: [group], resources: [resource], names: [name]))
                    }
                }
            }
        }
        for path in paths {
            for verb in verbs { parts.append(PolicyRule(verbs: [verb], paths: [path])) }
        }
        return parts
    }

    /// Whether the rule allows all that a part allows.
    private func covers(_ part: PolicyRule) -> Bool {
        guard let verb = part.verbs.first, verbs.contains("*") || verbs.contains(verb) else { return false }
        if let path = part.paths.first {
            return paths.contains { PolicyRule.matches($0, path: path) }
        }
        guard let group = part.groups.first, let resource = part.resources.first else { return false }
        return (groups.contains("*") || groups.contains(group)) && coversResource(resource)
            && (names.isEmpty || part.names.first.map(names.contains) ?? false)
    }

    private func coversResource(_ resource: String) -> Bool {
        if resources.contains("*") || resources.contains(resource) { return true }
        guard let slash = resource.firstIndex(of: "/") else { return false }
        return resources.contains("*" + resource[slash...])
    }

    /// Joins rules that differ in their verbs alone.
    private static func compacted(_ rules: [PolicyRule]) -> [PolicyRule] {
        var joined: [PolicyRule] = []
        for rule in rules {
            let place = joined.firstIndex { other in
                other.groups == rule.groups && other.resources == rule.resources && other.names == rule.names
                    && other.paths == rule.paths
            }
            if let place {
                joined[place].verbs += rule.verbs.filter { !joined[place].verbs.contains($0) }
            } else {
                joined.append(rule)
            }
        }
        return joined
    }
}
