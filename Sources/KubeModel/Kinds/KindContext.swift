/// What the rules of kinds need from the server that applies them.
public struct KindContext: Sendable {
    /// An address for a service that asks for none; nil where the server has no more to give.
    public let allocateClusterIP: @Sendable () -> String?
    /// A port on all nodes for a service that asks for none; nil where the server has no more to give.
    public let allocateNodePort: @Sendable () -> Int?
    /// The number behind a priority class's name, the empty name being the default class; nil where there is none.
    public let priority: @Sendable (_ className: String) -> Int?

    public init(
        allocateClusterIP: @escaping @Sendable () -> String? = { nil },
        allocateNodePort: @escaping @Sendable () -> Int? = { nil },
        priority: @escaping @Sendable (String) -> Int? = { $0.isEmpty ? 0 : nil }
    ) {
        self.allocateClusterIP = allocateClusterIP
        self.allocateNodePort = allocateNodePort
        self.priority = priority
    }
}
