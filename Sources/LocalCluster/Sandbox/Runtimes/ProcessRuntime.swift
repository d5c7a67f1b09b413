import Glibc

/// Runs containers as plain processes of the machine, where it offers nothing better.
///
/// A container is a session of its own with the machine's files. What leaves the session is still found by a
/// variable in its environment.
struct ProcessRuntime: SandboxRuntime {
    let name = "process"
    let isolatesFiles = false
    let hasNamespaces = false

    /// Names a container in the environment of its processes.
    private static let marker = "SLIPWAY_CONTAINER"

    private let setsid: HostCommand
    private let setpriv: HostCommand?
    private let env: HostCommand

    /// Nil where the machine lacks `setsid` or `env`.
    init?() {
        guard let setsid = HostCommand(named: "setsid"), let env = HostCommand(named: "env") else {
            return nil
        }
        self.setsid = setsid
        self.env = env
        setpriv = HostCommand(named: "setpriv")
    }

    func launch(_ container: PreparedContainer) throws -> Launch {
        let spec = container.spec
        try check(container)
        let temporary = "\(container.directory.privateFiles)/tmp"
        try Disk.makeDirectory(temporary)
        chmod(temporary, 0o1777)
        var launch = Launch(arguments: [setsid.path])
        if geteuid() == 0 { launch.arguments += try identityCommand(spec) }
        // The monitor hands its environment on, which other users cannot see as they can arguments. But a shell
        // drops names it could not assign to, and what changes how programs are loaded is for the container alone.
        let plain = container.environment.filter { Self.passesThroughShells($0.name) }
        launch.environment = plain.map { "\($0.name)=\($0.value)" }
        if container.value(of: "TMPDIR") == nil { launch.environment.append("TMPDIR=\(temporary)") }
        let others = container.environment.filter { !Self.passesThroughShells($0.name) }
        launch.arguments += [env.path, Self.mark(container.directory)]
        launch.arguments += others.map { "\($0.name)=\($0.value)" } + spec.arguments
        launch.directory = spec.workingDirectory
        return launch
    }

    func firstProcess(of directory: ContainerDirectory) -> Int32? {
        // Until the last of those that prepare it has become the program, it is not marked.
        directory.childProcessID.flatMap {
            ProcessStatus.environment(of: $0).contains(Self.mark(directory)) ? $0 : nil
        }
    }

    func startFailure(of directory: ContainerDirectory) -> String? {
        guard let code = directory.exitCode, code == 126 || code == 127,
            let text = Disk.text(directory.log), text.hasPrefix("\(env.path): ")
        else { return nil }
        return String(text.dropFirst(env.path.utf8.count + 2).prefix { $0 != "\n" })
    }

    func sweep(_ directory: ContainerDirectory) async throws {
        try directory.childHandle()?.signal(SIGKILL)
        // What is killed may have started something before; the next round finds it.
        for _ in 0..<100 {
            let processes = directory.processes(marked: Self.mark(directory))
            if processes.isEmpty { return }
            for process in processes { try process.signal(SIGKILL) }
            for process in processes { _ = await process.ended(within: .seconds(5), clock: .continuous) }
        }
    }

    private func check(_ container: PreparedContainer) throws(SandboxError) {
        let spec = container.spec
        // The pod's own files in /etc are what the machine has there.
        for mount in spec.mounts {
            if case .path(mount.destination) = mount.source { continue }
            throw SandboxError(
                .unsupported,
                "container \(spec.id.name) cannot mount anything at \(mount.destination) where containers are plain processes:"
                    + " \(SandboxError.isolationRemedy)"
            )
        }
        if geteuid() != 0, spec.user.user != 0, spec.user.user != geteuid() {
            throw SandboxError(
                .unsupported,
                "container \(spec.id.name) cannot run as user \(spec.user.user), since Slipway is user \(geteuid())"
            )
        }
    }

    private func identityCommand(_ spec: ContainerSpec) throws(SandboxError) -> [String] {
        guard let setpriv else {
            throw SandboxError(
                .unsupported,
                "container \(spec.id.name) cannot run on this machine: install util-linux's setpriv, or runc")
        }
        let kept = spec.capabilities.names.map { "+" + $0.dropFirst(4).lowercased() }
        return [setpriv.path] + UserSwitch.options(for: spec.user)
            + ["--bounding-set=" + (["-all"] + kept).joined(separator: ",")]
            + (spec.allowsNewPrivileges ? [] : ["--no-new-privs"]) + ["--"]
    }

    private static func mark(_ directory: ContainerDirectory) -> String { "\(marker)=\(directory.path)" }

    private static func passesThroughShells(_ name: String) -> Bool {
        let letters = name.utf8.allSatisfy {
            $0 == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
                || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
        }
        let isNumber = name.utf8.first.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? true
        let isSpecial =
            name.hasPrefix("LD_") || ["IFS", "ENV", "PWD", "PS1", "PS2", "PS4", "OPTIND"].contains(name)
        return letters && !isNumber && !isSpecial
    }
}

extension ContainerDirectory {
    /// The processes that were started with a variable in their environment.
    fileprivate func processes(marked mark: String) -> [ProcessHandle] {
        ProcessStatus.allProcessIDs().compactMap { processID in
            guard let handle = ProcessHandle(processID),
                ProcessStatus.environment(of: processID).contains(mark)
            else { return nil }
            return handle
        }
    }
}
