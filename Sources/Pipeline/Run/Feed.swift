import Synchronization

/// The newest state of something, for several tasks that wait for different things in it.
final class Feed<Item: Sendable>: Sendable {
    private struct State {
        var item: Item
        var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextWaiter = 0
    }

    private let state: Mutex<State>

    init(_ item: Item) { state = Mutex(State(item: item)) }

    var item: Item { state.withLock { $0.item } }

    /// Changes the state and wakes who waits.
    func update(_ change: (inout Item) -> Void) {
        let waiters = state.withLock { state in
            change(&state.item)
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.yield() }
    }

    /// Waits until a look at the state gives an answer.
    ///
    /// - Throws: what the look throws; `CancellationError`.
    func wait<Answer: Sendable>(for look: @Sendable (Item) throws -> Answer?) async throws -> Answer {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            defer { state.nextWaiter += 1 }
            state.waiters[state.nextWaiter] = continuation
            return state.nextWaiter
        }
        defer { state.withLock { _ = $0.waiters.removeValue(forKey: number) } }
        continuation.yield()
        for await _ in stream {
            if let answer = try look(item) { return answer }
        }
        throw CancellationError()
    }
}
