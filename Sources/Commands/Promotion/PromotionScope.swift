import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// Where promotion's objects are: in Slipway's own namespace, unless another one is named.
struct PromotionScope: ParsableArguments {
    @OptionGroup var connection: KubeConnection

    /// The namespace of Slipway's own objects.
    static let namespace = "slipway"

    /// Runs a body with a client and the namespace.
    func run<Answer: Sendable>(
        _ body: @Sendable (KubeClient, String) async throws -> Answer
    ) async throws -> Answer {
        let namespace = connection.namespace ?? Self.namespace
        return try await connection.run { try await body($0.client, namespace) }
    }

    /// A service's delivery.
    static func delivery(
        _ service: String, _ client: KubeClient, _ namespace: String
    ) async throws -> (object: Value, status: DeliveryStatus) {
        do {
            let object = try await client.get(.deliveries, service, namespace: namespace)
            let status = try ValueDecoder().decode(
                DeliveryStatus.self, from: object["status"] ?? .emptyObject)
            return (object, status)
        } catch let error as APIError where error.isNotFound {
            throw ValidationFailure(
                "there is no delivery \(service) in namespace \(namespace); see: slipway delivery list")
        }
    }

    /// An environment of a service.
    static func environment(
        _ name: String, of service: String, _ status: DeliveryStatus
    ) throws -> DeliveryStatus.Environment {
        let environments = status.environments ?? []
        if let found = environments.first(where: { $0.name == name }) { return found }
        let names = environments.map(\.name).joined(separator: ", ")
        throw ValidationFailure(
            names.isEmpty
                ? "\(service) has no environments yet; see: slipway delivery get \(service)"
                : "\(service) has no environment \(name); it has \(names)")
    }
}

/// What is waited for, in a few words.
struct BlockerText {
    let text: String

    init(_ blocker: PromotionBlocker?) {
        guard let blocker else {
            text = "-"
            return
        }
        let until = blocker.until.map { message in
            blocker.message.contains(message) ? "" : " (until \(message))"
        }
        text = "\(blocker.reason): \(blocker.message)\(until ?? "")"
    }
}
