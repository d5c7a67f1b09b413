import NIOCore

/// The connections that one event loop of the service proxy carries, by pod. Confined to the loop.
final class ProxyLoop {
    let eventLoop: any EventLoop
    private var connections: [String: [ObjectIdentifier: RelayedConnection]] = [:]
    private var drains: [String: [EventLoopPromise<Void>]] = [:]

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ connection: RelayedConnection) {
        connections[connection.pod, default: [:]][ObjectIdentifier(connection)] = connection
        // Taken on just before its pod left the table.
        if drains[connection.pod] != nil { connection.drain() }
    }

    func remove(_ connection: RelayedConnection) {
        connections[connection.pod]?[ObjectIdentifier(connection)] = nil
        guard connections[connection.pod]?.isEmpty == true else { return }
        connections[connection.pod] = nil
        for promise in drains.removeValue(forKey: connection.pod) ?? [] { promise.succeed() }
    }

    /// Completes when no connection to the pod is open: quiet ones are closed, busy ones when they get quiet.
    func drain(_ pod: String) -> EventLoopFuture<Void> {
        guard let open = connections[pod] else { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        drains[pod, default: []].append(promise)
        for connection in open.values { connection.drain() }
        return promise.futureResult
    }

    func closeAll() {
        for connection in connections.values.flatMap(\.values) { connection.close() }
    }
}
