import KubeModel
import Manifest

/// What a pod asks of its node.
struct PodRequests: Sendable, Hashable {
    /// By resource: `cpu`, `memory`, `ephemeral-storage` and extended ones.
    var amounts: [String: Quantity] = [:]
    /// Ports of the node, as `protocol/address:port`.
    var hostPorts: [HostPort] = []

    struct HostPort: Sendable, Hashable {
        var port: Int64
        var transport: String
        var address: String

        /// Whether both cannot be listened on at once.
        func collides(with other: HostPort) -> Bool {
            port == other.port && transport == other.transport
                && (address == other.address || address == "0.0.0.0" || other.address == "0.0.0.0")
        }
    }

    init() {}

    /// The effective requests of a pod: containers and sidecars together, or the largest initial container with the
    /// sidecars that run beside it, whichever is more; and the overhead (KEP-753).
    init(_ pod: Value) {
        let spec = pod["spec"]
        let containers = spec?["containers"]?.arrayValue ?? []
        var running: [String: Quantity] = [:]
        for container in containers { Self.add(Self.requests(container), to: &running) }
        var sidecars: [String: Quantity] = [:]
        var peak: [String: Quantity] = [:]
        for container in spec?["initContainers"]?.arrayValue ?? [] {
            let own = Self.requests(container)
            if container["restartPolicy"]?.stringValue == "Always" {
                Self.add(own, to: &running)
                Self.add(own, to: &sidecars)
                Self.raise(&peak, to: sidecars)
            } else {
                var sum = sidecars
                Self.add(own, to: &sum)
                Self.raise(&peak, to: sum)
            }
        }
        Self.raise(&running, to: peak)
        Self.add(Self.amounts(spec?["overhead"]), to: &running)
        amounts = running
        for container in containers + (spec?["initContainers"]?.arrayValue ?? []) {
            for port in container["ports"]?.arrayValue ?? [] {
                guard let number = port["hostPort"]?.integerValue, number > 0 else { continue }
                let address = port["hostIP"]?.stringValue ?? ""
                hostPorts.append(
                    HostPort(
                        port: number, transport: port["protocol"]?.stringValue ?? "TCP",
                        address: address.isEmpty ? "0.0.0.0" : address))
            }
        }
    }

    private static func requests(_ container: Value) -> [String: Quantity] {
        amounts(container["resources"]?["requests"])
    }

    static func amounts(_ field: Value?) -> [String: Quantity] {
        var amounts: [String: Quantity] = [:]
        for pair in field?.objectValue ?? Object() {
            switch pair.value {
            case .string(let text): amounts[pair.key] = try? Quantity(text)
            case .integer(let number): amounts[pair.key] = Quantity(number)
            default: continue
            }
        }
        return amounts
    }

    static func add(_ amounts: [String: Quantity], to sum: inout [String: Quantity]) {
        for (name, amount) in amounts { sum[name] = (sum[name] ?? .zero) + amount }
    }

    private static func raise(_ amounts: inout [String: Quantity], to floor: [String: Quantity]) {
        for (name, amount) in floor { amounts[name] = max(amounts[name] ?? .zero, amount) }
    }
}
