import CSandbox
import Glibc
import Synchronization

/// Takes what programs write into a pipe and keeps the beginning of it.
final class OutputCollector: Sendable {
    /// What a program is given as its output; let go of it once the program has started.
    struct Pipe: Sendable {
        let reading: OpenFile
        let writing: OpenFile

        init() throws(SystemCallFailure) {
            var ends: [Int32] = [-1, -1]
            if csandbox_pipe(&ends) < 0 { throw SystemCallFailure("pipe", "of a program") }
            reading = OpenFile(owning: ends[0])
            writing = OpenFile(owning: ends[1])
        }
    }

    private struct State {
        var bytes: [UInt8] = []
        var watch: ReadinessLoop.Watch?
    }

    private let limit: Int
    private let reading: OpenFile
    private let state = Mutex(State())

    /// Begins to read; bytes beyond the limit are read and dropped, so that the program never stalls.
    init(_ reading: OpenFile, limit: Int) throws(SystemCallFailure) {
        self.limit = limit
        self.reading = reading
        _ = fcntl(reading.descriptor, F_SETFL, O_NONBLOCK)
        let watch = try ReadinessLoop.shared.watch(reading) { [weak self] in self?.take() ?? false }
        state.withLock { $0.watch = watch }
    }

    deinit { state.withLock { $0.watch?.cancel() } }

    /// What the program has written until now. What it left running in the background may still write.
    func finish() -> [UInt8] {
        _ = take()
        return state.withLock { state in
            state.watch?.cancel()
            return state.bytes
        }
    }

    /// Reads what there is; whether there may be more.
    private func take() -> Bool {
        state.withLock { state in
            let count = 16 << 10
            return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
                while true {
                    let got = read(reading.descriptor, buffer.baseAddress, count)
                    if got < 0, errno == EINTR { continue }
                    if got <= 0 { return got < 0 && errno == EAGAIN }
                    state.bytes.append(contentsOf: buffer.prefix(min(got, limit - state.bytes.count)))
                }
            }
        }
    }
}
