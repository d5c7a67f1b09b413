import Synchronization

/// A rule with the counters that split its traffic.
final class CompiledRule: Sendable {
    /// A backend with its endpoints in rotation.
    final class Target: Sendable {
        let backend: RoutingTable.Backend
        private let rotation: Atomic<UInt64>

        init(_ backend: RoutingTable.Backend, seed: UInt64) {
            self.backend = backend
            rotation = Atomic(seed)
        }

        /// The next endpoint in turn that is not among those already tried, nil where none is left.
        func nextEndpoint(excluding tried: [RoutingTable.Endpoint]) -> RoutingTable.Endpoint? {
            let endpoints = backend.endpoints
            guard !endpoints.isEmpty else { return nil }
            let start = Int(rotation.wrappingAdd(1, ordering: .relaxed).oldValue % UInt64(endpoints.count))
            for step in endpoints.indices {
                let endpoint = endpoints[(start + step) % endpoints.count]
                if !tried.contains(endpoint) { return endpoint }
            }
            return nil
        }
    }

    let timeout: Duration?
    let filters: RoutingTable.Filters
    private let targets: [Target]
    /// Upper ends of the targets' shares of the range of 2^64 tickets; the last share takes what rounding leaves.
    private let shares: [UInt64]
    private let tickets: Atomic<UInt64>

    init(_ rule: RoutingTable.Rule, seed: UInt64) {
        timeout = rule.timeout
        filters = rule.filters
        let weighted = rule.backends.filter { $0.weight > 0 }
        targets = weighted.map { Target($0.backend, seed: seed) }
        let sum = weighted.reduce(0) { $0 + $1.weight }
        var covered = 0
        shares = weighted.map { backend in
            covered += backend.weight
            guard covered < sum else { return UInt64.max }
            return UInt64(sum).dividingFullWidth((UInt64(covered), 0)).quotient
        }
        tickets = Atomic(seed)
    }

    /// The backend of the next request, nil where the rule has none.
    ///
    /// Tickets advance by the golden ratio of the range (a Weyl sequence): any run of n requests hits a share p
    /// np times with an error that grows with log n, not with its square root as random choice would, and
    /// neighbouring requests are spread instead of coming in bursts.
    func nextTarget() -> Target? {
        guard targets.count > 1 else { return targets.first }
        let ticket = tickets.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
        for (index, share) in shares.enumerated() where ticket < share { return targets[index] }
        return targets.last
    }
}
