import CSandbox
@preconcurrency import Dispatch
import Glibc
import KubeModel
import Synchronization

/// Notes when running containers write to their logs, and frees the beginning of logs that grow too long.
///
/// A log keeps its length and its offsets for good: what is too old becomes a hole in the file, so that neither
/// the writer nor a reader is disturbed. File systems that know no holes keep the whole.
final class LogRecorder: Sendable {
    /// At most this often an entry is made for one log.
    private static let interval = DispatchTimeInterval.milliseconds(10)
    /// An index longer than this is cut with its log, even where that is still short.
    private static let longestIndex = 1 << 18

    private struct Recording {
        let directory: ContainerDirectory
        let limit: Int
        let watch: FileEvents.Watch
        var index: OpenFile
        /// The log's first byte that is kept, and the end that was noted last.
        var start: Int
        var end: Int
        var entries: Int
        var isWaiting = false
    }

    private let events: FileEvents
    private let now: @Sendable () -> Timestamp
    private let queue = DispatchQueue(label: "slipway.logs")
    private let recordings = Mutex<[ContainerID: Recording]>([:])

    init(events: FileEvents, now: @escaping @Sendable () -> Timestamp) {
        self.events = events
        self.now = now
    }

    /// Begins to record a container's log; what it holds already is noted with the time of its last change.
    func begin(_ directory: ContainerDirectory, limit: Int) throws(SystemCallFailure) {
        let known = LogIndex(bytes: try Disk.read(directory.logIndex) ?? [])
        let index = try OpenFile(directory.logIndex, O_WRONLY | O_CREAT | O_APPEND)
        // A half entry that a crash has left would shift all that follow.
        ftruncate(index.descriptor, off_t(known.entries.count * LogIndex.entrySize))
        let watch = try events.watch(directory.path) { [weak self] name in
            if name == "log" { self?.logChanged(directory.id) }
        }
        let recording = Recording(
            directory: directory, limit: limit, watch: watch, index: index,
            start: try OpenFile(directory.log, O_RDONLY | O_CREAT).firstData(from: 0),
            end: known.entries.last?.end ?? 0, entries: known.entries.count)
        recordings.withLock { $0[directory.id] = recording }
        record(directory.id, at: ContainerDirectory.modified(directory.log))
    }

    /// Notes what was written last and stops; does nothing for a container that is not recorded.
    func end(_ id: ContainerID) {
        record(id, at: now())
        _ = recordings.withLock { $0.removeValue(forKey: id) }
    }

    /// Notes at once what came after a pause, and after that no more often than the interval.
    private func logChanged(_ id: ContainerID) {
        let isFirst = recordings.withLock { recordings in
            guard let recording = recordings[id], !recording.isWaiting else { return false }
            recordings[id]?.isWaiting = true
            return true
        }
        guard isFirst else { return }
        queue.async { [weak self] in self.map { $0.record(id, at: $0.now()) } }
        queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in
            self?.recordings.withLock { $0[id]?.isWaiting = false }
            self.map { $0.record(id, at: $0.now()) }
        }
    }

    private func record(_ id: ContainerID, at time: Timestamp?) {
        recordings.withLock { recordings in
            guard var recording = recordings[id], let time,
                let size = Disk.status(recording.directory.log)?.size, size > recording.end
            else { return }
            recording.end = size
            recording.entries += 1
            // A full disk loses times before it loses output; there is nobody to tell.
            try? recording.index.write(LogIndex.bytes(.init(end: size, time: time)))
            let isIndexLong = recording.entries > Self.longestIndex
            let length = size - recording.start
            if isIndexLong || length > 2 * recording.limit {
                try? shorten(&recording, keeping: isIndexLong ? length / 2 : recording.limit)
            }
            recordings[id] = recording
        }
    }

    private func shorten(_ recording: inout Recording, keeping length: Int) throws(SystemCallFailure) {
        let log = try OpenFile(recording.directory.log, O_RDWR)
        let cut = (recording.end - length) / 4096 * 4096
        guard csandbox_punch_hole(log.descriptor, 0, Int64(cut)) == 0 else {
            throw SystemCallFailure("fallocate", recording.directory.log)
        }
        let path = recording.directory.logIndex
        let kept = LogIndex(bytes: try Disk.read(path) ?? []).entries.filter { $0.end > cut }
        try Disk.write(kept.flatMap(LogIndex.bytes), to: path)
        recording.index = try OpenFile(path, O_WRONLY | O_APPEND)
        recording.start = cut
        recording.entries = kept.count
    }
}
