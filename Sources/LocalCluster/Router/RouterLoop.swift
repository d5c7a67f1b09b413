import NIOCore

/// What one event loop of the router owns: its idle upstream connections, the requests it has under way, and its
/// counters. Confined to the loop, so none of it needs a lock; sums over loops are made when somebody asks.
final class RouterLoop {
    /// Connections kept open to a pod per loop after a request; more are closed.
    static let idleLimit = 64

    let eventLoop: any EventLoop
    private(set) var metrics: [RouterMetrics.Key: RouterMetrics] = [:]
    /// Since when pods that were counted for are in no table.
    private var absent: [RouterMetrics.Key: NIODeadline] = [:]
    private var idle: [RoutingTable.Endpoint: [any Channel]] = [:]
    private var inFlight: [RoutingTable.Endpoint: Int] = [:]
    private var drains: [RoutingTable.Endpoint: [EventLoopPromise<Void>]] = [:]
    /// Endpoints of the newest table; connections to others are not kept.
    private var known: Set<RoutingTable.Endpoint> = []

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    // MARK: Requests

    func beginRequest(to endpoint: RoutingTable.Endpoint) {
        inFlight[endpoint, default: 0] += 1
    }

    func endRequest(to endpoint: RoutingTable.Endpoint) {
        let count = (inFlight[endpoint] ?? 1) - 1
        if count > 0 {
            inFlight[endpoint] = count
            return
        }
        inFlight[endpoint] = nil
        for promise in drains.removeValue(forKey: endpoint) ?? [] { promise.succeed() }
    }

    func record(_ key: RouterMetrics.Key, status: Int, duration: TimeAmount) {
        metrics[key, default: RouterMetrics()].record(
            status: status, seconds: Double(duration.nanoseconds) / 1e9)
    }

    // MARK: Idle connections

    /// An open connection to the endpoint that nobody uses, the most recently used first.
    func takeIdleConnection(to endpoint: RoutingTable.Endpoint) -> (any Channel)? {
        while let channel = idle[endpoint]?.popLast() {
            if channel.isActive { return channel }
        }
        return nil
    }

    /// Keeps a connection for the next request, or closes it.
    func keep(_ channel: any Channel, to endpoint: RoutingTable.Endpoint) {
        guard channel.isActive, known.contains(endpoint), idle[endpoint, default: []].count < Self.idleLimit
        else {
            channel.close(promise: nil)
            return
        }
        idle[endpoint, default: []].append(channel)
    }

    /// Forgets a connection that its pod closed.
    func forget(_ channel: any Channel, to endpoint: RoutingTable.Endpoint) {
        idle[endpoint]?.removeAll { $0 === channel }
    }

    // MARK: Counters

    /// How long the counters of a pod are told of after it has left the table: time enough for whoever adds them up.
    static let counterRetention = TimeAmount.hours(1)

    /// Forgets what was counted for pods that have gone, so that what is told does not grow with all pods there ever
    /// were. Answers of the router itself name no pod and stay.
    private func forgetCounters(now: NIODeadline) {
        let pods = Set(known.map(\.pod))
        for key in metrics.keys where !key.pod.isEmpty {
            if pods.contains(key.pod) {
                absent[key] = nil
            } else if now - (absent[key] ?? now) >= Self.counterRetention {
                metrics[key] = nil
                absent[key] = nil
            } else if absent[key] == nil {
                absent[key] = now
            }
        }
    }

    // MARK: Tables

    /// Takes a new table over: idle connections to endpoints that left it are closed.
    func adopt(endpoints: Set<RoutingTable.Endpoint>, now: NIODeadline = .now()) {
        known = endpoints
        forgetCounters(now: now)
        for endpoint in idle.keys where !endpoints.contains(endpoint) {
            for channel in idle.removeValue(forKey: endpoint) ?? [] { channel.close(promise: nil) }
        }
    }

    /// Completes when this loop has no request to the endpoint under way.
    func drained(_ endpoint: RoutingTable.Endpoint) -> EventLoopFuture<Void> {
        guard inFlight[endpoint] != nil else { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        drains[endpoint, default: []].append(promise)
        return promise.futureResult
    }
}
