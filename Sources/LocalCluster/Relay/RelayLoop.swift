import NIOCore

/// The relayed connections that one event loop carries, by whom they belong to. Confined to the loop.
final class RelayLoop {
    let eventLoop: any EventLoop
    private var connections: [String: [ObjectIdentifier: RelayedConnection]] = [:]
    private var drains: [String: [EventLoopPromise<Void>]] = [:]

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ connection: RelayedConnection) {
        connections[connection.owner, default: [:]][ObjectIdentifier(connection)] = connection
        // Taken on just before its owner was drained.
        if drains[connection.owner] != nil { connection.drain() }
    }

    func remove(_ connection: RelayedConnection) {
        connections[connection.owner]?[ObjectIdentifier(connection)] = nil
        guard connections[connection.owner]?.isEmpty == true else { return }
        connections[connection.owner] = nil
        for promise in drains.removeValue(forKey: connection.owner) ?? [] { promise.succeed() }
    }

    /// Completes when no connection of the owner is open: quiet ones are closed, busy ones when they get quiet.
    func drain(_ owner: String) -> EventLoopFuture<Void> {
        guard let open = connections[owner] else { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        drains[owner, default: []].append(promise)
        for connection in open.values { connection.drain() }
        return promise.futureResult
    }

    func close(_ owner: String) {
        for connection in (connections[owner] ?? [:]).values { connection.close() }
    }

    func closeAll() {
        for connection in connections.values.flatMap(\.values) { connection.close() }
    }
}
