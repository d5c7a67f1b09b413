import CSandbox
import Glibc

/// An open file descriptor, closed when the last reference to it is gone.
final class OpenFile: Sendable {
    let descriptor: Int32

    /// Takes over a descriptor.
    init(owning descriptor: Int32) { self.descriptor = descriptor }

    /// Opens a file; the descriptor is not handed on to programs.
    init(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemCallFailure) {
        descriptor = open(path, flags | O_CLOEXEC, mode)
        if descriptor < 0 { throw SystemCallFailure("open", path) }
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes from the current place, fewer only at the end of the file or of what a pipe holds.
    func read(upTo count: Int) throws(SystemCallFailure) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
                if got < 0, errno == EINTR { continue }
                if got < 0, errno != EAGAIN { failure = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        if failure != 0 { throw SystemCallFailure("read", "descriptor \(descriptor)", failure) }
        return bytes
    }

    /// Up to `count` bytes from a place of the file, fewer only at its end.
    func read(upTo count: Int, at offset: Int) throws(SystemCallFailure) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let place = off_t(offset + filled)
                let got = pread(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, place)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        if failure != 0 { throw SystemCallFailure("read", "descriptor \(descriptor)", failure) }
        return bytes
    }

    /// The file's length.
    var size: Int {
        FileStatus(descriptor: descriptor)?.size ?? 0
    }

    /// The first byte at or after a place that lies in no hole; the file's end where there is none.
    func firstData(from offset: Int) -> Int {
        let place = lseek(descriptor, off_t(offset), csandbox_seek_data)
        return place >= 0 ? Int(place) : errno == ENXIO ? size : offset
    }

    func write(_ bytes: [UInt8]) throws(SystemCallFailure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw SystemCallFailure("write", "descriptor \(descriptor)") }
            written += count
        }
    }
}
