import CSandbox
import Glibc

/// The namespaces that a pod's containers share, each kept by a file, so that no process need hold them.
struct PodNamespaces: Sendable {
    /// A kind by its name in `/proc/<pid>/ns`.
    enum Kind: String, Sendable, CaseIterable {
        case net, ipc, uts

        fileprivate var flag: Int32 {
            switch self {
            case .net: csandbox_new_network
            case .ipc: csandbox_new_ipc
            case .uts: csandbox_new_uts
            }
        }
    }

    let pod: PodDirectory

    /// Makes namespaces; kinds that are there already are made anew.
    func create(_ kinds: [Kind], hostname: String) throws(SystemCallFailure) {
        try remove()
        try Disk.makeDirectory(pod.mounts, mode: 0o700)
        try Self.pin(kinds.map { ($0, pod.namespace($0)) }, hostname: hostname)
    }

    /// Makes namespaces, each kept by a file that is made as well.
    ///
    /// - Parameter hostname: the name of the machine in a new namespace of kind `uts`.
    static func pin(_ files: [(kind: Kind, path: String)], hostname: String) throws(SystemCallFailure) {
        for file in files { _ = try OpenFile(file.path, O_WRONLY | O_CREAT) }
        let names = files.map { strdup($0.kind.rawValue) }
        let paths = files.map { strdup($0.path) }
        defer { for text in names + paths { free(text) } }
        let number = csandbox_pin_namespaces(
            files.reduce(0) { $0 | $1.kind.flag }, hostname, names.map { UnsafePointer($0) },
            paths.map { UnsafePointer($0) }, files.count)
        if number != 0 {
            throw SystemCallFailure("create namespaces at", files.map(\.path).joined(separator: ", "), number)
        }
    }

    /// The kinds that the pod has of its own.
    func existing() -> [Kind] {
        let mounted = Set(Mounts.below(pod.mounts))
        return Kind.allCases.filter { mounted.contains(pod.namespace($0)) }
    }

    /// Lets go of the namespaces; those that no process uses are gone with that.
    func remove() throws(SystemCallFailure) {
        for kind in Kind.allCases where Disk.exists(pod.namespace(kind)) {
            try Mounts.unmount(pod.namespace(kind))
            try Disk.remove(pod.namespace(kind))
        }
    }
}
