public import KubeClient
import KubeModel
import Manifest

/// What the cells of runs are carried by, as far as a pipeline must know it.
public struct CellNode: Sendable, Hashable {
    /// The name of the runtime: `runc`, `bubblewrap`, `process`.
    public var runtime: String

    /// Whether containers have a file system of their own.
    public var isolatesFiles: Bool { runtime != "process" }

    /// Whether pods have addresses of their own.
    public var connectsPods: Bool

    /// Whether a container can have a network apart from its pod's.
    public var limitsNetworks: Bool { isolatesFiles && connectsPods }

    /// A node with a runtime.
    public init(runtime: String, connectsPods: Bool) {
        self.runtime = runtime
        self.connectsPods = connectsPods
    }

    /// The node that a cluster of this machine has registered.
    ///
    /// - Throws: `APIError`, `KubeClientError`.
    public init(registeredWith client: KubeClient) async throws {
        let nodes = try await client.listAll(
            GroupVersionResource(group: "", version: "v1", resource: "nodes"), namespace: nil)
        let version = nodes.first?["status", "nodeInfo", "containerRuntimeVersion"]?.stringValue ?? ""
        runtime = String(version.prefix { $0 != ":" })
        connectsPods = (nodes.first?["status", "conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == "slipway.dev/PodAddresses" && $0["status"]?.stringValue == "True"
        }
    }
}
