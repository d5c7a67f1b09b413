import Synchronization

/// Tells everybody who listens that something has changed. What it is, they look up.
final class Announcement: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Changes from here on; several that come before the reader does are one.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            defer { state.next += 1 }
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func post() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }

    /// Waits until a condition holds that may change with an announcement.
    ///
    /// - Throws: `CancellationError`.
    func wait(until condition: () -> Bool) async throws {
        let stream = changes()
        if condition() { return }
        for await _ in stream where condition() { return }
        throw CancellationError()
    }
}
