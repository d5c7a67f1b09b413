import Glibc

/// Where paths of a container lie on the machine, its mounts and symbolic links considered.
struct ContainerView: Sendable {
    /// A path of the container, with no symbolic link in it, and where it lies.
    struct Place: Sendable, Hashable {
        let path: String
        /// Nil where the machine has no such path, as in a file system in memory.
        let hostPath: String?
    }

    private let root: String
    private let mounts: [(destination: String, source: String?)]

    /// - Parameters:
    ///   - root: the directory that the container sees as `/`.
    ///   - mounts: what lies over it; nil for what has no path on the machine.
    init(root: String, mounts: [(destination: String, source: String?)]) {
        self.root = root == "/" ? "" : root
        self.mounts = mounts.sorted { $0.destination.utf8.count > $1.destination.utf8.count }
    }

    /// Follows all symbolic links of an absolute path, which need not exist to its end.
    ///
    /// Nil where the links go round in circles.
    func resolve(_ path: String) -> Place? {
        var pending = Self.components(path)
        var done: [String] = []
        var links = 0
        while let component = pending.popLast() {
            if component == ".." {
                _ = done.popLast()
                continue
            }
            done.append(component)
            guard let host = hostPath(Self.joined(done)), let target = Disk.symbolicLink(host) else {
                continue
            }
            links += 1
            if links > 40 { return nil }
            done.removeLast()
            if target.hasPrefix("/") { done = [] }
            pending += Self.components(target)
        }
        return Place(path: Self.joined(done), hostPath: hostPath(Self.joined(done)))
    }

    private func hostPath(_ path: String) -> String? {
        for mount in mounts {
            if path == mount.destination { return mount.source }
            if path.hasPrefix(mount.destination + "/") {
                return mount.source.map { $0 + path.dropFirst(mount.destination.count) }
            }
        }
        return root + path
    }

    /// The names of a path, last first.
    private static func components(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.reversed().map(String.init)
    }

    private static func joined(_ components: [String]) -> String { "/" + components.joined(separator: "/") }
}

extension ContainerView {
    /// Why a program cannot be executed, in the words of Kubernetes' runtimes; nil where it can or may be.
    func faultOfProgram(_ name: String, searchPath: String, workingDirectory: String) -> String? {
        if name.isEmpty { return "exec: no command" }
        if name.utf8.contains(UInt8(ascii: "/")) {
            let path = name.hasPrefix("/") ? name : workingDirectory + "/" + name
            return fault(ofFile: path).map { "exec: \"\(name)\": \($0)" }
        }
        let directories = searchPath.split(separator: ":", omittingEmptySubsequences: false)
        let isFound = directories.contains { fault(ofFile: ($0.isEmpty ? "." : $0) + "/" + name) == nil }
        return isFound ? nil : "exec: \"\(name)\": executable file not found in $PATH"
    }

    private func fault(ofFile path: String) -> String? {
        guard let place = resolve(path) else { return "stat \(path): too many levels of symbolic links" }
        // What the machine cannot look into, the runtime will.
        guard let hostPath = place.hostPath else { return "stat \(path): no such file or directory" }
        guard let status = FileStatus(hostPath, followingLinks: true) else {
            return errno == EACCES ? nil : "stat \(path): no such file or directory"
        }
        if status.kind == .directory { return "is a directory" }
        return status.permissions & 0o111 == 0 ? "permission denied" : nil
    }
}
