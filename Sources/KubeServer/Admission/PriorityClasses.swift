import KubeModel
import Manifest

/// Looks up what the names of priority classes mean.
struct PriorityClasses: Sendable {
    let store: Store

    private static let resource = GroupResource(group: "scheduling.k8s.io", resource: "priorityclasses")
    /// Classes that exist in every cluster.
    private static let system = [
        "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000,
    ]

    /// The priority of a class; the empty name is the default class, whose priority is 0 where none is declared.
    func priority(_ name: String) -> Int? {
        if name.isEmpty {
            let marked = store.values(of: Self.resource).first { $0.flag("globalDefault") }
            return marked.map { Int($0.number("value")) } ?? 0
        }
        if let priority = Self.system[name] { return priority }
        return store.value(of: Self.resource, name: name).map { Int($0.number("value")) }
    }
}
