#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that is only ever written at its end. Calls block.
struct AppendingFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws(GitOpsError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw Self.failure(path) }
    }

    deinit { close(descriptor) }

    /// Writes bytes and forces them to the disk.
    func append(_ bytes: [UInt8]) throws(GitOpsError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Self.failure(path)
            }
        }
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> GitOpsError {
        let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
        return GitOpsError(.refused, "the audit log \(path) cannot be written: \(reason)")
    }
}
