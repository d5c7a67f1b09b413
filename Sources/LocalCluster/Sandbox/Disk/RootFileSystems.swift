import Glibc

/// Gives containers root directories of their own over unpacked images, and takes them back.
struct RootFileSystems: Sendable {
    /// Whether this machine lets us lay a writable directory over others; otherwise images are copied.
    let usesOverlay: Bool
    private let trash: Trash

    /// Finds out by mounting one.
    init(probing run: RunDirectory) {
        trash = run.trash
        let probe = "\(run.path)/overlay-probe"
        defer {
            try? Mounts.unmount("\(probe)/merged")
            try? Disk.remove(probe)
        }
        do {
            for name in ["lower", "upper", "work", "merged"] { try Disk.makeDirectory("\(probe)/\(name)") }
            try Self.mountOverlay(
                ["\(probe)/lower"], upper: "\(probe)/upper", work: "\(probe)/work", at: "\(probe)/merged")
            usesOverlay = true
        } catch {
            usesOverlay = false
        }
    }

    init(usesOverlay: Bool, trash: Trash) {
        self.usesOverlay = usesOverlay
        self.trash = trash
    }

    /// Makes the container's root directory from layers, lowest first, and returns its path.
    ///
    /// What a start that was interrupted has left is replaced.
    func prepare(_ layers: [String], for container: ContainerDirectory) async throws -> String {
        for layer in layers where !Disk.isDirectory(layer) { throw SystemCallFailure("open", layer, ENOENT) }
        try release(container)
        if usesOverlay {
            try Disk.makeDirectory(container.upper)
            // The upper directory's mode becomes that of the container's `/`.
            chmod(container.upper, 0o755)
            for directory in [container.work, container.root] { try Disk.makeDirectory(directory) }
            try Self.mountOverlay(layers, upper: container.upper, work: container.work, at: container.root)
            return container.root
        }
        try Disk.makeDirectory(container.copy)
        for layer in layers { try await LayerCopy.copy(layer, onto: container.copy) }
        return container.copy
    }

    /// Takes the root directory and all that was written to it away; does nothing where there is none.
    func release(_ container: ContainerDirectory) throws(SystemCallFailure) {
        if Disk.exists(container.root) {
            try Mounts.unmount(container.root)
            try Disk.remove(container.root)
        }
        for path in [
            container.upper, container.work, container.copy, container.privateFiles, container.bundle,
        ] {
            try trash.discard(path)
        }
    }

    private static func mountOverlay(
        _ layers: [String], upper: String, work: String, at target: String
    ) throws(SystemCallFailure) {
        // By descriptor: paths may hold colons and commas, and all options must fit a page of memory.
        var files: [OpenFile] = []
        for path in layers.reversed() + [upper, work] {
            files.append(try OpenFile(path, O_RDONLY | O_DIRECTORY))
        }
        let paths = files.map { "/proc/self/fd/\($0.descriptor)" }
        let options =
            "lowerdir=\(paths.dropLast(2).joined(separator: ":"))"
            + ",upperdir=\(paths[paths.count - 2]),workdir=\(paths[paths.count - 1])"
        try withExtendedLifetime(files) { () throws(SystemCallFailure) in
            do {
                // What a container writes over its image is gone with it, so that nothing need reach the disk.
                try Mounts.mount("overlay", at: target, type: "overlay", options: options + ",volatile")
            } catch {
                try Mounts.mount("overlay", at: target, type: "overlay", options: options)
            }
        }
    }
}
