import Glibc

/// A container in the words of bwrap(1).
struct BubblewrapArguments {
    private(set) var options: [String] = []
    private(set) var command: [String]

    /// - Throws: ``SandboxError`` with code `unsupported` for an identity that cannot be had here.
    init(_ container: PreparedContainer, userSwitch: UserSwitch?) throws(SandboxError) {
        command = container.spec.arguments
        let isRoot = geteuid() == 0
        options += ["--die-with-parent", "--as-pid-1", "--unshare-pid", "--json-status-fd", "3"]
        if !container.namespaces.contains(.ipc) { options += ["--unshare-ipc"] }
        if !isRoot { options += ["--unshare-uts", "--hostname", container.hostname] }
        options.append("--clearenv")
        for variable in container.environment { options += ["--setenv", variable.name, variable.value] }
        showRoot(container)
        for mount in container.mounts { show(mount, in: container) }
        if isRoot {
            try takeIdentity(container.spec, userSwitch: userSwitch)
        } else {
            options += ["--unshare-user", "--uid", "\(container.spec.user.user)"]
            options += ["--gid", "\(container.spec.user.group)"]
        }
        if container.isRootReadOnly { options += ["--remount-ro", "/"] }
        options += ["--chdir", container.spec.workingDirectory]
    }

    private mutating func showRoot(_ container: PreparedContainer) {
        switch container.root {
        case .directory(let path):
            options += ["--bind", path, "/"]
        case .host(let tree):
            for directory in tree.directories { options += ["--ro-bind", directory, directory] }
            for link in tree.links { options += ["--symlink", link.target, link.path] }
            for directory in tree.hiddenDirectories {
                options += ["--perms", "0700", "--tmpfs", directory, "--remount-ro", directory]
            }
            for file in tree.hiddenFiles { options += ["--ro-bind", "/dev/null", file] }
            for directory in tree.privateDirectories {
                options += ["--bind", directory.source, directory.path]
            }
        }
        options += [
            "--proc", "/proc", "--dev", "/dev", "--mqueue", "/dev/mqueue", "--ro-bind", "/sys", "/sys",
        ]
        options += ["--perms", "1777", "--tmpfs", "/dev/shm"]
    }

    private mutating func show(_ mount: ContainerMount, in container: PreparedContainer) {
        // Unlike OCI runtimes, bubblewrap does not follow links that lead to the place.
        let destination = container.view.resolve(mount.destination)?.path ?? mount.destination
        switch mount.source {
        case .path(let path):
            options += [mount.isReadOnly ? "--ro-bind" : "--bind", path, destination]
        case .memory(let limit):
            if let limit { options += ["--size", "\(limit)"] }
            options += ["--perms", "1777", "--tmpfs", destination]
        }
    }

    private mutating func takeIdentity(_ spec: ContainerSpec, userSwitch: UserSwitch?) throws(SandboxError) {
        options += ["--cap-drop", "ALL"]
        var capabilities = spec.capabilities.names
        if spec.user != .root {
            guard let userSwitch else {
                throw SandboxError(
                    .unsupported,
                    "container \(spec.id.name) cannot run as user \(spec.user.user) in bubblewrap on this machine:"
                        + " install util-linux's setpriv, or runc")
            }
            for mount in userSwitch.mounts { options += ["--ro-bind", mount.source, mount.destination] }
            command = userSwitch.command(command, as: spec.user)
            capabilities += ["CAP_SETUID", "CAP_SETGID"]
        }
        for name in capabilities { options += ["--cap-add", name] }
    }
}
