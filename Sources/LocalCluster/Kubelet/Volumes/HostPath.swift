import Glibc

/// A path of the machine that a pod mounts, checked as its type asks.
enum HostPath {
    /// Makes or checks what a `hostPath` volume names.
    ///
    /// - Throws: ``ConfigurationFault`` in upstream's words.
    static func prepare(_ path: String, type: String) throws {
        var status = stat()
        let exists = stat(path, &status) == 0
        let kind = status.st_mode & S_IFMT
        func check(_ expected: mode_t, _ name: String) throws(ConfigurationFault) {
            if !exists || kind != expected {
                throw ConfigurationFault("hostPath type check failed: \(path) is not a \(name)")
            }
        }
        switch type {
        case "": return
        case "DirectoryOrCreate":
            if !exists { return try Disk.makeDirectory(path, mode: 0o755) }
            try check(S_IFDIR, "directory")
        case "Directory": try check(S_IFDIR, "directory")
        case "FileOrCreate":
            if !exists {
                _ = try OpenFile(path, O_WRONLY | O_CREAT, mode: 0o644)
                return
            }
            try check(S_IFREG, "file")
        case "File": try check(S_IFREG, "file")
        case "Socket": try check(S_IFSOCK, "socket")
        case "CharDevice": try check(S_IFCHR, "character device")
        case "BlockDevice": try check(S_IFBLK, "block device")
        default: throw ConfigurationFault("\(type) is an invalid volume type")
        }
    }
}
