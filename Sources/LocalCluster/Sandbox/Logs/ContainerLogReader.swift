import Glibc
import KubeModel

/// Reads a container's log once, from the place its options name, piece by piece.
actor ContainerLogReader {
    private let directory: ContainerDirectory
    private let options: ContainerLogOptions
    private let queue: BlockingQueue
    private let now: @Sendable () -> Timestamp
    private let log: ContainerLog
    private let changes: AsyncStream<Void>?
    private var offset: Int
    /// Where to stop; nil to go on.
    private let end: Int?
    private var remaining: Int
    private var stamper = LogStamper()

    /// Opens the log; blocks for a moment.
    ///
    /// - Throws: `SystemCallFailure`, with `ENOENT` where the container has no log.
    init(
        _ directory: ContainerDirectory, options: ContainerLogOptions, events: FileEvents,
        queue: BlockingQueue,
        now: @escaping @Sendable () -> Timestamp
    ) throws(SystemCallFailure) {
        self.directory = directory
        self.options = options
        self.queue = queue
        self.now = now
        // Before the size is taken, so that no change is missed.
        changes = options.follow ? try events.changes(of: ["log", "exit"], in: directory.path) : nil
        let file = try OpenFile(directory.log, O_RDONLY)
        log = ContainerLog(file: file, index: LogIndex(bytes: try Disk.read(directory.logIndex) ?? []))
        let size = file.size
        offset = try log.start(options, end: size)
        end = options.follow ? nil : size
        remaining = options.limitBytes ?? .max
    }

    /// The next piece, nil at the end.
    func next() async throws -> [UInt8]? {
        while remaining > 0 {
            let hasEnded = options.follow ? await hasEnded() : true
            let bytes = try await read()
            if bytes.isEmpty {
                // Nothing was there although nothing more can have come since.
                if hasEnded { return nil }
                var changes = changes?.makeAsyncIterator()
                guard await changes?.next(isolation: self) != nil else { return nil }
                continue
            }
            let piece = stamped(bytes).prefix(remaining)
            offset += bytes.count
            remaining -= piece.count
            return Array(piece)
        }
        return nil
    }

    /// Whether all output is in the log. The monitor outlives the exit code by the last of it.
    private func hasEnded() async -> Bool {
        guard directory.exitCode != nil else { return directory.monitorHandle() == nil }
        await directory.monitorHandle()?.ended()
        return true
    }

    private func read() async throws -> [UInt8] {
        let (log, offset, end) = (log, offset, end)
        let (start, bytes) = try await queue.run { () throws(SystemCallFailure) -> (Int, [UInt8]) in
            // What was read at leisure may have been freed meanwhile.
            let data = log.file.firstData(from: offset)
            let start = data > offset ? try log.lineStart(from: data, end: log.file.size) : offset
            let count = min(ContainerLog.chunk, (end ?? .max) - start)
            return (start, count <= 0 ? [] : try log.file.read(upTo: count, at: start))
        }
        self.offset = start
        return bytes
    }

    private func stamped(_ bytes: [UInt8]) -> [UInt8] {
        guard options.timestamps else { return bytes }
        let fallback = options.follow ? now() : ContainerDirectory.modified(directory.log) ?? now()
        return stamper.stamp(bytes, at: offset) { log.index.time(of: $0) ?? fallback }
    }
}
