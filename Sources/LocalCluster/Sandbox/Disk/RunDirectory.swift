/// The directory that holds all there is to know of pods on this machine.
///
///     pods/<uid>/record.json                    the pod and what it was given; written first, removed last
///     pods/<uid>/etc/{hosts,resolv.conf,hostname}
///     pods/<uid>/containers/<name>/<attempt>/   see `ContainerDirectory`
///     mounts/<uid>/{net,ipc,uts}                the pod's namespaces
///     mounts/<uid>/volumes/<name>               its volumes in memory
///     mounts/<uid>/<name>.<attempt>             root file systems of its containers
///     mounts/<uid>/<name>.<attempt>.net         the networks of those that do not share the pod's
///     runc/                                     the OCI runtime's own state
///     trash/                                    what is being deleted
struct RunDirectory: Sendable, Hashable {
    let path: String

    var pods: String { "\(path)/pods" }
    var mounts: String { "\(path)/mounts" }
    var runtimeState: String { "\(path)/runc" }
    var trash: Trash { Trash(path: "\(path)/trash") }

    func pod(_ uid: String) -> PodDirectory {
        PodDirectory(uid: uid, path: "\(pods)/\(uid)", mounts: "\(mounts)/\(uid)")
    }

    func container(_ id: ContainerID) -> ContainerDirectory { pod(id.pod).container(id) }

    /// The uids of pods that have a directory of either kind.
    func podUIDs() -> [String] { Set(Disk.entries(pods) + Disk.entries(mounts)).sorted() }
}

/// The files of one pod.
struct PodDirectory: Sendable, Hashable {
    let uid: String
    let path: String
    let mounts: String

    var record: String { "\(path)/record.json" }
    var etc: String { "\(path)/etc" }
    var containers: String { "\(path)/containers" }

    func namespace(_ kind: PodNamespaces.Kind) -> String { "\(mounts)/\(kind.rawValue)" }
    func volume(_ name: String) -> String { "\(mounts)/volumes/\(name)" }

    func container(_ id: ContainerID) -> ContainerDirectory {
        ContainerDirectory(
            id: id, path: "\(containers)/\(id.name)/\(id.attempt)", root: "\(mounts)/\(id.name).\(id.attempt)"
        )
    }

    /// The containers that have a directory.
    func containerIDs() -> [ContainerID] {
        Disk.entries(containers).flatMap { name in
            Disk.entries("\(containers)/\(name)").compactMap { Int($0) }.sorted().map {
                ContainerID(pod: uid, name: name, attempt: $0)
            }
        }
    }
}

/// The files of one run of a container.
struct ContainerDirectory: Sendable, Hashable {
    let id: ContainerID
    let path: String
    /// Where its root file system is mounted.
    let root: String

    /// What keeps the network of one that does not share its pod's.
    var network: String { "\(root).net" }

    /// What was asked for; written first.
    var spec: String { "\(path)/spec.json" }
    /// A line of `/proc/<pid>/stat` each: of the process that watches over the container, and of the one it started.
    var monitor: String { "\(path)/monitor" }
    var child: String { "\(path)/child" }
    /// Where a runtime says what it does, and what it reads its options from.
    var status: String { "\(path)/status" }
    var options: String { "\(path)/options" }
    /// The exit code and a line break, once the container has ended.
    var exit: String { "\(path)/exit" }
    var log: String { "\(path)/log" }
    var logIndex: String { "\(path)/log.index" }
    var bundle: String { "\(path)/bundle" }
    /// What the container writes: over its image, in a copy of it, or in private directories of the machine's root.
    var upper: String { "\(path)/upper" }
    var work: String { "\(path)/work" }
    var copy: String { "\(path)/copy" }
    var privateFiles: String { "\(path)/private" }
}
