import KubeClient
import KubeModel
import Manifest

/// The namespaces whose rollouts a user may look at: all, or those of services in which a role was bound.
struct RolloutPlaces: Sendable, Hashable {
    /// What pages watch for them.
    var collections = [ObjectCollection(Rollout.resource, in: nil)]
    /// How many namespaces that the user may look into are left out.
    var leftOut = 0

    /// Each is one more watch of every page that is open.
    static let maximum = 24

    /// Asks the API; nowhere to be found is what the API itself is to refuse.
    ///
    /// - Throws: `APIError`, `KubeClientError`.
    static func find(_ client: KubeClient, _ namespace: String) async throws -> RolloutPlaces {
        var found = RolloutPlaces()
        guard try await !list(in: nil).isHeld(by: client) else { return found }
        let deliveries = ObjectCollection(.slipway("deliveries"), in: namespace)
        let all: [String]
        do {
            all = try await ObjectReader(client: client).read([deliveries])[deliveries.resource]
                .flatMap(places)
        } catch let error as APIError where error.code == 403 {
            return found
        }
        let open = try await readable(Set(all), client)
        guard !open.isEmpty else { return found }
        found.collections = open.prefix(maximum).map { ObjectCollection(Rollout.resource, in: $0) }
        found.leftOut = max(0, open.count - maximum)
        return found
    }

    /// The namespaces of a delivery's environments.
    private static func places(of delivery: Value) -> [String] {
        let statuses = delivery.list("status", "environments")
        return delivery.list("spec", "environments").map { environment in
            let name = environment.word("name")
            let status = statuses.first { $0.word("name") == name }
            return status?["namespace"]?.stringValue ?? environment["namespace"]?.stringValue
                ?? "\(delivery.metadata.name)-\(name)"
        }
    }

    private static func readable(_ places: Set<String>, _ client: KubeClient) async throws -> [String] {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for place in places {
                group.addTask { try await list(in: place).isHeld(by: client) ? place : nil }
            }
            var open: [String] = []
            for try await place in group {
                if let place { open.append(place) }
            }
            return open.sorted()
        }
    }

    private static func list(in namespace: String?) -> Permission {
        Permission(verb: "list", group: "argoproj.io", resource: "rollouts", namespace: namespace)
    }

    /// What a page says of those that are left out.
    var hint: Fields.Field {
        .text(leftOut == 0 ? "" : "Rollouts of \(leftOut) more namespaces are not shown.")
    }
}
