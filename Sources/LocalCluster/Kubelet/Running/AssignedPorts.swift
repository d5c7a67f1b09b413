import KubeModel
public import Manifest

/// The ports of the machine on which a pod without an address of its own is reached.
///
/// The kubelet writes them to the annotation `slipway.dev/ports` as `8080=20001,9090=20002`: the port that the
/// manifest declares, and the one that was assigned.
public struct AssignedPorts: Sendable, Hashable {
    /// The annotation's name.
    public static let annotation = "slipway.dev/ports"

    private var numbers: [UInt16: UInt16] = [:]

    /// Reads the annotation of a pod; empty where it has none.
    public init(_ pod: Value) {
        for pair in (pod.metadata.annotations[Self.annotation] ?? "").split(separator: ",") {
            let parts = pair.split(separator: "=").compactMap { UInt16($0) }
            if parts.count == 2 { numbers[parts[0]] = parts[1] }
        }
    }

    init(_ status: PodSandboxStatus) {
        guard status.network == .host else { return }
        for port in status.ports where port.declared.containerPort != port.number {
            numbers[port.declared.containerPort] = port.number
        }
    }

    /// Whether every port is reached by its own number.
    public var isEmpty: Bool { numbers.isEmpty }

    /// The port to connect to for one that the manifest declares.
    public func number(for declared: Int) -> Int {
        UInt16(exactly: declared).flatMap { numbers[$0] }.map(Int.init) ?? declared
    }

    var text: String {
        numbers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}
