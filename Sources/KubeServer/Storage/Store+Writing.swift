import Synchronization

extension Store {
    /// What a write does to its object.
    public enum Change: Sendable {
        /// Leaves the object as it is; nothing is written.
        case none
        /// Creates the object or replaces its state.
        case put(ObjectDraft)
        /// Removes the object; the draft is the last state watchers see.
        case delete(ObjectDraft)
    }

    /// Changes one object, whatever else is written at the same time.
    ///
    /// `decide` is called with the object's newest state, which may still be on its way to the disk, and
    /// answers what becomes of it. Where another write came first it is called again, so it must have no
    /// effect but its answer. No decision waits for the disk, so that any number of writes to one object can
    /// become durable together.
    ///
    /// - Returns: the state the object has after the write, nil where there is none or it was removed, and
    ///   what `decide` answered beside the change.
    /// - Throws: what `decide` throws; ``ServerError`` where the write could not be made durable, in which
    ///   case it did not happen.
    @discardableResult
    public func write<Extra>(
        _ key: ObjectKey, _ decide: (StoredObject?) async throws -> (Change, Extra)
    ) async throws -> (object: StoredObject?, extra: Extra) {
        while true {
            let (current, isDurable) = newest(key)
            let outcome: Result<(Change, Extra), any Error>
            do { outcome = .success(try await decide(current)) } catch { outcome = .failure(error) }
            let change = (try? outcome.get().0) ?? .none
            // What follows from a state that is not yet durable is not told before it is.
            if case .none = change, isDurable { return (current, try outcome.get().1) }
            if let queued = try await enqueue(change, of: key, decidedBy: current) {
                return (queued, try outcome.get().1)
            }
        }
    }

    /// The state the next write to an object has to start from.
    private func newest(_ key: ObjectKey) -> (object: StoredObject?, isDurable: Bool) {
        queue.withLock { queue in
            if let head = queue.head(key) { return (head, false) }
            return (object(key), true)
        }
    }

    /// Queues a change and waits until it is durable.
    ///
    /// - Returns: the object's state then, or nil, with nothing queued, where the object is no longer in the
    ///   state the change was decided by.
    private func enqueue(
        _ change: Change, of key: ObjectKey, decidedBy current: StoredObject?
    ) async throws -> StoredObject?? {
        var isStale = false
        let result = try await withCheckedThrowingContinuation { continuation in
            let next = queue.withLock { queue -> EnqueueOutcome in
                if queue.isClosed { return .refused }
                guard (queue.head(key) ?? object(key)) === current else { return .stale }
                queue.append(change, of: key, from: current, continuation: continuation)
                if queue.isDraining { return .queued }
                queue.isDraining = true
                return .drain
            }
            switch next {
            case .queued: break
            case .drain: database.schedule { self.drain($0) }
            case .stale:
                isStale = true
                continuation.resume(returning: nil)
            case .refused:
                continuation.resume(
                    throwing: ServerError(.closed, "the server is shutting down; try again later"))
            }
        }
        return isStale ? .none : .some(result)
    }

    private enum EnqueueOutcome { case queued, drain, stale, refused }

    /// Commits what is queued, and what is queued meanwhile, batch by batch. Runs on the writer.
    private func drain(_ writer: borrowing StoreDatabase.Writer) {
        while true {
            let batch = queue.withLock { queue in
                if queue.writes.isEmpty { queue.isDraining = false }
                return queue.takeAll()
            }
            if batch.isEmpty { return }
            do {
                try commit(batch, to: writer)
            } catch {
                let failure = ServerError(.storage, "the write could not be made durable: \(error)")
                let abandoned = queue.withLock { $0.abandon(revision: revision) }
                for write in batch + abandoned { write.continuation.resume(throwing: failure) }
                continue
            }
            publish(batch)
            queue.withLock { $0.settle(batch) }
            for write in batch { write.continuation.resume(returning: write.result) }
        }
    }

    private func commit(_ batch: [QueuedWrite], to writer: borrowing StoreDatabase.Writer) throws {
        guard let revision = batch.last(where: { $0.event != nil })?.event?.revision else { return }
        do {
            try writer.begin()
            for write in batch {
                guard let event = write.event else { continue }
                switch event.kind {
                case .added, .modified: try writer.put(event.object, resource: write.key.resource)
                case .deleted: try writer.delete(write.key.path, resource: write.key.resource)
                }
            }
            try writer.commit(revision: revision)
        } catch {
            writer.rollback()
            throw error
        }
    }

    /// Shows a durable batch to readers, all at once, and wakes the watches of what changed.
    private func publish(_ batch: [QueuedWrite]) {
        let waiters = withCache { cache -> [ResourceCache.Waiter] in
            var touched: Set<String> = []
            for write in batch {
                guard let event = write.event else { continue }
                cache[write.key.resource].apply(event, limits: limits)
                cache.revision = event.revision
                touched.insert(write.key.resource)
            }
            return touched.flatMap { cache[$0].takeWaiters() } + cache.takeFollowers()
        }
        for waiter in waiters { waiter.continuation.resume() }
    }
}
