/// How a canary without a router approximates a weight by pods, as Argo Rollouts does.
public struct ReplicaSplit: Sendable, Hashable {
    /// The pods of the new version.
    public let canary: Int
    /// The pods of the version that users have.
    public let stable: Int

    /// The split nearest to a weight (Argo Rollouts, `approximateWeightedCanaryStableReplicaCounts`).
    ///
    /// With two pods or more, neither side is left without one at a weight between nothing and all. With a
    /// surge, one more pod may come nearer.
    public init(replicas: Int, weight: Int, maximumWeight: Int = 100, maximumSurge: Int) {
        guard replicas > 0, maximumWeight > 0 else {
            (canary, stable) = (0, 0)
            return
        }
        let up = (replicas * weight + maximumWeight - 1) / maximumWeight
        let down = replicas * weight / maximumWeight
        let mayBeNone = weight == 0 || weight == maximumWeight || replicas == 1 && maximumSurge == 0
        /// Whether rounding up and down miss the weight by as much; then up is taken. In floats, as there.
        func isTied(_ total: Int) -> Bool {
            (Double(total) * (Double(weight) / Double(maximumWeight))).truncatingRemainder(dividingBy: 1)
                == 0.5
        }
        var options: [(canary: Int, total: Int)] = []
        if up < replicas || mayBeNone { options.append((up, replicas)) }
        if !isTied(replicas), down != 0 || mayBeNone { options.append((down, replicas)) }
        if maximumSurge > 0 {
            options.append((up, replicas + 1))
            if !isTied(replicas + 1), down != 0 || mayBeNone { options.append((down, replicas + 1)) }
        }
        var best = (canary: 0, total: replicas)
        var leastError = Double.infinity
        for option in options {
            let error = abs(Double(option.canary * maximumWeight) / Double(option.total) - Double(weight))
            if error < leastError { (best, leastError) = (option, error) }
        }
        canary = best.canary
        stable = best.total - best.canary
    }
}
