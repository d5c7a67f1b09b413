import Glibc

/// An open file or directory that is closed with the last reference to it. Every call may block.
final class OpenFile: Sendable {
    let descriptor: Int32
    /// What messages call it.
    let path: String

    init(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemCallFailure) {
        descriptor = open(path, flags | O_CLOEXEC, mode)
        self.path = path
        if descriptor < 0 { throw SystemCallFailure("open", path) }
    }

    /// Takes over a descriptor.
    init(owning descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func status() throws(SystemCallFailure) -> stat {
        var status = stat()
        if fstat(descriptor, &status) < 0 { throw SystemCallFailure("stat", path) }
        return status
    }

    var size: Int64 {
        get throws(SystemCallFailure) { Int64(try status().st_size) }
    }

    /// Writes all bytes at the file's position.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemCallFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno != EINTR {
                throw SystemCallFailure("write", path)
            }
        }
    }

    func write(_ bytes: [UInt8]) throws(SystemCallFailure) {
        let failure = bytes.withUnsafeBytes { buffer -> SystemCallFailure? in
            do throws(SystemCallFailure) {
                try write(buffer)
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
    }

    /// Reads at most as many bytes as there is room for, from the file's position; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemCallFailure) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw SystemCallFailure("read", path) }
        }
    }

    /// Reads at an offset; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(SystemCallFailure) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw SystemCallFailure("read", path) }
        }
    }

    /// Everything in the file, or nil where that is more than `limit`.
    func readAll(limit: Int) throws(SystemCallFailure) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemCallFailure("read", path)
            }
            bytes += chunk[..<count]
            if bytes.count > limit { return nil }
        }
    }

    func sync() throws(SystemCallFailure) {
        if fsync(descriptor) < 0 { throw SystemCallFailure("fsync", path) }
    }
}
