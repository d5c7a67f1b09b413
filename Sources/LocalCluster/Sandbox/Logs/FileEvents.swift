import Glibc
import Synchronization

/// Notices changes of files in directories, through one inotify(7) instance, of which a user may have few.
final class FileEvents: Sendable {
    /// Told the name of a file that was written or moved into the directory.
    typealias Handler = @Sendable (_ name: String) -> Void

    private struct State {
        var watches: [String: Int32] = [:]
        var handlers: [Int32: [Int: Handler]] = [:]
        var next = 0
        var readiness: ReadinessLoop.Watch?
    }

    /// An interest in a directory, which ends when it is let go.
    final class Watch: Sendable {
        private let end: @Sendable () -> Void
        fileprivate init(end: @escaping @Sendable () -> Void) { self.end = end }
        deinit { end() }
    }

    private let file: OpenFile
    private let state = Mutex(State())

    private static let ofProcess = Mutex<FileEvents?>(nil)

    /// The instance of this process, made when it is first asked for.
    static func shared() throws(SystemCallFailure) -> FileEvents {
        try ofProcess.withLock { present throws(SystemCallFailure) in
            if let present { return present }
            let made = try FileEvents()
            present = made
            return made
        }
    }

    private init() throws(SystemCallFailure) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { throw SystemCallFailure("inotify_init", "a new instance") }
        file = OpenFile(owning: descriptor)
        let watch = try ReadinessLoop.shared.watch(file) { [weak self] in self?.take() ?? false }
        state.withLock { $0.readiness = watch }
    }

    deinit { state.withLock { $0.readiness?.cancel() } }

    /// Calls `handler`, which must not block, whenever a file in the directory changes.
    func watch(_ directory: String, _ handler: @escaping Handler) throws(SystemCallFailure) -> Watch {
        let result: (watch: Int32, number: Int) = state.withLock { state in
            // The kernel gives the same number for the same directory.
            let mask = UInt32(IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR)
            let watch = inotify_add_watch(file.descriptor, directory, mask)
            guard watch >= 0 else { return (watch, 0) }
            state.next += 1
            state.watches[directory] = watch
            state.handlers[watch, default: [:]][state.next] = handler
            return (watch, state.next)
        }
        guard result.watch >= 0 else { throw SystemCallFailure("inotify_add_watch", directory) }
        return Watch { [weak self] in self?.end(result.watch, result.number, directory) }
    }

    /// An element for every change of one of the named files since the last was taken.
    func changes(of names: Set<String>, in directory: String) throws(SystemCallFailure) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watch = try watch(directory) { name in
            if names.contains(name) { continuation.yield() }
        }
        continuation.onTermination = { _ in withExtendedLifetime(watch) {} }
        return stream
    }

    private func end(_ watch: Int32, _ number: Int, _ directory: String) {
        state.withLock { state in
            state.handlers[watch]?[number] = nil
            guard state.handlers[watch]?.isEmpty == true else { return }
            state.handlers[watch] = nil
            state.watches[directory] = nil
            inotify_rm_watch(file.descriptor, watch)
        }
    }

    private func take() -> Bool {
        while let bytes = try? read(), !bytes.isEmpty {
            var rest = bytes[...]
            let head = MemoryLayout<inotify_event>.size
            while rest.count >= head {
                let event = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
                let name = rest.dropFirst(head).prefix(Int(event.len)).prefix { $0 != 0 }
                rest = rest.dropFirst(head + Int(event.len))
                let handlers = state.withLock { $0.handlers[event.wd] }
                for handler in (handlers ?? [:]).values { handler(String(decoding: name, as: UTF8.self)) }
            }
        }
        return true
    }

    /// One read gives whole events, and none where there are none.
    private func read() throws(SystemCallFailure) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, filled in
            let count = Glibc.read(file.descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno != EAGAIN, errno != EINTR { failure = errno }
            filled = max(0, count)
        }
        if failure != 0 { throw SystemCallFailure("read", "inotify", failure) }
        return bytes
    }
}
