import KubeModel
import Manifest

/// The rules of a cluster role that collects those of others (`aggregationRule`).
enum AggregatedRules {
    /// The rules of all roles that one of the selectors chooses, each once, in the order of the roles' names.
    static func rules(of role: Value, selectors: [Value], among roles: [Value]) -> [Value] {
        let selectors = selectors.compactMap { try? LabelSelector(field: $0) }
        var rules: [Value] = []
        for other in roles.sorted(by: { $0.metadata.name < $1.metadata.name })
        where other.metadata.name != role.metadata.name {
            guard selectors.contains(where: { $0.matches(other.metadata.labels) }) else { continue }
            for rule in other.items("rules") where !rules.contains(rule) { rules.append(rule) }
        }
        return rules
    }
}
