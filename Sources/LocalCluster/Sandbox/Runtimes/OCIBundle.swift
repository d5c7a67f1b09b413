import CSandbox
import Glibc
import Manifest

/// A container in the words of the OCI runtime specification 1.0, `config.json`.
///
/// No resource limits are set: machines that cannot raise them must work, and memory is not enforced here.
struct OCIBundle {
    let configuration: Value

    /// Describes a container; for the machine's own root it makes the directory that becomes `/`.
    ///
    /// - Throws: `SystemCallFailure`.
    init(_ container: PreparedContainer) throws {
        let root: String
        switch container.root {
        case .directory(let path): root = path
        case .host(let tree):
            root = "\(container.directory.bundle)/rootfs"
            try Disk.makeDirectory(root, mode: 0o755)
            for link in tree.links where symlink(link.target, root + link.path) < 0 && errno != EEXIST {
                throw SystemCallFailure("symlink", root + link.path)
            }
        }
        configuration = [
            "ociVersion": "1.0.2",
            "root": ["path": .string(root), "readonly": .bool(container.isRootReadOnly)],
            "process": Self.process(container),
            "mounts": .array(Self.mounts(container)),
            "linux": [
                "namespaces": .array(Self.namespaces(container)),
                "maskedPaths": .array(Self.maskedPaths(container).map(Value.string)),
                "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
            ],
        ]
    }

    private static func process(_ container: PreparedContainer) -> Value {
        let spec = container.spec
        let capabilities = Value.array(spec.capabilities.names.map(Value.string))
        return [
            "terminal": false,
            "user": [
                "uid": .integer(Int64(spec.user.user)), "gid": .integer(Int64(spec.user.group)),
                "additionalGids": .array(spec.user.groups.map { .integer(Int64($0)) }),
            ],
            "args": .array(spec.arguments.map(Value.string)),
            "env": .array(container.environment.map { .string("\($0.name)=\($0.value)") }),
            "cwd": .string(spec.workingDirectory),
            // Neither inheritable nor ambient: a user other than root starts without any.
            "capabilities": ["bounding": capabilities, "effective": capabilities, "permitted": capabilities],
            "noNewPrivileges": .bool(!spec.allowsNewPrivileges),
        ]
    }

    private static func namespaces(_ container: PreparedContainer) -> [Value] {
        let types = [PodNamespaces.Kind.net: "network", .ipc: "ipc", .uts: "uts"]
        let shared = container.namespaces.compactMap { kind -> Value? in
            types[kind].map { ["type": .string($0), "path": .string(container.path(of: kind))] }
        }
        return [["type": "pid"], ["type": "mount"]] + shared
    }

    private static func maskedPaths(_ container: PreparedContainer) -> [String] {
        let kernel = [
            "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
        ]
        guard case .host(let tree) = container.root else { return kernel }
        return kernel + tree.hiddenDirectories + tree.hiddenFiles
    }

    private static func mounts(_ container: PreparedContainer) -> [Value] {
        var mounts: [Value] = []
        if case .host(let tree) = container.root {
            mounts += tree.directories.map { bind($0, at: $0, options: [recursivelyReadOnly]) }
            mounts += tree.privateDirectories.map { bind($0.source, at: $0.path, options: []) }
        }
        mounts += [
            mount("proc", "proc", at: "/proc", ["nosuid", "noexec", "nodev"]),
            mount("tmpfs", "tmpfs", at: "/dev", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            mount(
                "devpts", "devpts", at: "/dev/pts",
                ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            mount("tmpfs", "shm", at: "/dev/shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            mount("mqueue", "mqueue", at: "/dev/mqueue", ["nosuid", "noexec", "nodev"]),
            mount("sysfs", "sysfs", at: "/sys", ["nosuid", "noexec", "nodev", "ro"]),
        ]
        return mounts
            + container.mounts.map { item in
                switch item.source {
                case .path(let path):
                    bind(
                        path, at: item.destination, options: item.isReadOnly ? [recursivelyReadOnly] : ["rw"])
                case .memory(let limit):
                    mount(
                        "tmpfs", "tmpfs", at: item.destination,
                        ["nosuid", "nodev", "mode=1777"] + (limit.map { ["size=\($0)"] } ?? []))
                }
            }
    }

    /// Mounts below become read-only too where the kernel can do that (mount_setattr, Linux 5.12).
    private static let recursivelyReadOnly: String = {
        var system = utsname()
        uname(&system)
        let release = withUnsafeBytes(of: &system.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.lexicographicallyPrecedes([5, 12]) ? "ro" : "rro"
    }()

    private static func bind(_ source: String, at destination: String, options: [String]) -> Value {
        mount("bind", source, at: destination, ["rbind", "rprivate"] + options)
    }

    private static func mount(
        _ type: String, _ source: String, at destination: String, _ options: [String]
    ) -> Value {
        [
            "destination": .string(destination), "type": .string(type), "source": .string(source),
            "options": .array(options.map(Value.string)),
        ]
    }
}
