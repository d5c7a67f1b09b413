import KubeModel
import Logging
import Manifest

/// The controllers that belong to the API itself: garbage collection, the deletion of namespaces and of custom
/// resources, the end of events, collected roles, default service accounts.
///
/// One task follows all objects. Whatever a change may concern is looked at again, and everything is decided
/// by the objects alone, so that a crash at any moment loses nothing.
struct Lifecycle: Sendable {
    let store: Store
    let registry: ResourceRegistry
    let clock: ServerClock
    let requests: LifecycleRequests
    let logger: Logger

    /// Something that may have to be acted upon.
    enum Subject: Hashable, Sendable, Comparable {
        case object(uid: String)
        case namespace(String)
        case definition(String)
        case clusterRole(String)
        case expired(uid: String)
    }

    /// How many writes are made at the same time; they are committed to disk together.
    private static let parallelWrites = 32
    /// The first and the longest wait before something that failed is tried again.
    private static let retryDelays: (first: Duration, longest: Duration) = (.milliseconds(250), .seconds(30))

    /// Works until the task is cancelled or the store closes.
    func run() async {
        var state = LifecycleState(store: store)
        var delay = Self.retryDelays.first
        while !Task.isCancelled, !store.isClosed {
            let revision = state.advance(
                over: registry.current.stored.map(\.storage.resource), now: clock.now())
            let failed = await perform(state.takeSubjects(), state)
            var deadline = clock.elapsed() + .seconds(3600)
            if !failed.isEmpty {
                logger.debug("Lifecycle actions failed", metadata: ["count": "\(failed.count)"])
                state.touch(failed)
                deadline = clock.elapsed() + delay
                delay = min(delay * 2, Self.retryDelays.longest)
            } else {
                delay = Self.retryDelays.first
            }
            if let expiry = state.nextExpiry {
                deadline = min(deadline, clock.elapsed() + max(.zero, expiry.duration(since: clock.now())))
            }
            await store.waitForWrite(after: revision, deadline: deadline)
        }
    }

    /// Acts upon subjects, several at a time; answers those that have to be tried again.
    private func perform(_ subjects: [Subject], _ state: LifecycleState) async -> [Subject] {
        await withTaskGroup(of: Subject?.self) { group in
            var failed: [Subject] = []
            var running = 0
            for subject in subjects {
                if running >= Self.parallelWrites, let outcome = await group.next() {
                    running -= 1
                    if let outcome { failed.append(outcome) }
                }
                group.addTask { await perform(subject, state) ? nil : subject }
                running += 1
            }
            for await outcome in group {
                if let outcome { failed.append(outcome) }
            }
            return failed
        }
    }

    private func perform(_ subject: Subject, _ state: LifecycleState) async -> Bool {
        switch subject {
        case .object(let uid): await collect(uid, state.graph)
        case .namespace(let name): await reconcileNamespace(name, state.graph)
        case .definition(let name): await reconcileDefinition(name)
        case .clusterRole(let name): await aggregate(name)
        case .expired(let uid): await expire(uid, state.graph)
        }
    }
}
