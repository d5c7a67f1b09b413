import Glibc

/// A path of the machine that a pod mounts, checked as its type asks.
enum HostPath {
    /// Makes or checks what a `hostPath` volume names.
    ///
    /// - Throws: ``ConfigurationFault`` in upstream's words.
    static func prepare(_ path: String, type: String) throws {
        let status = FileStatus(path, followingLinks: true)
        let exists = status != nil
        func check(_ expected: FileStatus.Kind, _ name: String) throws(ConfigurationFault) {
            if status?.kind != expected {
                throw ConfigurationFault("hostPath type check failed: \(path) is not a \(name)")
            }
        }
        switch type {
        case "": return
        case "DirectoryOrCreate":
            if !exists { return try Disk.makeDirectory(path, mode: 0o755) }
            try check(.directory, "directory")
        case "Directory": try check(.directory, "directory")
        case "FileOrCreate":
            if !exists {
                _ = try OpenFile(path, O_WRONLY | O_CREAT, mode: 0o644)
                return
            }
            try check(.file, "file")
        case "File": try check(.file, "file")
        case "Socket": try check(.socket, "socket")
        case "CharDevice": try check(.characterDevice, "character device")
        case "BlockDevice": try check(.blockDevice, "block device")
        default: throw ConfigurationFault("\(type) is an invalid volume type")
        }
    }
}
