import Glibc

/// How the machine's own root directory is shown to a container: read-only, without secrets and other's files.
struct HostTree: Sendable {
    /// A directory that each container has for itself.
    struct PrivateDirectory: Sendable, Hashable {
        let path: String
        /// Where its files lie on the machine.
        let source: String
        let mode: mode_t
    }

    /// Directories at the root that are shown, and links as they are.
    private(set) var directories: [String] = []
    private(set) var links: [(path: String, target: String)] = []
    let privateDirectories: [PrivateDirectory]
    /// Directories shown empty.
    private(set) var hiddenDirectories: [String]

    /// - Parameter hidden: directories whose contents a container must not see.
    init(for container: ContainerDirectory, hidden: [String]) {
        let home = Self.home()
        var privateDirectories = [("/tmp", "tmp", 0o1777), ("/run", "run", 0o755)]
        if home != "/" { privateDirectories.append((home, "home", 0o700)) }
        self.privateDirectories = privateDirectories.map { path, name, mode in
            PrivateDirectory(path: path, source: "\(container.privateFiles)/\(name)", mode: mode_t(mode))
        }
        let replaced = Set(["/proc", "/sys", "/dev", "/lost+found"] + self.privateDirectories.map(\.path))
        for name in Disk.entries("/") where !replaced.contains("/\(name)") {
            if let target = Disk.symbolicLink("/\(name)") {
                links.append(("/\(name)", target))
            } else if Disk.isDirectory("/\(name)") {
                directories.append("/\(name)")
            }
        }
        let shown = directories
        hiddenDirectories = hidden.filter { path in
            Disk.isDirectory(path) && shown.contains { path == $0 || path.hasPrefix($0 + "/") }
        }
    }

    /// Makes the private directories.
    func create() throws(SystemCallFailure) {
        for directory in privateDirectories {
            try Disk.makeDirectory(directory.source)
            if chmod(directory.source, directory.mode) < 0 {
                throw SystemCallFailure("chmod", directory.source)
            }
        }
    }

    /// The home directory of the user we run as, which holds that user's keys and tokens.
    private static func home() -> String {
        guard let entry = getpwuid(geteuid()), let directory = entry.pointee.pw_dir else { return "/" }
        let home = String(cString: directory)
        return home.hasPrefix("/") && Disk.isDirectory(home) ? home : "/"
    }
}
