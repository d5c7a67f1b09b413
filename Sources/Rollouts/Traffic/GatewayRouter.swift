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
    let maximumWeight: Int

    var capabilities: TrafficCapabilities { [.weights, .acknowledges] }

    func observe() throws(RolloutsError) -> RolloutSnapshot.Traffic {
        var weights: Set<Int> = []
        var isAcknowledged = true
        for (name, object) in routes {
            let route = try found(name, object)
            let split = try Self.split(route, name, canaryService, stableService)
            let sum = split.canary + split.stable
            weights.insert(sum == 0 ? 0 : split.canary * maximumWeight / sum)
            if !Self.isAcknowledged(route) { isAcknowledged = false }
        }
        // Routes that disagree are in the middle of a change: it is made again, and not taken for done.
        guard let weight = weights.first, weights.count == 1 else {
            return .init(weight: -1, isAcknowledged: false)
        }
        return .init(weight: weight, isAcknowledged: isAcknowledged)
    }

    func setWeight(_ weight: Int) async throws {
        for (name, object) in routes { try await setWeight(weight, in: try found(name, object), name) }
    }

    private func setWeight(_ weight: Int, in seen: Value, _ name: String) async throws {
        var route = seen
        var attempts = 0
        while try Self.set(weight, of: maximumWeight, in: &route, name, canaryService, stableService) {
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

    /// The weights of both services in the first rule that has them.
    static func split(
        _ route: Value, _ name: String, _ canary: String, _ stable: String
    ) throws(RolloutsError) -> (canary: Int, stable: Int) {
        for rule in route["spec", "rules"]?.arrayValue ?? [] {
            let backends = rule["backendRefs"]?.arrayValue ?? []
            let weights = [canary, stable].map { service in
                backends.first { isService($0, service) }.map { Int($0["weight"]?.integerValue ?? 1) }
            }
            if let canary = weights[0], let stable = weights[1] { return (canary, stable) }
        }
        throw RolloutsError(
            .trafficRouting,
            "HTTPRoute \(name) has no rule with both backends \(stable) and \(canary); add them to spec.rules[].backendRefs"
        )
    }

    /// Sets the weights in every rule that has both services, and answers whether that changed anything.
    static func set(
        _ weight: Int, of maximum: Int, in route: inout Value, _ name: String, _ canary: String,
        _ stable: String
    ) throws(RolloutsError) -> Bool {
        _ = try split(route, name, canary, stable)
        var rules = route["spec", "rules"]?.arrayValue ?? []
        var hasChanged = false
        for place in rules.indices {
            var backends = rules[place]["backendRefs"]?.arrayValue ?? []
            guard backends.contains(where: { isService($0, canary) }),
                backends.contains(where: { isService($0, stable) })
            else { continue }
            for backend in backends.indices {
                let wanted: Int
                if isService(backends[backend], canary) {
                    wanted = weight
                } else if isService(backends[backend], stable) {
                    wanted = maximum - weight
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
