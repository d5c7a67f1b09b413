import KubeModel
import Logging
import Manifest
import Synchronization

extension WatchCache {
    /// Keeps the cache up to date until the task is cancelled. To be run once.
    ///
    /// Failures are logged and waited out, longer each time; meanwhile the cache shows what it knows.
    public func run() async {
        while !Task.isCancelled {
            let delay: Duration
            do {
                delay = try await performStep()
            } catch {
                if error is CancellationError { return }
                delay = progress { [random = client.jitter.next()] in $0.failed(error, random: random) }
                logger.warning(
                    "list or watch failed",
                    metadata: [
                        "resource": "\(resource.groupResource)", "namespace": "\(namespace ?? "")",
                        "error": "\(error)", "delay": "\(delay)",
                    ])
            }
            guard delay > .zero else { continue }
            // Thrown only on cancellation, which the loop looks at.
            try? await client.timeline.sleep(for: delay)
        }
    }

    private func progress<Answer: Sendable>(_ change: (inout ListWatchState) -> Answer) -> Answer {
        state.withLock { change(&$0.progress) }
    }

    /// Does what is next and answers how long to wait afterwards.
    private func performStep() async throws -> Duration {
        let began = client.timeline.now
        switch progress({ $0.step }) {
        case .list(let freshness):
            try await list(freshness)
            return .zero
        case .streamList:
            beginListing()
            try await follow(.withInitialEvents)
        case .watch(let version):
            try await follow(.after(version))
        }
        let wasShort = client.timeline.now - began < .seconds(1)
        return progress { [random = client.jitter.next()] in $0.ended(wasShort: wasShort, random: random) }
    }

    private func list(_ freshness: Freshness) async throws {
        var version = ""
        let pages = client.pages(
            of: resource, namespace: namespace, selection: selection, freshness: freshness,
            limit: options.pageSize, form: mode.form)
        for try await page in pages {
            if page.startsOver { beginListing() }
            for item in page.list.items { store(item) }
            version = page.list.resourceVersion
        }
        endListing(at: version)
    }

    /// Watches until the server ends it or says nothing for too long.
    private func follow(_ start: WatchStart) async throws {
        let heartbeat = Heartbeat(client.timeline)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { [self] in
                try await read(start, heartbeat)
                return true
            }
            group.addTask { [options] in
                try await heartbeat.waitForSilence(options.idleTimeout)
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else {
                throw KubeClientError(
                    .timeout, "the watch of \(resource.groupResource) was silent for \(options.idleTimeout)")
            }
        }
    }

    private func read(_ start: WatchStart, _ heartbeat: Heartbeat) async throws {
        let span = Double(options.watchSeconds.count)
        let seconds = options.watchSeconds.lowerBound + Int(span * client.jitter.next())
        let events = try await client.watch(
            resource, namespace: namespace, selection: selection, from: start, timeoutSeconds: seconds,
            form: mode.form)
        for try await event in events {
            heartbeat.beat()
            switch event {
            case .added(let object), .modified(let object):
                store(object)
                advance(to: object.metadata.resourceVersion)
            case .deleted(let object):
                remove(object)
                advance(to: object.metadata.resourceVersion)
            case .bookmark(let version, let endsInitialEvents):
                if endsInitialEvents { endListing(at: version) } else { advance(to: version) }
            }
        }
    }
}

/// When a server was last heard of.
private final class Heartbeat: Sendable {
    private let timeline: Timeline
    private let last: Mutex<Duration>

    init(_ timeline: Timeline) {
        self.timeline = timeline
        last = Mutex(timeline.now)
    }

    func beat() {
        let now = timeline.now
        last.withLock { $0 = now }
    }

    /// Returns when there was no beat for so long.
    ///
    /// - Throws: `CancellationError`.
    func waitForSilence(_ limit: Duration) async throws {
        while true {
            let deadline = last.withLock { $0 } + limit
            guard deadline > timeline.now else { return }
            try await timeline.sleep(until: deadline)
        }
    }
}
