import KubeModel

/// The answer to a watch: what happens to the selected objects, as chunks of one or more event lines.
struct WatchStream: AsyncSequence, Sendable {
    let store: Store
    let clock: ServerClock
    /// The resource as the store names it.
    let resource: String
    let selection: ObjectSelection
    let start: WatchStart
    let allowsBookmarks: Bool
    let timeout: Duration
    let encoder: WatchEventEncoder

    /// How often a bookmark tells a client how far it has seen.
    static let bookmarkInterval: Duration = .seconds(60)
    /// Chunks end when they exceed this many bytes.
    private static let chunkSize = 64 << 10

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// A reader at its place in the history.
    struct Iterator: AsyncIteratorProtocol {
        private let stream: WatchStream
        private var phase: Phase
        private var revision: UInt64
        private var encoder: WatchEventEncoder
        private let end: Duration
        /// When the next bookmark is due, nil where none will come.
        private var nextBookmark: Duration?

        private enum Phase {
            case initial(SortedObjects.Iterator)
            case changes
            case ended
        }

        init(_ stream: WatchStream) {
            self.stream = stream
            revision = stream.start.revision
            encoder = stream.encoder
            let now = stream.clock.elapsed()
            end = now + stream.timeout
            nextBookmark = stream.allowsBookmarks ? Self.bookmark(after: now, end: end) : nil
            phase =
                stream.start.initial.map {
                    .initial($0.makeIterator(from: stream.selection.pathPrefix))
                } ?? .changes
        }

        mutating func next() async throws -> [UInt8]? {
            while true {
                switch phase {
                case .ended: return nil
                case .initial(let objects):
                    let chunk = try initialEvents(objects)
                    if !chunk.isEmpty { return chunk }
                case .changes:
                    if let chunk = try await changes(), !chunk.isEmpty { return chunk }
                }
            }
        }

        private mutating func initialEvents(_ rest: SortedObjects.Iterator) throws -> [UInt8] {
            var rest = rest
            var chunk: [UInt8] = []
            let prefix = stream.selection.pathPrefix
            while chunk.count < WatchStream.chunkSize {
                guard let object = rest.next(), object.path.hasPrefix(prefix) else {
                    phase = .changes
                    if stream.start.marksInitialEnd {
                        encoder.appendBookmark(revision: revision, isInitialEnd: true, to: &chunk)
                    }
                    return chunk
                }
                if stream.selection.matches(object) { try encoder.append(.added, object, to: &chunk) }
            }
            phase = .initial(rest)
            return chunk
        }

        /// The next changes that concern the watch; nil where there was only a reason to look again.
        private mutating func changes() async throws -> [UInt8]? {
            var chunk: [UInt8] = []
            switch stream.store.changes(of: stream.resource, after: revision, epoch: stream.start.epoch) {
            case .changes(let events):
                for event in events {
                    revision = event.revision
                    guard let (kind, object) = stream.selection.seen(event) else { continue }
                    try encoder.append(kind, object, to: &chunk)
                    if chunk.count >= WatchStream.chunkSize { break }
                }
                return chunk
            case .expired(let floor):
                phase = .ended
                // A watch that has fallen behind ends; its client resumes and is told then.
                if revision != stream.start.revision { return nil }
                encoder.appendError(
                    .expired("too old resource version: \(revision) (\(floor))"), to: &chunk)
                return chunk
            case .ended:
                phase = .ended
                return nil
            case .upToDate(let current):
                return await idle(current)
            }
        }

        /// Bookmarks come regularly, and once shortly before the end, so that a client resumes from there.
        private static func bookmark(after now: Duration, end: Duration) -> Duration? {
            let next = Swift.min(now + WatchStream.bookmarkInterval, end - .seconds(2))
            return next <= now ? nil : next
        }

        /// Waits for a change, unless a bookmark is due or the watch is over.
        private mutating func idle(_ current: UInt64) async -> [UInt8]? {
            var chunk: [UInt8] = []
            let now = stream.clock.elapsed()
            if Task.isCancelled {
                phase = .ended
            } else if now >= end {
                phase = .ended
            } else if let due = nextBookmark, now >= due {
                nextBookmark = Self.bookmark(after: now, end: end)
                revision = Swift.max(revision, current)
                encoder.appendBookmark(revision: revision, to: &chunk)
            } else {
                await stream.store.waitForChange(
                    of: stream.resource, after: revision, epoch: stream.start.epoch,
                    deadline: Swift.min(end, nextBookmark ?? end))
            }
            return chunk
        }
    }
}

extension ObjectSelection {
    /// What a change looks like to someone who sees only the selected objects; nil where it does not show.
    ///
    /// An object that comes into the selection appears as added, one that leaves it as deleted, in the state
    /// it was last seen in.
    func seen(_ event: ChangeEvent) -> (ChangeEvent.Kind, StoredObject)? {
        guard event.object.path.hasPrefix(pathPrefix) else { return nil }
        if selectsAll { return (event.kind, event.object) }
        let was = event.previous.map(matches) ?? false
        let isNow = event.kind != .deleted && matches(event.object)
        switch (was, isNow) {
        case (false, false): return nil
        case (false, true): return (.added, event.object)
        case (true, true): return (.modified, event.object)
        case (true, false):
            if event.kind == .deleted { return (.deleted, event.object) }
            return event.previous.map { (.deleted, $0.bearing(revision: event.revision)) }
        }
    }
}
