import NIOCore
import NIOPosix
import Synchronization

/// Listens on the addresses of services and passes connections on to their pods in turn (layer 4, TCP).
///
/// It works beside the kernel's own forwarding, of which it needs nothing: no netfilter rules are made or changed.
final class ServiceProxy: Sendable {
    /// What one address passes connections on to.
    private final class Target: Sendable {
        private let endpoints = Mutex<[ProxyTable.Endpoint]>([])
        private let turn = Atomic<Int>(0)

        func set(_ new: [ProxyTable.Endpoint]) { endpoints.withLock { $0 = new } }

        /// The pods to try for a connection, the next in turn first.
        func candidates() -> [ProxyTable.Endpoint] {
            let all = endpoints.withLock { $0 }
            guard all.count > 1 else { return all }
            let start = turn.wrappingAdd(1, ordering: .relaxed).oldValue % all.count
            return Array(all[start...] + all[..<start])
        }
    }

    private struct Listener: Sendable {
        let channel: any Channel
        let target: Target
    }

    /// Pods tried for a connection before the client's is closed.
    private static let attempts = 3

    private let relays: RelayLoops
    private let listeners = Mutex<[ProxyTable.Address: Listener]>([:])
    private let connectTimeout: TimeAmount

    init(group: any EventLoopGroup, connectTimeout: TimeAmount = .seconds(5)) async throws {
        self.connectTimeout = connectTimeout
        relays = try await RelayLoops(group: group)
    }

    /// Where it listens.
    var addresses: Set<ProxyTable.Address> { Set(listeners.withLock { $0.keys }) }

    /// Goes by a new table; connections that stand keep their pods.
    ///
    /// - Returns: the addresses that cannot be listened on, with the reasons.
    func update(_ table: ProxyTable) async -> [ProxyTable.Address: any Error] {
        let present = listeners.withLock { $0 }
        for (address, listener) in present {
            if let endpoints = table.ports[address] {
                listener.target.set(endpoints)
            } else {
                _ = listeners.withLock { $0.removeValue(forKey: address) }
                try? await listener.channel.close()
            }
        }
        var failures: [ProxyTable.Address: any Error] = [:]
        for (address, endpoints) in table.ports where present[address] == nil {
            let target = Target()
            target.set(endpoints)
            do {
                let channel = try await listen(on: address, target)
                listeners.withLock { $0[address] = Listener(channel: channel, target: target) }
            } catch {
                failures[address] = error
            }
        }
        return failures
    }

    /// Waits until no connection to a pod is open; those between two requests are closed.
    ///
    /// - Returns: false where some were still open after `timeout`.
    func drain(_ pod: String, timeout: TimeAmount) async throws -> Bool {
        try await relays.drain(pod).completes(within: timeout)
    }

    /// Stops listening and closes every connection.
    func close() async {
        let open = listeners.withLock { listeners in
            defer { listeners = [:] }
            return listeners
        }
        for listener in open.values { try? await listener.channel.close() }
        await relays.closeAll()
    }

    private func listen(on address: ProxyTable.Address, _ target: Target) async throws -> any Channel {
        try await relays.listener { client, loop in
            self.connect(client, to: target.candidates().prefix(Self.attempts), loop)
        }.bind(host: address.host, port: address.port).get()
    }

    /// Connects a client with the first of the pods that accepts.
    private func connect(
        _ client: any Channel, to pods: ArraySlice<ProxyTable.Endpoint>, _ loop: NIOLoopBound<RelayLoop>
    ) {
        guard let pod = pods.first, let address = try? SocketAddress(ipAddress: pod.address, port: pod.port)
        else {
            client.close(promise: nil)
            return
        }
        RelayLoops.connector(for: client)
            .connectTimeout(connectTimeout)
            .connect(to: address)
            .whenComplete { result in
                switch result {
                case .success(let upstream):
                    RelayedConnection.join(client, upstream, of: pod.pod, on: loop.value)
                case .failure: self.connect(client, to: pods.dropFirst(), loop)
                }
            }
    }
}
