import CSandbox
import NIOCore
import NIOPosix
import Synchronization

/// Passes on the connections of containers with a ``LimitedNetwork``.
///
/// Sockets stay in the network they were made in. Those that listen are made in the container's network, those of its
/// pod's ports in the pod's, those to other hosts in the machine's; the bytes go through this program. What a container
/// may not reach needs no rule therefore: nothing leads there.
final class NetworkForwarder: Sendable {
    private let relays: RelayLoops
    private let resolver: HostResolver
    private let queue: BlockingQueue
    /// Resolves names and connects within pods, both of which block.
    private let threads: NIOThreadPool
    private let listeners = Mutex<[String: [any Channel]]>([:])

    init(
        resolver: HostResolver, queue: BlockingQueue,
        group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup, threads: NIOThreadPool = .singleton
    ) async throws {
        self.resolver = resolver
        self.queue = queue
        self.threads = threads
        relays = try await RelayLoops(group: group)
    }

    /// Opens the doors of a container whose network is there; those that stand are closed first.
    ///
    /// - Throws: `SystemCallFailure`, or what the event loops say.
    func open(_ container: ContainerDirectory, pod: PodDirectory, _ network: LimitedNetwork) async throws {
        await close(container)
        var open: [any Channel] = []
        do {
            for door in network.doors {
                let socket = try await queue.run { () throws(SystemCallFailure) in
                    try Self.socket(csandbox_listen_in_network, container.network, door.address, door.port)
                }
                let listener = relays.listener { client, loop in
                    self.connect(client, to: door, of: container, pod, loop)
                }
                open.append(try await listener.withBoundSocket(socket).get())
            }
        } catch {
            for channel in open { try? await channel.close() }
            throw error
        }
        let channels = open
        listeners.withLock { $0[container.path] = channels }
    }

    /// Closes a container's doors and all connections through them; does nothing where there are none.
    func close(_ container: ContainerDirectory) async {
        guard let open = listeners.withLock({ $0.removeValue(forKey: container.path) }) else { return }
        for channel in open { try? await channel.close() }
        await relays.close(container.path)
    }

    private func connect(
        _ client: any Channel, to door: LimitedNetwork.Door, of container: ContainerDirectory,
        _ pod: PodDirectory, _ loop: NIOLoopBound<RelayLoop>
    ) {
        let patience = TimeAmount.seconds(30)
        let upstream: EventLoopFuture<any Channel> =
            switch door.target {
            case .pod:
                threads.runIfActive(eventLoop: client.eventLoop) {
                    try Self.socket(csandbox_connect_in_network, pod.namespace(.net), door.address, door.port)
                }.flatMap { RelayLoops.connector(for: client).withConnectedSocket($0) }
            case .host(let name):
                threads.runIfActive(eventLoop: client.eventLoop) { [resolver] in
                    try resolver.address(of: name, port: door.port)
                }.flatMap { RelayLoops.connector(for: client).connectTimeout(patience).connect(to: $0) }
            }
        upstream.whenComplete { result in
            switch result {
            case .success(let upstream):
                if case .host(let name) = door.target {
                    _ = try? client.pipeline.syncOperations.addHandler(ServerNameGate(name))
                }
                RelayedConnection.join(client, upstream, of: container.path, on: loop.value)
            case .failure: client.close(promise: nil)
            }
        }
    }

    private static func socket(
        _ open: (UnsafePointer<CChar>?, UInt32, UInt16, UnsafeMutablePointer<Int32>?) -> Int32,
        _ network: String, _ address: IPv4Address, _ port: Int
    ) throws(SystemCallFailure) -> Int32 {
        var socket: Int32 = -1
        let number = open(network, address.bits, UInt16(truncatingIfNeeded: port), &socket)
        if number != 0 { throw SystemCallFailure("open a socket for", "\(address):\(port)", number) }
        return socket
    }
}
