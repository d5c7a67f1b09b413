import Foundation

/// Files that hold secrets: readable by their owner only, and either whole or not there.
public enum PrivateFile {
    /// Writes a file through a temporary one beside it, so that a crash leaves the old file or the new one.
    ///
    /// - Throws: ``ServerError`` with `storage` where the file cannot be written.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = "\(path).\(UInt64.random(in: 0...UInt64.max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("write", path) }
        let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let problem = errno
        close(descriptor)
        guard isWritten else {
            unlink(temporary)
            throw failure("write", path, problem)
        }
        guard rename(temporary, path) == 0 else {
            let problem = errno
            unlink(temporary)
            throw failure("write", path, problem)
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { writeSome(descriptor, $0) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func writeSome(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        Foundation.write(descriptor, buffer.baseAddress, buffer.count)
    }

    /// The bytes of a file, nil where it does not exist.
    ///
    /// - Throws: ``ServerError`` with `storage` where the file is there and cannot be read.
    public static func read(_ path: String) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else { throw failure("read", path) }
        return Array(data)
    }

    /// Sees to it that nobody but a file's owner may read or write it, before its first byte is written: a missing file is
    /// made, a wider one that is there is narrowed.
    ///
    /// The file is not opened where it is there: closing it would drop the locks that this process holds on it.
    ///
    /// - Throws: ``ServerError`` with `storage` where it cannot be made, or belongs to somebody else and is wider.
    public static func prepare(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            return
        }
        guard errno == EEXIST else { throw failure("make", path) }
        try narrow(path)
    }

    /// Takes from everybody but its owner what they may do with a file or a directory; a missing one is fine.
    ///
    /// - Throws: ``ServerError`` with `storage`.
    public static func narrow(_ path: String) throws {
        let manager = FileManager.default
        let file = URL(filePath: path).resolvingSymlinksInPath().path
        guard manager.fileExists(atPath: file) else { return }
        guard let mode = try manager.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber,
            mode.uint16Value & 0o077 != 0
        else { return }
        guard chmod(file, mode_t(mode.uint16Value & 0o700)) == 0 else {
            throw failure("keep other users from reading", path)
        }
    }

    /// Makes a directory that only its owner may enter, and those above it that are missing.
    ///
    /// - Throws: ``ServerError`` with `storage` where it cannot be made.
    public static func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ServerError(
                .storage,
                "cannot make the directory \(path); choose another, or one of which the parent is writable")
        }
        guard access(path, W_OK | X_OK) == 0 else { throw failure("write in", path) }
    }

    private static func failure(_ deed: String, _ path: String, _ code: Int32 = errno) -> ServerError {
        ServerError(.storage, "cannot \(deed) \(path): \(String(cString: strerror(code)))")
    }
}
