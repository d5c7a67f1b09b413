import Glibc

/// Files and directories of the machine, by path. Every call blocks for as long as the disk takes.
enum Disk {
    /// The bytes of a file, nil where there is none.
    static func read(_ path: String, limit: Int = 8 << 20) throws(SystemCallFailure) -> [UInt8]? {
        do {
            return try OpenFile(path, O_RDONLY).read(upTo: limit)
        } catch {
            if error.number == ENOENT || error.number == ENOTDIR { return nil }
            throw error
        }
    }

    /// The text of a small file without its last line break, nil where it cannot be read.
    static func text(_ path: String) -> String? {
        guard let bytes = try? read(path, limit: 64 << 10) else { return nil }
        return String(
            decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    /// Replaces a file so that a reader, even after a crash, finds the old or the new one and nothing between.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(SystemCallFailure) {
        let draft = path + ".new"
        let file = try OpenFile(draft, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try file.write(bytes)
        if fchmod(file.descriptor, mode) < 0 { throw SystemCallFailure("chmod", draft) }
        if rename(draft, path) < 0 { throw SystemCallFailure("rename", path) }
    }

    /// Changes a file in its place, as must be done to one that is mounted elsewhere.
    static func overwrite(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(SystemCallFailure) {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try file.write(bytes)
        if fchmod(file.descriptor, mode) < 0 { throw SystemCallFailure("chmod", path) }
    }

    /// Makes a directory and those above it that are missing.
    static func makeDirectory(_ path: String, mode: mode_t = 0o711) throws(SystemCallFailure) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemCallFailure("mkdir", path)
        }
        try makeDirectory(String(path[..<slash]), mode: mode)
        if mkdir(path, mode) < 0, errno != EEXIST { throw SystemCallFailure("mkdir", path) }
    }

    /// What `lstat` says, nil where there is nothing or nothing may be seen.
    static func status(_ path: String) -> FileStatus? {
        FileStatus(path)
    }

    static func exists(_ path: String) -> Bool { status(path) != nil }

    static func isDirectory(_ path: String) -> Bool {
        status(path)?.kind == .directory
    }

    /// What a symbolic link says, nil for anything else.
    static func symbolicLink(_ path: String) -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
            let count = buffer.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlink(path, $0, characters.count) } ?? 0
            }
            filled = max(0, count)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// The names in a directory, in order; none where there is no such directory.
    static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        return names(in: directory).sorted()
    }

    static func names(in directory: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
