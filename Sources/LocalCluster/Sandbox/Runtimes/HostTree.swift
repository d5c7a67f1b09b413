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
    /// Directories and files shown empty.
    let hiddenDirectories: [String]
    let hiddenFiles: [String]

    /// - Parameter hidden: directories whose contents a container must not see.
    init(for container: ContainerDirectory, hidden: [String]) {
        var privateDirectories = [("/tmp", "tmp", 0o1777), ("/run", "run", 0o755)]
        for (number, home) in Self.homes().enumerated() {
            privateDirectories.append((home, "home-\(number)", 0o700))
        }
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
        hiddenDirectories = (hidden + ["/etc/ssl/private", "/etc/kubernetes"]).filter { path in
            Disk.isDirectory(path) && shown.contains { path == $0 || path.hasPrefix($0 + "/") }
        }
        hiddenFiles = Self.secretFiles().filter(Disk.exists)
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

    /// The home directories of root and of the user we run as, who have their keys and tokens there.
    private static func homes() -> [String] {
        let users = UserDatabase(of: .host)
        return Set([0, geteuid()].map { users.home(of: $0) }).filter { $0 != "/" && Disk.isDirectory($0) }
            .sorted()
    }

    /// The machine's own passwords and keys.
    private static func secretFiles() -> [String] {
        let hostKeys = Disk.entries("/etc/ssh").filter { $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key") }
        return ["shadow", "shadow-", "gshadow", "gshadow-", "krb5.keytab"].map { "/etc/\($0)" }
            + hostKeys.map { "/etc/ssh/\($0)" }
    }
}
