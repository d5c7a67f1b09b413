/// The requests to each pod since the start.
struct PodLedger: Sendable, Hashable, Codable {
    private var canary: [String: Totals] = [:]
    private var stable: [String: Totals] = [:]

    private struct Totals: Sendable, Hashable, Codable {
        var requests = 0
        /// The bad ones, of latencies for each boundary.
        var bad: [Int]

        /// By which pods are ranked: of latencies, the mean of all boundaries' rates but for a factor.
        var rate: Double { requests == 0 ? 0 : Double(bad.reduce(0, +)) / Double(requests) }
    }

    /// Counts of a pod that can be added to, and to those of all other pods.
    private static let plausible = 0...(1 << 48)

    /// Whether all counts are of so many boundaries and can be added to.
    func fits(boundaries: Int) -> Bool {
        func fits(_ totals: Totals) -> Bool {
            totals.bad.count == boundaries && Self.plausible.contains(totals.requests)
                && totals.bad.allSatisfy(Self.plausible.contains)
        }
        return canary.values.allSatisfy(fits) && stable.values.allSatisfy(fits)
    }

    mutating func add(canary pods: [PodCounts], stable others: [PodCounts]) {
        for counts in pods { Self.add(counts, to: &canary) }
        for counts in others { Self.add(counts, to: &stable) }
    }

    private static func add(_ counts: PodCounts, to pods: inout [String: Totals]) {
        let bad = pods[counts.pod]?.bad ?? counts.bad.map { _ in 0 }
        pods[counts.pod] = Totals(
            requests: (pods[counts.pod]?.requests ?? 0) + counts.requests,
            bad: zip(bad, counts.bad).map { $0 + $1 })
    }

    var canaryCount: Int { canary.count }
    var stableCount: Int { stable.count }

    var rank: PodRank { PodRank(canary: canary.values.map(\.rate), stable: stable.values.map(\.rate)) }

    /// By how much the stable pods differ more than by chance, for each boundary.
    func overdispersion(boundaries: Int) -> [Double] {
        // In the order of their names, so that sums come out the same on replay.
        let pods = stable.sorted { $0.key < $1.key }.map(\.value)
        return (0..<boundaries).map { place in
            Overdispersion.factor(bad: pods.map { $0.bad[place] }, requests: pods.map(\.requests))
        }
    }

    /// What is done about the pods, as far as there are enough of them.
    func treatment(by effects: PodEffects) -> PodEffects.Treatment {
        guard effects.treatment != .off, canaryCount > 0, stableCount > 1 else { return .off }
        let canGate = PodRank.attainable(canaryCount, of: canaryCount + stableCount) <= effects.gate
        switch effects.treatment {
        case .automatic: return canGate ? .gate : .temper
        case .gate: return canGate ? .gate : .off
        case .temper, .off: return effects.treatment
        }
    }
}
