import Manifest

/// The class by which nodes choose which pods to end first.
enum PodQuality {
    /// The quality of service of a pod with that spec: `Guaranteed`, `Burstable` or `BestEffort`.
    static func name(of spec: Value?) -> String {
        let containers =
            (spec?["containers"]?.arrayValue ?? []) + (spec?["initContainers"]?.arrayValue ?? [])
        let resources = spec?["resources"].map { [$0] } ?? containers.map { $0["resources"] ?? .emptyObject }
        var requests: [String: Quantity] = [:]
        var limits: [String: Quantity] = [:]
        var isGuaranteed = true
        for resource in resources {
            add(resource["requests"], to: &requests)
            let limited = add(resource["limits"], to: &limits)
            if !limited.isSuperset(of: ["cpu", "memory"]) { isGuaranteed = false }
        }
        if requests.isEmpty, limits.isEmpty { return "BestEffort" }
        let isExact = requests.allSatisfy { limits[$0.key] == $0.value } && requests.count == limits.count
        return isGuaranteed && isExact ? "Guaranteed" : "Burstable"
    }

    /// Adds the amounts of CPU and memory that are not zero and answers of which there are any.
    @discardableResult
    private static func add(_ amounts: Value?, to sums: inout [String: Quantity]) -> Set<String> {
        var found: Set<String> = []
        for name in ["cpu", "memory"] {
            guard let text = amounts?[name]?.stringValue, let amount = try? Quantity(text),
                amount > .zero
            else { continue }
            sums[name] = (sums[name] ?? .zero) + amount
            found.insert(name)
        }
        return found
    }
}
