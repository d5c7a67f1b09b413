/// Which connections go to which pods: every address and port that services listen on, with what is behind it.
struct ProxyTable: Sendable, Hashable {
    /// Where clients connect to.
    struct Address: Sendable, Hashable, Comparable, CustomStringConvertible {
        var host: String
        var port: Int

        var description: String { "\(host):\(port)" }

        static func < (left: Address, right: Address) -> Bool {
            (left.host, left.port) < (right.host, right.port)
        }
    }

    /// Where a pod listens.
    struct Endpoint: Sendable, Hashable {
        var address: String
        var port: Int
        /// The pod's uid, empty for addresses that no pod of this cluster has.
        var pod: String
    }

    var ports: [Address: [Endpoint]] = [:]

    /// Every pod that connections are made to.
    var pods: Set<String> { Set(ports.values.flatMap { $0 }.map(\.pod)) }
}
