import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import TestSupport

/// A cluster of real pods with one gateway, for rollouts that do not mind each other.
enum StoryCluster {
    /// Runs `body` with the gateway's URL.
    static func with(_ body: @Sendable @escaping (KubeClient, String) async throws -> Void) async throws {
        try await RealCluster.with { client, _ in
            _ = try await client.waitForGatewayClass()
            let port = try TestPort.free()
            try await client.create(
                GatewayAPI.gateways.resource,
                [
                    "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                    "metadata": ["name": "edge"],
                    "spec": [
                        "gatewayClassName": "slipway",
                        "listeners": [["name": "http", "port": .integer(Int64(port)), "protocol": "HTTP"]],
                    ],
                ], namespace: "default")
            try await client.wait(for: "edge", of: GatewayAPI.gateways.resource, "programmed") {
                Conditions($0["status", "conditions"]?.arrayValue ?? []).isTrue("Programmed")
            }
            try await body(client, "http://127.0.0.1:\(port)")
        }
    }
}
