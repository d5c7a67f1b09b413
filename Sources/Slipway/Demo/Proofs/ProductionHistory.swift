import KubeModel
import Manifest

/// What was stored of production's traffic and roll-backs, in the order in which the API server stored it.
///
/// Resource versions number everything that a server stores, so that they tell what came first whenever it is looked at.
struct ProductionHistory: Sendable {
    /// When something was first seen.
    struct Sighting: Sendable, Hashable {
        /// The resource version of the object then.
        var version: UInt64
        /// Whether it became so at this very version, or somewhere before it, while nobody watched.
        var isExact: Bool
    }

    /// A share of the requests that the canary got, in percent.
    struct Weight: Sendable, Hashable {
        var percent: Int
        var since: Sighting
    }

    private(set) var weights: [Weight] = []
    private(set) var rollbacks: [String: Sighting] = [:]
    /// The newest version of the route that was seen.
    private(set) var routeVersion: UInt64 = 0

    /// Notes a route as it is now.
    mutating func note(route: Value, isExact: Bool) {
        guard let version = Self.version(of: route) else { return }
        routeVersion = max(routeVersion, version)
        guard let percent = Self.share(of: route), percent != weights.last?.percent else { return }
        weights.append(Weight(percent: percent, since: Sighting(version: version, isExact: isExact)))
    }

    /// Notes a Rollback; only the first sight of each counts.
    mutating func note(rollback: Value, isExact: Bool) {
        guard rollbacks[rollback.metadata.name] == nil, let version = Self.version(of: rollback) else {
            return
        }
        rollbacks[rollback.metadata.name] = Sighting(version: version, isExact: isExact)
    }

    static func version(of object: Value) -> UInt64? { UInt64(object.metadata.resourceVersion) }

    /// What of the requests goes to the canary; nil where a route does not tell both versions apart.
    static func share(of route: Value) -> Int? {
        let backends = route["spec", "rules"]?[0]?["backendRefs"]?.arrayValue ?? []
        func weight(_ name: String) -> Int? {
            backends.first { $0["name"]?.stringValue == name }.map { Int($0["weight"]?.integerValue ?? 1) }
        }
        guard let canary = weight("orders-canary"), let stable = weight("orders-stable"), canary + stable > 0
        else { return nil }
        return canary * 100 / (canary + stable)
    }

    private func weights(after version: UInt64) -> [Weight] { weights.filter { $0.since.version > version } }

    /// A canary got one share after the other and then all; then nothing more, once the stable version is the same.
    ///
    /// - Parameter version: the route's, before the canary.
    /// - Returns: the shares.
    func promotion(by shares: [Int], after version: UInt64) throws(DemoFailure) -> [Int] {
        let seen = weights(after: version)
        let percents = seen.map(\.percent).filter { $0 > 0 && $0 < 100 }
        // What was stored while nobody watched, as slipway up was killed, may be missing; nothing else may.
        let isWhole = seen.allSatisfy(\.since.isExact)
        guard isWhole ? percents == shares : !percents.isEmpty && Self.is(percents, within: shares),
            let end = seen.last?.percent, end == 100 || end == 0
        else {
            throw DemoFailure("the canary had the weights \(seen.map(\.percent)), not \(shares) and then all")
        }
        return percents
    }

    /// A canary got requests, and none any more by the time that its Rollback was stored, which git goes by.
    ///
    /// - Parameter version: the route's, before the canary.
    /// - Returns: what it got in the end, and what came when, for people.
    func trafficFirst(of rollback: String, after version: UInt64) throws(DemoFailure) -> (Int, String) {
        let seen = weights(after: version)
        guard let written = rollbacks[rollback], let end = seen.last, end.percent == 0,
            let last = seen.last(where: { $0.percent > 0 })?.percent
        else {
            throw DemoFailure(
                "the canary had the weights \(seen.map(\.percent)), not one and then 0; Rollback \(rollback)")
        }
        guard end.since.isExact, written.isExact else {
            return (last, "which came first was not watched, as slipway up was away")
        }
        guard end.since.version < written.version else {
            throw DemoFailure(
                "the Rollback came at version \(written.version), before traffic was back at \(end.since.version)"
            )
        }
        return (last, "traffic back at version \(end.since.version), Rollback for git at \(written.version)")
    }

    private static func `is`(_ part: [Int], within whole: [Int]) -> Bool {
        var rest = whole[...]
        for element in part {
            guard let place = rest.firstIndex(of: element) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }
}
