import Glibc

/// Answers what a container's specification leaves open, and puts its files in place.
struct ContainerPreparation: Sendable {
    let host: SandboxHost
    let runtime: any SandboxRuntime

    /// - Throws: ``SandboxError`` with code `rootMissing` or `startFailed`, ``SystemCallFailure``.
    func prepare(
        _ spec: ContainerSpec, in directory: ContainerDirectory, pod: PodDirectory, record: PodRecord
    ) async throws -> PreparedContainer {
        try Disk.makeDirectory(directory.path, mode: 0o700)
        // Left by a start that was interrupted before anything ran.
        for path in [directory.log, directory.logIndex, directory.status, directory.options] {
            try Disk.remove(path)
        }
        try Disk.save(spec, to: directory.spec)
        try checkMounts(spec)
        let root = try await root(of: spec, in: directory)
        let namespaces = PodNamespaces(pod: pod).existing()
        let own = try await connect(spec, in: directory, pod: pod, record, shares: namespaces.contains(.net))
        let wanted = Set((own + spec.mounts).map(\.destination))
        let mounts =
            PodFiles(pod: pod).mounts.filter { !wanted.contains($0.destination) } + own + spec.mounts
        let container = PreparedContainer(
            spec: spec, directory: directory, pod: pod, namespaces: namespaces,
            hostname: record.spec.hostname,
            environment: Self.environment(spec, hostname: record.spec.hostname), root: root,
            mounts: mounts.enumerated().sorted {
                (Self.depth($0.element), $0.offset) < (Self.depth($1.element), $1.offset)
            }.map(\.element))
        try checkMountPoints(container)
        try checkProgram(container)
        return container
    }

    /// Makes the network of a container that does not share its pod's, and the files that belong to it.
    private func connect(
        _ spec: ContainerSpec, in directory: ContainerDirectory, pod: PodDirectory, _ record: PodRecord,
        shares: Bool
    ) async throws -> [ContainerMount] {
        guard let network = spec.network else { return [] }
        guard shares, runtime.isolatesFiles else {
            throw SandboxError(
                .unsupported,
                "container \(spec.id.name) cannot have a network of its own: that needs pods with addresses of their own and"
                    + " containers with files of their own; run the cluster as root with iproute2 and runc or bubblewrap"
            )
        }
        let mounts = try await host.queue.run { () throws(SystemCallFailure) in
            let own = ContainerNetwork(container: directory)
            try own.create()
            return try own.writeFiles(
                network, hostname: record.spec.hostname, aliases: record.spec.hostAliases)
        }
        try await host.forwarder.open(directory, pod: pod, network)
        return mounts
    }

    private func root(of spec: ContainerSpec, in directory: ContainerDirectory) async throws
        -> PreparedContainer.Root
    {
        switch spec.root {
        case .host:
            let hidden = [host.run.path] + host.configuration.hiddenDirectories
            let tree = HostTree(for: directory, hidden: hidden)
            if runtime.isolatesFiles { try tree.create() }
            return .host(tree)
        case .layers(let layers):
            guard runtime.isolatesFiles else {
                throw SandboxError(
                    .unsupported,
                    "container \(spec.id.name) cannot be run from its image: "
                        + SandboxError.withoutImages(runtime.name))
            }
            do {
                let path = try await host.roots.prepare(layers, for: directory)
                return .directory(path)
            } catch let error as SystemCallFailure where error.number == ENOENT {
                throw SandboxError(
                    .rootMissing,
                    "the image of container \(spec.id.name) is not on this machine: pull it again",
                    cause: error)
            }
        }
    }

    private func checkMounts(_ spec: ContainerSpec) throws(SandboxError) {
        for mount in spec.mounts {
            if case .path(let path) = mount.source, access(path, F_OK) < 0 {
                throw SandboxError(
                    .rootMissing,
                    "container \(spec.id.name) cannot mount \(path) at \(mount.destination): there is no such path"
                )
            }
        }
    }

    /// Makes what is mounted on, which the machine's own root, being read-only, must have already.
    private func checkMountPoints(_ container: PreparedContainer) throws {
        guard case .host(let tree) = container.root, runtime.isolatesFiles else {
            try makeWorkingDirectory(container)
            return
        }
        for mount in container.spec.mounts {
            guard let place = container.view(without: mount.destination).resolve(mount.destination) else {
                continue
            }
            // What lies directly below `/` is made, and so is what lies in `/dev`, which is the container's own.
            let isNew = !place.path.dropFirst().contains("/") || place.path.hasPrefix("/dev/")
            let isPrivate = tree.privateDirectories.contains { place.path.hasPrefix($0.path + "/") }
            let isNested = container.spec.mounts.contains {
                mount.destination.hasPrefix($0.destination + "/")
            }
            guard !isNew, !isPrivate, !isNested, let hostPath = place.hostPath, !Disk.exists(hostPath) else {
                continue
            }
            throw SandboxError(
                .unsupported,
                "container \(container.spec.id.name) cannot mount anything at \(mount.destination): the image host is"
                    + " read-only and has no such path; mount at a path that exists, or directly below /")
        }
    }

    private func makeWorkingDirectory(_ container: PreparedContainer) throws {
        guard runtime.isolatesFiles,
            let path = container.view.resolve(container.spec.workingDirectory)?.hostPath
        else { return }
        try Disk.makeDirectory(path, mode: 0o755)
    }

    private func checkProgram(_ container: PreparedContainer) throws(SandboxError) {
        guard let name = container.spec.arguments.first else {
            throw SandboxError(
                .startFailed, "container \(container.spec.id.name) has no command, and neither has its image")
        }
        let fault = container.view.faultOfProgram(
            name, searchPath: container.value(of: "PATH") ?? "",
            workingDirectory: container.spec.workingDirectory)
        guard let fault else { return }
        throw SandboxError.startFailed(container.spec.id, fault)
    }

    /// The complete environment of a container's processes, one value a name.
    static func environment(_ spec: ContainerSpec, hostname: String) -> [EnvironmentVariable] {
        let defaults = [
            EnvironmentVariable("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            EnvironmentVariable("HOSTNAME", hostname),
            EnvironmentVariable("HOME", UserDatabase(of: spec.root).home(of: spec.user.user)),
        ]
        var places: [String: Int] = [:]
        var result: [EnvironmentVariable] = []
        for variable in defaults + spec.environment {
            if let place = places[variable.name] {
                result[place] = variable
            } else {
                places[variable.name] = result.count
                result.append(variable)
            }
        }
        return result
    }

    private static func depth(_ mount: ContainerMount) -> Int {
        mount.destination.split(separator: "/").count
    }
}

extension SandboxError {
    /// Why containers without files of their own are not run from images, and what to do.
    static func withoutImages(_ runtime: String) -> String {
        "the runtime in use here, \(runtime), has only the machine's own files (the image \(HostImages.host));"
            + " \(isolationRemedy)"
    }

    /// What to do where containers have no files of their own.
    static let isolationRemedy = "install runc or bubblewrap (or crun) and start the cluster again"

    /// A program that cannot be executed.
    static func startFailed(_ id: ContainerID, _ fault: String) -> SandboxError {
        SandboxError(.startFailed, "container \(id.name) cannot start: \(fault)")
    }
}
