import KubeClient
import KubeModel
import Manifest
import Synchronization

/// Watches production's route and roll-backs, so that nothing of their order is left to when somebody looks.
final class DemoWitness: Sendable {
    private let admin: DemoCluster
    private let namespace: String
    private let state = Mutex(ProductionHistory())

    private static let pause = Duration.milliseconds(100)

    init(_ admin: DemoCluster, namespace: String) {
        self.admin = admin
        self.namespace = namespace
    }

    /// What was seen so far.
    var history: ProductionHistory { state.withLock { $0 } }

    /// Watches until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.follow(GatewayAPI.httpRoutes.resource) { $0.note(route: $1, isExact: $2) }
            }
            group.addTask {
                try await self.follow(Rollback.resource) { $0.note(rollback: $1, isExact: $2) }
            }
            try await group.waitForAll()
        }
    }

    private func follow(
        _ resource: GroupVersionResource,
        _ note: @escaping @Sendable (inout ProductionHistory, Value, Bool) -> Void
    ) async throws {
        var start = WatchStart.withInitialEvents
        while true {
            do {
                let events = try await admin.client.watch(resource, namespace: namespace, from: start)
                var isLive = start != .withInitialEvents
                for try await event in events {
                    switch event {
                    case .added(let object), .modified(let object):
                        state.withLock { note(&$0, object, isLive) }
                        if isLive { start = .after(object.metadata.resourceVersion) }
                    case .deleted(let object):
                        if isLive { start = .after(object.metadata.resourceVersion) }
                    case .bookmark(let version, let endsInitialEvents):
                        if endsInitialEvents { isLive = true }
                        if isLive { start = .after(version) }
                    }
                }
            } catch let error as APIError where error.isExpired {
                start = .withInitialEvents
            } catch {
                // The server may be away for a while.
                try Task.checkCancellation()
            }
            try await admin.client.timeline.sleep(for: Self.pause)
        }
    }
}
