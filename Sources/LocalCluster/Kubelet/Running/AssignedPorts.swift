import KubeModel
import Manifest

/// The ports of the machine on which a pod without an address of its own is reached, by those its manifest declares.
///
/// The kubelet writes them to an annotation of the pod, from where traffic takes them: `{"8080": 20001}`.
struct AssignedPorts: Sendable, Hashable {
    static let annotation = "slipway.dev/assigned-ports"

    private var numbers: [UInt16: UInt16] = [:]

    init(_ status: PodSandboxStatus) {
        guard status.network == .host else { return }
        for port in status.ports where port.declared.containerPort != port.number {
            numbers[port.declared.containerPort] = port.number
        }
    }

    /// Whether every port is reached by its own number.
    var isEmpty: Bool { numbers.isEmpty }

    var text: String {
        let pairs = numbers.sorted { $0.key < $1.key }.map {
            Object.Pair(key: "\($0.key)", value: .integer(Int64($0.value)))
        }
        return String(decoding: JSON.write(.object(Object(pairs))), as: UTF8.self)
    }
}
