import NIOCore
import Synchronization

/// The ports on which the router takes requests for gateways.
final class GatewayListeners: Sendable {
    private let router: Router
    private let host: String
    private let channels = Mutex<[Int: any Channel]>([:])

    init(_ router: Router, host: String) {
        self.router = router
        self.host = host
    }

    /// Listens on exactly these ports, each of which goes by the router's table of that number.
    ///
    /// - Returns: the ports that cannot be listened on, with the reasons.
    func update(to ports: Set<Int>) async -> [Int: String] {
        let present = channels.withLock { $0 }
        for (port, channel) in present where !ports.contains(port) {
            _ = channels.withLock { $0.removeValue(forKey: port) }
            try? await channel.close()
        }
        var failures: [Int: String] = [:]
        for port in ports where present[port] == nil {
            do {
                let channel = try await router.listen(host: host, port: port, table: port)
                channels.withLock { $0[port] = channel }
            } catch {
                failures[port] =
                    "cannot listen on \(host):\(port): \(error); stop what listens there or choose another port"
            }
        }
        return failures
    }

    func close() async {
        _ = await update(to: [])
    }
}
