import KubeClient
import KubeModel
import Manifest

/// Splits requests by the weights of an HTTPRoute's backends (Gateway API), on the embedded router and on real
/// gateways alike.
struct GatewayRouter: TrafficRouter {
    static var resource: GroupVersionResource { GatewayAPI.httpRoutes.resource }

    let client: KubeClient
    /// The routes as last seen, by the names the rollout gives them; nil where one is not there.
    let routes: [(name: String, object: Value?)]
    let canaryService: String
    let stableService: String
    /// The service of a fresh baseline, nil where the rollout names none.
    let baselineService: String?
    /// Services that were the rollout's once: where one is still a backend, nothing is sent there any more.
    let formerServices: [String]
    let maximumWeight: Int

    var capabilities: TrafficCapabilities { [.weights, .acknowledges] }

    func observe() throws(RolloutsError) -> RolloutSnapshot.Traffic {
        var canaries: Set<Int?> = []
        var baselines: Set<Int?> = []
        var isAcknowledged = true
        for (name, object) in routes {
            let route = try found(name, object)
            for split in try splits(of: route, name) {
                canaries.insert(share(split.canary, of: split))
                if let baseline = split.baseline { baselines.insert(share(baseline, of: split)) }
            }
            if !Self.isAcknowledged(route) { isAcknowledged = false }
        }
        // Routes or rules that disagree are in the middle of a change, or somebody has changed one: it is made again,
        // and not taken for done.
        guard canaries.count == 1, baselines.count <= 1, let canary = canaries.first ?? nil,
            let baseline = baselines.first ?? 0
        else { return .init(weight: -1, isAcknowledged: false) }
        return .init(weight: canary, isAcknowledged: isAcknowledged, baseline: baseline)
    }

    /// A weight in parts of the maximum weight; nil where it is no whole number of them, or nobody gets anything.
    private func share(_ weight: Int, of split: Split) -> Int? {
        let sum = split.canary + split.stable + (split.baseline ?? 0)
        guard sum > 0 else { return nil }
        let (quotient, rest) = (weight * maximumWeight).quotientAndRemainder(dividingBy: sum)
        return rest == 0 ? quotient : nil
    }

    func sends(to service: String) -> Bool {
        routes.contains { _, route in
            (route?["spec", "rules"]?.arrayValue ?? []).contains { rule in
                (rule["backendRefs"]?.arrayValue ?? []).contains {
                    Self.isService($0, service) && $0["weight"]?.integerValue ?? 1 > 0
                }
            }
        }
    }

    func setWeight(_ weight: Int, baseline: Int) async throws {
        for (name, object) in routes {
            try await set(weight, baseline, in: try found(name, object), name)
        }
    }

    private func set(_ weight: Int, _ baseline: Int, in seen: Value, _ name: String) async throws {
        var route = seen
        var attempts = 0
        while try write(weight, baseline, into: &route, name) {
            do {
                // The lists of a route are of one piece; the version that was read keeps others' changes safe.
                try await client.update(Self.resource, route, namespace: route.metadata.namespace)
                return
            } catch let error as APIError where error.isConflict && attempts < 3 {
                // A gateway writes the status of a route that has just changed. Traffic does not wait for that.
                attempts += 1
                route = try await client.get(Self.resource, name, namespace: seen.metadata.namespace)
            }
        }
    }

    private func found(_ name: String, _ object: Value?) throws(RolloutsError) -> Value {
        guard let object else {
            throw RolloutsError(
                .missingReference,
                "HTTPRoute \(name) does not exist; create it with the backends \(stableService) and \(canaryService)"
            )
        }
        return object
    }

    // MARK: The route

    /// The weights of a rule.
    struct Split {
        var canary: Int
        var stable: Int
        /// nil where the rule has no backend of a baseline.
        var baseline: Int?
    }

    /// The weights of every rule that has both versions' services, which are the rules that are written; what former
    /// services still get counts as the baseline's, which they were.
    ///
    /// - Throws: `trafficRouting` where no rule has all services.
    func splits(of route: Value, _ name: String) throws(RolloutsError) -> [Split] {
        var splits: [Split] = []
        var isWhole = false
        for rule in route["spec", "rules"]?.arrayValue ?? [] {
            let backends = rule["backendRefs"]?.arrayValue ?? []
            let weights = [canaryService, stableService, baselineService].map { service -> Int? in
                guard let service else { return nil }
                return backends.first { Self.isService($0, service) }.map(Self.weight)
            }
            guard let canary = weights[0], let stable = weights[1] else { continue }
            let former = backends.reduce(0) { $0 + (isFormer($1) ? Self.weight(of: $1) : 0) }
            if baselineService == nil || weights[2] != nil { isWhole = true }
            let baseline = former > 0 ? (weights[2] ?? 0) + former : weights[2]
            splits.append(Split(canary: canary, stable: stable, baseline: baseline))
        }
        if isWhole { return splits }
        let names =
            baselineService.map { "all of the backends \(stableService), \(canaryService) and \($0)" }
            ?? "both backends \(stableService) and \(canaryService)"
        throw RolloutsError(
            .trafficRouting,
            "HTTPRoute \(name) has no rule with \(names); add them to spec.rules[].backendRefs")
    }

    /// Sets the weights in every rule that has both versions' services, and answers whether that changed anything.
    func write(
        _ weight: Int, _ baseline: Int, into route: inout Value, _ name: String
    ) throws(RolloutsError) -> Bool {
        _ = try splits(of: route, name)
        var rules = route["spec", "rules"]?.arrayValue ?? []
        var hasChanged = false
        for place in rules.indices {
            var backends = rules[place]["backendRefs"]?.arrayValue ?? []
            guard backends.contains(where: { Self.isService($0, canaryService) }),
                backends.contains(where: { Self.isService($0, stableService) })
            else { continue }
            let hasBaseline = backends.contains { isBaseline($0) }
            for backend in backends.indices {
                let wanted: Int
                if Self.isService(backends[backend], canaryService) {
                    wanted = weight
                } else if Self.isService(backends[backend], stableService) {
                    wanted = maximumWeight - weight - (hasBaseline ? baseline : 0)
                } else if isBaseline(backends[backend]) {
                    wanted = baseline
                } else if isFormer(backends[backend]) {
                    wanted = 0
                } else {
                    continue
                }
                if backends[backend]["weight"]?.integerValue != Int64(wanted) {
                    backends[backend]["weight"] = .integer(Int64(wanted))
                    hasChanged = true
                }
            }
            rules[place]["backendRefs"] = .array(backends)
        }
        route["spec", "rules"] = .array(rules)
        return hasChanged
    }

    private func isBaseline(_ backend: Value) -> Bool {
        baselineService.map { Self.isService(backend, $0) } ?? false
    }

    private func isFormer(_ backend: Value) -> Bool {
        formerServices.contains { Self.isService(backend, $0) }
    }

    /// Weights are numbers of 32 bits.
    private static func weight(of backend: Value) -> Int {
        Int(Int32(clamping: backend["weight"]?.integerValue ?? 1))
    }

    private static func isService(_ backend: Value, _ name: String) -> Bool {
        backend["name"]?.stringValue == name && (backend["kind"]?.stringValue ?? "Service") == "Service"
    }

    /// Whether every gateway has taken up the route as it stands.
    static func isAcknowledged(_ route: Value) -> Bool {
        let parents = route["status", "parents"]?.arrayValue ?? []
        guard !parents.isEmpty else { return false }
        return parents.allSatisfy { parent in
            let conditions = Conditions(parent["conditions"]?.arrayValue ?? [])
            guard let accepted = conditions["Accepted"], accepted.status == .isTrue else { return false }
            return accepted.observedGeneration >= route.metadata.generation
        }
    }
}
