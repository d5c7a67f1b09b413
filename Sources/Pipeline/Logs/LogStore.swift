import Foundation
import Synchronization

/// The logs of steps: written masked while they run, readable at the same time, and kept by digest afterwards.
public final class LogStore: Sendable {
    /// The most bytes of one log that are kept; the middle of longer ones is left out.
    public static let limit = 64 << 20

    let files: RunFiles
    let content: ContentStore
    private let work = FileWork()

    /// A store below a directory of runs.
    public init(_ files: RunFiles) {
        self.files = files
        content = ContentStore(files)
    }

    /// Names the log of an attempt.
    struct Key: Sendable, Hashable {
        var uid: String
        var step: StepID
        var attempt: Int
    }

    func path(_ key: Key) -> String { "\(files.live(key.uid))/\(key.step).\(key.attempt)" }

    /// Begins a log anew.
    func begin(_ key: Key) async throws -> LogWriter {
        let path = path(key)
        let directory = files.live(key.uid)
        return try await work.run {
            try FileWork.makeDirectory(directory)
            return try LogWriter(path: path)
        }
    }

    /// Moves a log that is complete to the content store and answers its digest.
    func finish(_ key: Key, _ writer: LogWriter) async throws -> String {
        let path = path(key)
        let content = content
        return try await work.run {
            writer.close()
            let digest = try content.put(try FileWork.read(path, limit: Self.limit + (1 << 20)))
            try? FileManager.default.removeItem(atPath: path)
            return digest
        }
    }

    /// The bytes of a log from an offset on, while it is written or afterwards: a part of them at least, and none only
    /// where there are none (yet).
    ///
    /// A finished log is unpacked whole for each part, so parts are to be large.
    ///
    /// - Parameters:
    ///   - digest: the log's digest where the run is known to have one.
    ///   - limit: the most bytes to answer.
    /// - Returns: nil where there is no such log (yet).
    func read(
        _ key: Key, digest: String?, from offset: Int, limit: Int = .max
    ) async throws -> [UInt8]? {
        let path = path(key)
        let content = content
        let offset = max(0, offset)
        return try await work.run {
            if let digest, let bytes = try content.get(digest) {
                return offset < bytes.count ? Array(bytes[offset...].prefix(limit)) : []
            }
            guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
            defer { try? handle.close() }
            guard try handle.seekToEnd() > UInt64(offset) else { return [] }
            try handle.seek(toOffset: UInt64(offset))
            return Array(try handle.read(upToCount: min(limit, 1 << 20)) ?? Data())
        }
    }

    /// The end of a log, while it is written or afterwards; nil where there is no such log (yet).
    func tail(_ key: Key, digest: String?, bytes count: Int) async throws -> LogTail? {
        let path = path(key)
        let content = content
        return try await work.run {
            if let digest, let bytes = try content.get(digest) {
                return LogTail(bytes: Array(bytes.suffix(count)), length: bytes.count)
            }
            guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
            defer { try? handle.close() }
            let length = Int(try handle.seekToEnd())
            let wanted = min(length, count)
            try handle.seek(toOffset: UInt64(length - wanted))
            let bytes = Array(try handle.read(upToCount: wanted) ?? Data())
            return LogTail(bytes: bytes, length: length - wanted + bytes.count)
        }
    }

    /// Removes what is left of a run's live logs.
    func discard(_ uid: String) async {
        let directory = files.live(uid)
        _ = try? await work.run { try FileManager.default.removeItem(atPath: directory) }
    }
}

/// The last bytes of a log.
public struct LogTail: Sendable, Hashable {
    /// What was read.
    public var bytes: [UInt8]
    /// The offset at which it ends: how long the log was.
    public var length: Int
}

/// Appends to one log; the last line is kept for live views.
final class LogWriter: Sendable {
    private struct State {
        var written = 0
        var isOpen = true
        var lastLine: [UInt8] = []
        var line: [UInt8] = []
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    fileprivate init(path: String) throws(PipelineError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw PipelineError(
                .fileFailed, "the log \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close() }

    /// The last line that has text.
    var lastLine: String {
        state.withLock { state in
            String(decoding: state.line.isEmpty ? state.lastLine : state.line, as: UTF8.self)
        }
    }

    /// Appends bytes; what is beyond the limit is dropped with a note. Blocks no longer than a write to a file does.
    func append(_ bytes: [UInt8]) {
        state.withLock { state in
            guard state.isOpen, state.written <= LogStore.limit else { return }
            var chunk = bytes
            if state.written + chunk.count > LogStore.limit {
                chunk = Array(chunk.prefix(LogStore.limit - state.written))
                chunk += Array("\n[the rest of this log is longer than 64 MiB and was left out]\n".utf8)
                state.written = LogStore.limit + 1
            } else {
                state.written += chunk.count
            }
            chunk.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while !rest.isEmpty {
                    let count = write(
                        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
                }
            }
            for byte in chunk {
                if byte == 0x0a {
                    if !state.line.isEmpty { state.lastLine = state.line }
                    state.line = []
                } else if state.line.count < 400 {
                    state.line.append(byte)
                }
            }
        }
    }

    func append(_ text: String) { append(Array(text.utf8)) }

    func close() {
        state.withLock { state in
            guard state.isOpen else { return }
            state.isOpen = false
            Foundation.close(descriptor)
        }
    }
}
