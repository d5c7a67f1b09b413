/// Something that a node gives to its pods, or would if the machine had what it takes.
///
/// Each is a condition of the node, true where it is there; where it is not, an event of the node says so as well.
struct NodeFeature: Sendable, Hashable {
    /// What there may be, by the type of its condition.
    enum Kind: String, Sendable, CaseIterable {
        /// Containers have files of their own: they are run from images, with volumes.
        case sandboxes = "slipway.dev/PodSandboxes"
        /// Pods have addresses of their own.
        case addresses = "slipway.dev/PodAddresses"
        /// Pods with such addresses reach other machines.
        case egress = "slipway.dev/PodEgress"

        /// The reason of the event where it is missing.
        var absence: String {
            switch self {
            case .sandboxes: "NoPodSandboxes"
            case .addresses: "NoPodAddresses"
            case .egress: "NoPodEgress"
            }
        }
    }

    var kind: Kind
    var isPresent: Bool
    /// The condition's.
    var reason: String
    /// The condition's; where it is missing, what to do about it.
    var message: String
}

extension NodeFeature {
    /// That containers are run in sandboxes; where they are not, why no better runtime is used.
    static func sandboxes(
        runtime: String, isolatesFiles: Bool, refusals: [PodSandboxes.Refusal]
    ) -> NodeFeature {
        if isolatesFiles {
            return NodeFeature(
                kind: .sandboxes, isPresent: true, reason: "Isolated", message: "containers run in \(runtime)"
            )
        }
        let reasons = refusals.map(\.description).joined(separator: "; ")
        return NodeFeature(
            kind: .sandboxes, isPresent: false, reason: "PlainProcesses",
            message: "containers are plain processes of this machine, without images and volumes:"
                + " \(SandboxError.isolationRemedy)" + (reasons.isEmpty ? "" : " (\(reasons))"))
    }

    static func addresses(_ obstacle: PodConnection.Obstacle?) -> NodeFeature {
        NodeFeature(
            kind: .addresses, isPresent: obstacle == nil, reason: obstacle?.rawValue ?? "Connected",
            message: obstacle?.message ?? "every pod has an address of its own")
    }

    static func egress(_ failure: String?) -> NodeFeature {
        NodeFeature(
            kind: .egress, isPresent: failure == nil,
            reason: failure == nil ? "AddressesTranslated" : "NoAddressTranslation",
            message: failure ?? "pods reach other machines by this machine's address")
    }
}

extension PodSandboxes {
    /// What the node gives to pods; what was not asked for is not among it.
    var features: [NodeFeature] {
        var features = [
            NodeFeature.sandboxes(runtime: runtimeName, isolatesFiles: isolatesFiles, refusals: refusals)
        ]
        if host.configuration.connectsPods { features.append(.addresses(host.connection.obstacle)) }
        if connectsPods { features.append(.egress(egressFailure)) }
        return features
    }
}
