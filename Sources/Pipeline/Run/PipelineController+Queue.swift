import KubeClient
import KubeModel
import Manifest
import Synchronization

extension PipelineController {
    func note(_ event: CacheEvent) {
        let object = event.object
        guard let name = object.value?.metadata.labels[CellManifest.runLabel] else { return }
        let key = ObjectKey(namespace: object.key.namespace, name: name)
        guard let feed = state.withLock({ $0.active[key]?.feed }) else { return }
        if case .deleted = event { feed.update(nil) } else { feed.update(object.value) }
    }

    /// Tells the session of a run that it is not wanted any more; whether there is none to tell.
    func noteCancellation(_ event: CacheEvent) -> Bool {
        let object = event.object
        var fault: StepFault?
        if case .deleted = event {
            fault = StepFault(.superseded, "the run was deleted")
        } else {
            fault = object.value.flatMap(Self.cancellation)
        }
        guard let fault else { return false }
        let phase = object.value?["status", "phase"]?.stringValue.flatMap { RunPhase(rawValue: $0) }
        return state.withLock { state in
            if let active = state.active[object.key] {
                active.cancel.yield(fault)
                return false
            }
            // One that ran before a restart has a cell to be removed, and is told once it has a session.
            if case .deleted = event { return false }
            guard phase ?? .pending == .pending else { return false }
            state.queue.remove(object.key)
            state.canceled.append((object.key, fault))
            return true
        }
    }

    /// Ends runs that were cancelled before they had a cell; they would hold one only to give it back.
    private func canceledArrivals() -> [(ObjectKey, StepFault)] {
        state.withLock { state in
            defer { state.canceled = [] }
            return state.canceled.filter { state.active[$0.0] == nil }
        }
    }

    private func tellCanceled(_ key: ObjectKey, _ fault: StepFault) async {
        guard let value = runs[key]?.value else { return }
        let writer = StatusWriter(
            client: client, name: key.name, namespace: key.namespace, logger: logger, keep: keeping(value))
        await writer.finish(
            failed: .canceled, reason: fault.code.rawValue, fault.message, at: client.timeline.date)
    }

    /// Why a run is not wanted any more; nil where it is.
    private static func cancellation(_ run: Value) -> StepFault? {
        guard run["spec", "cancel"]?.boolValue == true else { return nil }
        return StepFault(.superseded, run["spec", "cancelReason"]?.stringValue ?? "the run was cancelled")
    }

    /// Whether an event can change who is next.
    func noteArrival(_ event: CacheEvent) -> Bool {
        switch event {
        case .added(let object):
            guard let value = object.value, !value.metadata.isDeleting else { return false }
            let told = value["status", "phase"]?.stringValue.flatMap { RunPhase(rawValue: $0) }
            let phase = told ?? .pending
            // One that was cancelled while it waited is ended without a cell.
            if phase.isFinal || phase == .pending && Self.cancellation(value) != nil { return false }
            let order = RunOrder(value, isRunning: phase == .running)
            state.withLock { state in
                state.queue.insert(object.key, order)
                if told == nil { state.arrived.append(object.key) }
            }
            return true
        case .deleted(let object):
            state.withLock { $0.queue.remove(object.key) }
            return false
        default: return false
        }
    }

    /// The runs that have come and did not get a cell.
    private func waitingArrivals() -> [ObjectKey] {
        state.withLock { state in
            defer { state.arrived = [] }
            return state.arrived.filter { state.active[$0] == nil }
        }
    }

    private func tellQueued(_ key: ObjectKey) async {
        var status = PipelineRunStatus(phase: RunPhase.pending.rawValue)
        status.reason = "Queued"
        status.message = "\(configuration.concurrency) runs have a cell; this one is next in its turn"
        guard let value = try? ValueEncoder().encode(status), let object = runs[key] else { return }
        // A run that got a cell meanwhile has another version by then, and is left alone.
        let patch = Patch.merge([
            "metadata": ["resourceVersion": .string(object.resourceVersion)], "status": value,
        ])
        _ = try? await client.patch(
            .pipelineRuns, key.name, namespace: key.namespace, patch, subresource: "status")
    }

    /// Gives cells to runs in their order, as long as there are any free.
    func schedule(_ changes: AsyncStream<Void>, again: @escaping @Sendable () -> Void) async {
        await withDiscardingTaskGroup { group in
            for await _ in changes {
                for (key, fault) in canceledArrivals() {
                    group.addTask { await self.tellCanceled(key, fault) }
                }
                let started = nextRuns()
                for key in waitingArrivals() {
                    group.addTask { await self.tellQueued(key) }
                }
                for next in started {
                    group.addTask {
                        await self.work(next)
                        _ = self.state.withLock { $0.active.removeValue(forKey: next.key) }
                        again()
                    }
                }
            }
        }
    }

    /// A run that has just got a cell.
    struct Waiting {
        var key: ObjectKey
        var value: Value
        var feed: PodFeed
        var cancellations: AsyncStream<StepFault>
    }

    /// Takes as many waiting runs as there are free cells.
    private func nextRuns() -> [Waiting] {
        state.withLock { state in
            var result: [Waiting] = []
            while state.active.count < configuration.concurrency {
                guard let key = state.queue.takeFirst(besides: Set(state.active.keys)) else { break }
                guard let value = runs[key]?.value, !value.metadata.isDeleting else { continue }
                let (stream, continuation) = AsyncStream.makeStream(of: StepFault.self)
                let feed = PodFeed()
                state.active[key] = Active(feed: feed, cancel: continuation)
                if let fault = Self.cancellation(value) { continuation.yield(fault) }
                result.append(Waiting(key: key, value: value, feed: feed, cancellations: stream))
            }
            return result
        }
    }
}
