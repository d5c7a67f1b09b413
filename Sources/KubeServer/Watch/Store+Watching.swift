/// What a list reads: the objects of a resource at one revision.
struct ResourceSnapshot: Sendable {
    let objects: SortedObjects
    let revision: UInt64
}

/// What a watch finds when it asks for the changes after a revision.
enum ChangeBatch: Sendable {
    /// Changes in order; there may be more.
    case changes([ChangeEvent])
    /// Nothing happened up to and with this revision.
    case upToDate(revision: UInt64)
    /// Changes after the revision have been forgotten; the history begins after `floor`.
    case expired(floor: UInt64)
    /// The resource or the server has gone away.
    case ended
}

extension Store {
    /// The objects of a resource as they are now.
    func snapshot(of resource: String) -> ResourceSnapshot {
        withCache { cache in
            ResourceSnapshot(
                objects: cache.resources[resource]?.objects ?? SortedObjects(), revision: cache.revision)
        }
    }

    /// The objects of a resource as they were at a revision, nil where that is no longer known.
    func snapshot(of resource: String, at revision: UInt64) -> ResourceSnapshot? {
        withCache { cache in
            guard let objects = cache[resource].objects(at: revision) else { return nil }
            return ResourceSnapshot(objects: objects, revision: revision)
        }
    }

    /// A number that grows with every change of a resource, for what is computed from its objects.
    func revision(of resource: String) -> UInt64 {
        withCache { $0.resources[resource]?.lastChange ?? $0.initialRevision }
    }

    /// A number that changes when all watches of a resource must end.
    func epoch(of resource: String) -> Int {
        withCache { $0.resources[resource]?.epoch ?? 0 }
    }

    /// The next changes of a resource after a revision.
    func changes(of resource: String, after revision: UInt64, epoch: Int, limit: Int = 256) -> ChangeBatch {
        withCache { cache in
            guard let present = cache.resources[resource] else {
                if cache.hasEndedWatches || epoch != 0 { return .ended }
                return revision < cache.initialRevision
                    ? .expired(floor: cache.initialRevision) : .upToDate(revision: cache.revision)
            }
            if cache.hasEndedWatches || present.epoch != epoch { return .ended }
            guard let events = present.events(after: revision, limit: limit) else {
                return .expired(floor: present.floor)
            }
            return events.isEmpty ? .upToDate(revision: cache.revision) : .changes(events)
        }
    }

    /// Suspends until a resource changes after a revision, the deadline passes, the watch must end or the task
    /// is cancelled.
    ///
    /// - Parameter deadline: a reading of the clock that ``wakeWaiters(at:)`` is called with.
    func waitForChange(of resource: String, after revision: UInt64, epoch: Int, deadline: Duration) async {
        let number = withCache { cache -> UInt64 in
            cache.nextWaiter += 1
            return cache.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = withCache { cache -> Bool in
                    if Task.isCancelled || cache.hasEndedWatches || cache[resource].epoch != epoch {
                        return true
                    }
                    if cache[resource].events(after: revision, limit: 1)?.isEmpty != true { return true }
                    cache[resource].waiters[number] = .init(continuation: continuation, deadline: deadline)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            withCache { $0[resource].waiters.removeValue(forKey: number) }?.continuation.resume()
        }
    }

    /// Wakes the watches whose deadline has come. The server calls this a few times a second.
    func wakeWaiters(at now: Duration) {
        let due = withCache { cache -> [ResourceCache.Waiter] in
            cache.resources.keys.flatMap { cache[$0].takeWaiters { $0.deadline <= now } }
                + cache.takeFollowers { $0.deadline <= now }
        }
        for waiter in due { waiter.continuation.resume() }
    }

    /// Ends all watches and lets none wait again, as when the server is about to stop.
    func endAllWatches() {
        let waiters = withCache { cache -> [ResourceCache.Waiter] in
            cache.hasEndedWatches = true
            return cache.takeWaiters()
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// Ends all watches of a resource, as when its definition is deleted.
    public func endWatches(of resource: String) {
        let waiters = withCache { cache -> [ResourceCache.Waiter] in
            cache[resource].epoch += 1
            return cache[resource].takeWaiters()
        }
        for waiter in waiters { waiter.continuation.resume() }
    }
}

extension ResourceCache {
    /// Removes and answers the waiters that satisfy a condition.
    mutating func takeWaiters(where isChosen: (Waiter) -> Bool = { _ in true }) -> [Waiter] {
        guard !waiters.isEmpty else { return [] }
        let chosen = waiters.filter { isChosen($0.value) }
        for number in chosen.keys { waiters[number] = nil }
        return Array(chosen.values)
    }
}

extension Store.Cache {
    /// Removes and answers every waiter.
    mutating func takeWaiters() -> [ResourceCache.Waiter] {
        resources.keys.flatMap { self[$0].takeWaiters() } + takeFollowers()
    }

    /// Removes and answers the readers of all resources that satisfy a condition.
    mutating func takeFollowers(
        where isChosen: (ResourceCache.Waiter) -> Bool = { _ in true }
    ) -> [ResourceCache.Waiter] {
        guard !followers.isEmpty else { return [] }
        let chosen = followers.filter { isChosen($0.value) }
        for number in chosen.keys { followers[number] = nil }
        return Array(chosen.values)
    }
}

extension Store {
    /// The number of watches that have seen everything and wait.
    var waitingWatches: Int {
        withCache { $0.resources.values.reduce(0) { $0 + $1.waiters.count } }
    }

    /// The number of objects of each resource.
    var objectCounts: [String: Int] {
        withCache { $0.resources.mapValues(\.objects.count) }
    }
}
