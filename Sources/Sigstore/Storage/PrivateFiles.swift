import Glibc

/// Files that survive a power cut and that nobody else may read. Every call blocks.
enum PrivateFiles {
    /// Makes a directory for its owner alone, and those above it.
    static func makeDirectory(_ path: String) throws(SigstoreError) {
        if mkdir(path, 0o700) == 0 { return try syncDirectory(parent(of: path)) }
        if errno == ENOENT, parent(of: path) != path {
            try makeDirectory(parent(of: path))
            return try makeDirectory(path)
        }
        guard errno == EEXIST else { throw failure("make the directory", path) }
    }

    /// The bytes of a file, nil where there is none.
    static func read(_ path: String, limit: Int = 1 << 20) throws(SigstoreError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw failure("open", path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("read", path)
            }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw SigstoreError(
                    .tooLarge, "\(path) is larger than \(limit) bytes; it is not what it should be")
            }
        }
    }

    /// Replaces a file so that a reader finds the old or the new one, and nothing between.
    static func replace(_ path: String, with bytes: [UInt8]) throws(SigstoreError) {
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("create", path) }
        let draft = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        do throws(SigstoreError) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, path)
            if fchmod(descriptor, 0o600) < 0 || fsync(descriptor) < 0 { throw failure("write", path) }
            if rename(draft, path) < 0 { throw failure("rename", path) }
        } catch {
            unlink(draft)
            throw error
        }
        try syncDirectory(parent(of: path))
    }

    /// Adds bytes to the end of a file that is there, on disk when this returns.
    static func append(_ bytes: [UInt8], to path: String) throws(SigstoreError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        try write(bytes, to: descriptor, path)
        if fdatasync(descriptor) < 0 { throw failure("sync", path) }
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(SigstoreError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { offset += count } else if errno != EINTR { throw failure("write", path) }
        }
    }

    static func syncDirectory(_ path: String) throws(SigstoreError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        if fsync(descriptor) < 0 { throw failure("sync", path) }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func failure(_ action: String, _ path: String) -> SigstoreError {
        let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
        return SigstoreError(.storage, "cannot \(action) \(path): \(reason)")
    }
}
