import Synchronization

/// One at a time for each key; those that wait come in their order.
final class KeyedLocks<Key: Hashable & Sendable>: Sendable {
    private let waiting = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    /// Runs a body while nobody else runs one for the key.
    func withLock<Answer: Sendable>(_ key: Key, _ body: @Sendable () async throws -> Answer) async rethrows
        -> Answer
    {
        await lock(key)
        defer { unlock(key) }
        return try await body()
    }

    private func lock(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                if waiting[key] == nil {
                    waiting[key] = []
                    return true
                }
                waiting[key]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func unlock(_ key: Key) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard var others = waiting[key], !others.isEmpty else {
                waiting[key] = nil
                return nil
            }
            let next = others.removeFirst()
            waiting[key] = others
            return next
        }
        next?.resume()
    }
}
