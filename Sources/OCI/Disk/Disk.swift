import Glibc

/// Files of the machine, by path. Every call blocks for as long as the disk takes.
enum Disk {
    /// The bytes of a file, nil where there is none.
    ///
    /// - Throws: `SystemCallFailure`, with `EFBIG` for a file of more than `limit` bytes.
    static func read(_ path: String, limit: Int) throws(SystemCallFailure) -> [UInt8]? {
        do throws(SystemCallFailure) {
            guard let bytes = try OpenFile(path, O_RDONLY).readAll(limit: limit) else {
                throw SystemCallFailure("read", path, EFBIG)
            }
            return bytes
        } catch {
            if error.number == ENOENT || error.number == ENOTDIR { return nil }
            throw error
        }
    }

    /// What `lstat` says, nil where there is nothing or nothing may be seen.
    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    static func isDirectory(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// The size of a regular file, nil where there is none.
    static func size(_ path: String) -> Int64? {
        guard let status = status(path), status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    /// Makes a directory and those above it that are missing; what is new will survive a power cut.
    static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(SystemCallFailure) {
        if mkdir(path, mode) == 0 { return try syncDirectory(parent(of: path)) }
        if errno == EEXIST { return }
        let above = parent(of: path)
        guard errno == ENOENT, above != path else { throw SystemCallFailure("mkdir", path) }
        try makeDirectory(above, mode: mode)
        if mkdir(path, mode) < 0 {
            if errno == EEXIST { return }
            throw SystemCallFailure("mkdir", path)
        }
        try syncDirectory(above)
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Brings a directory's entries to the disk.
    static func syncDirectory(_ path: String) throws(SystemCallFailure) {
        try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
    }

    /// A new file with a name nobody else has, in a directory.
    static func makeTemporary(in directory: String, prefix: String) throws(SystemCallFailure) -> OpenFile {
        var template = Array("\(directory)/\(prefix)XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        guard descriptor >= 0 else { throw SystemCallFailure("create", path) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return OpenFile(owning: descriptor, path: path)
    }

    /// A new directory with a name nobody else has, in a directory.
    static func makeTemporaryDirectory(
        in directory: String, prefix: String
    ) throws(SystemCallFailure) -> String {
        var template = Array("\(directory)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemCallFailure("mkdir", "\(directory)/\(prefix)XXXXXX")
        }
        return template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Replaces a file so that a reader, even after a power cut, finds the old or the new one and nothing between.
    static func replace(
        _ path: String, with bytes: [UInt8], mode: mode_t = 0o644
    ) throws(SystemCallFailure) {
        let directory = parent(of: path)
        let draft = try makeTemporary(in: directory, prefix: ".new-")
        do throws(SystemCallFailure) {
            try draft.write(bytes)
            if fchmod(draft.descriptor, mode) < 0 { throw SystemCallFailure("chmod", draft.path) }
            try draft.sync()
            if rename(draft.path, path) < 0 { throw SystemCallFailure("rename", path) }
        } catch {
            unlink(draft.path)
            throw error
        }
        try syncDirectory(directory)
    }

    /// The names in a directory, in order; none where there is no such directory.
    static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Runs `body` while no other process or thread does so with the same lock file.
    static func withLock<T, Failure: Error>(
        _ path: String, failure: (SystemCallFailure) -> Failure, _ body: () throws(Failure) -> T
    ) throws(Failure) -> T {
        let file: OpenFile
        do throws(SystemCallFailure) {
            file = try OpenFile(path, O_RDWR | O_CREAT)
            while flock(file.descriptor, LOCK_EX) < 0 {
                if errno != EINTR { throw SystemCallFailure("flock", path) }
            }
        } catch { throw failure(error) }
        defer { withExtendedLifetime(file) {} }
        return try body()
    }
}
