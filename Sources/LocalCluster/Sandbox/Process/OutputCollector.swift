import CSandbox
@preconcurrency import Dispatch
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

    private let limit: Int
    private let reading: OpenFile
    private let bytes = Mutex<[UInt8]>([])
    private let source: any DispatchSourceRead

    /// Begins to read; bytes beyond the limit are read and dropped, so that the program never stalls.
    init(_ reading: OpenFile, limit: Int) {
        self.limit = limit
        self.reading = reading
        _ = fcntl(reading.descriptor, F_SETFL, O_NONBLOCK)
        source = DispatchSource.makeReadSource(fileDescriptor: reading.descriptor, queue: .global())
        source.setEventHandler { [weak self] in self?.take() }
        source.setCancelHandler { withExtendedLifetime(reading) {} }
        source.activate()
    }

    deinit { source.cancel() }

    /// What the program has written until now. What it left running in the background may still write.
    func finish() -> [UInt8] {
        take()
        source.cancel()
        return bytes.withLock { $0 }
    }

    private func take() {
        bytes.withLock { bytes in
            while let chunk = try? reading.read(upTo: 16 << 10) {
                bytes.append(contentsOf: chunk.prefix(limit - bytes.count))
                if chunk.isEmpty { source.cancel() }
                if chunk.count < 16 << 10 { return }
            }
        }
    }
}
