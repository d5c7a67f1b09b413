extension Store {
    /// Suspends until anything is written after a revision, the deadline passes, the store closes or the task
    /// is cancelled.
    ///
    /// - Parameter deadline: a reading of the clock that ``wakeWaiters(at:)`` is called with.
    func waitForWrite(after revision: UInt64, deadline: Duration) async {
        let number = withCache { cache -> UInt64 in
            cache.nextWaiter += 1
            return cache.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = withCache { cache -> Bool in
                    if Task.isCancelled || cache.isClosed || cache.revision > revision { return true }
                    cache.followers[number] = .init(continuation: continuation, deadline: deadline)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            withCache { $0.followers.removeValue(forKey: number) }?.continuation.resume()
        }
    }
}
