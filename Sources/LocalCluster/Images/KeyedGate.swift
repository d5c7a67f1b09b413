import Synchronization

/// Lets one at a time do something with the same key; the others wait in order.
final class KeyedGate: Sendable {
    private struct State {
        var busy: Set<String> = []
        var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    /// Runs `body` when it is its turn.
    func run<Answer: Sendable>(
        _ key: String, _ body: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        await enter(key)
        defer { leave(key) }
        try Task.checkCancellation()
        return try await body()
    }

    private func enter(_ key: String) async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.busy.insert(key).inserted { return true }
                state.waiting[key, default: []].append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ key: String) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard var waiting = state.waiting[key], !waiting.isEmpty else {
                state.busy.remove(key)
                return nil
            }
            let next = waiting.removeFirst()
            state.waiting[key] = waiting.isEmpty ? nil : waiting
            return next
        }
        next?.resume()
    }
}
