import CSandbox
import Glibc

extension PodSandboxes {
    /// How much of a command's output is kept, as kubelet keeps of a probe's.
    private static let outputLimit = 10 << 10

    /// As ``ContainerEngine/exec(_:_:timeout:)``.
    public func exec(_ id: ContainerID, _ command: [String], timeout: Duration) async throws -> ExecResult {
        let lifecycle = try lifecycle(of: id)
        guard let first = lifecycle.firstProcess(), lifecycle.directory.exitCode == nil,
            let spec = Disk.load(ContainerSpec.self, from: lifecycle.directory.spec)
        else {
            throw SandboxError(.notFound, "container \(id.name) of pod \(id.pod) is not running")
        }
        let (child, collector) = try await start(command, in: spec, first: first, runtime: lifecycle.runtime)
        guard await child.handle.ended(within: timeout, clock: .continuous) else {
            child.signalGroup(SIGKILL)
            try child.reapWhenEnded()
            try Task.checkCancellation()
            throw SandboxError(.timeout, "command \"\(command.first ?? "")\" timed out after \(timeout)")
        }
        return ExecResult(exitCode: await child.waitForExit() ?? -1, output: collector.finish())
    }

    private func start(
        _ command: [String], in spec: ContainerSpec, first: ProcessHandle, runtime: any SandboxRuntime
    ) async throws -> (ChildProcess, OutputCollector) {
        let directory = host.run.container(spec.id)
        let pod = host.run.pod(spec.id.pod)
        guard let name = command.first else { throw SandboxError(.invalid, "there is no command to run") }
        // Not what the process shows as its own: servers write titles over that.
        let environment = ContainerPreparation.environment(spec, hostname: try record(of: pod).spec.hostname)
            .map { "\($0.name)=\($0.value)" }
        return try await host.queue.run { () throws(SandboxError) in
            do throws(SystemCallFailure) {
                let output = try OutputCollector.Pipe()
                let null = try OpenFile("/dev/null", O_RDWR)
                var program = Program(name, [], descriptors: [null, output.writing, output.writing])
                program.arguments = command
                program.environment = environment
                program.directory = spec.workingDirectory
                if geteuid() == 0 {
                    program.identity = .init(
                        user: spec.user, capabilities: spec.capabilities,
                        allowsNewPrivileges: spec.allowsNewPrivileges)
                }
                if runtime.hasNamespaces {
                    // Should the process end meanwhile and its number be another's, its namespaces cannot be joined.
                    program.root = try OpenFile("/proc/\(first.processID)/root", O_RDONLY | O_DIRECTORY)
                    program.process = (first, Self.foreignNamespaces(of: first.processID))
                } else {
                    for kind in PodNamespaces(pod: pod).existing() {
                        program.namespaces.append(try OpenFile(pod.namespace(kind), O_RDONLY))
                    }
                }
                let child = try ChildProcess.start(program)
                return (child, try OutputCollector(output.reading, limit: Self.outputLimit))
            } catch {
                let reason = error.number == ENOENT ? "executable file not found in $PATH" : "\(error)"
                throw SandboxError(
                    .startFailed, "exec: \"\(name)\": \(reason) in container \(directory.id.name)",
                    cause: error)
            }
        }
    }

    /// The namespaces of a process that are not ours; joining our own user namespace is an error.
    private static func foreignNamespaces(of processID: pid_t) -> Int32 {
        let kinds = [
            ("user", csandbox_new_user), ("mnt", csandbox_new_mount), ("pid", csandbox_new_pid),
            ("net", csandbox_new_network), ("ipc", csandbox_new_ipc), ("uts", csandbox_new_uts),
        ]
        return kinds.reduce(0) { flags, kind in
            let ours = Disk.symbolicLink("/proc/self/ns/\(kind.0)")
            return ours == Disk.symbolicLink("/proc/\(processID)/ns/\(kind.0)") ? flags : flags | kind.1
        }
    }
}
