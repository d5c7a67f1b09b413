/// Which run of which container: a container that is restarted gets a new attempt and keeps its name.
public struct ContainerID: Sendable, Hashable, Codable {
    /// The pod's `metadata.uid`.
    public let pod: String
    /// The container's name in the pod.
    public let name: String
    /// How often the container had been started before: its restart count.
    public let attempt: Int

    /// A run of a container of a pod.
    public init(pod: String, name: String, attempt: Int = 0) {
        self.pod = pod
        self.name = name
        self.attempt = attempt
    }
}

extension ContainerID: CustomStringConvertible {
    /// The parts with dots between them.
    public var description: String { "\(pod).\(name).\(attempt)" }
}
