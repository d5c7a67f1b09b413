import Glibc
import KubeModel

/// One container from its start to its removal, as its directory tells it.
struct ContainerLifecycle: Sendable {
    let host: SandboxHost
    let runtime: any SandboxRuntime
    let directory: ContainerDirectory

    /// How long a runtime may take to start a program, and a killed process to be gone.
    private static let patience = Duration.seconds(60)

    func state() -> ContainerState {
        if let exit = directory.containerExit() { return .exited(exit) }
        guard directory.monitorHandle() != nil, let startedAt = directory.startedAt else { return .created }
        return .running(ContainerRun(processID: runtime.firstProcess(of: directory), startedAt: startedAt))
    }

    /// Starts a container's monitor and waits until the program runs, or has run.
    func start(_ container: PreparedContainer) async throws -> ContainerRun {
        let id = directory.id
        let monitor: ProcessHandle
        do {
            let launch = try runtime.launch(container)
            _ = try OpenFile(directory.log, O_WRONLY | O_CREAT)
            try host.recorder.begin(directory, limit: container.spec.logLimit)
            monitor = try Monitor.start(launch, for: container)
        } catch let error as SystemCallFailure where error.call == Program.directoryStep {
            throw SandboxError.startFailed(id, "there is no directory \(container.spec.workingDirectory)")
        }
        let deadline = ContinuousClock.now + Self.patience
        // A few milliseconds at most for all but a machine out of breath; there is nothing to be woken by.
        while directory.exitCode == nil, !monitor.hasEnded {
            if let processID = runtime.firstProcess(of: directory), let startedAt = directory.startedAt {
                return ContainerRun(processID: processID, startedAt: startedAt)
            }
            if ContinuousClock.now > deadline {
                throw SandboxError(.timeout, "container \(id.name) has not started after \(Self.patience)")
            }
            try await ContinuousClock().sleep(for: .milliseconds(1))
        }
        _ = await monitor.ended(within: Self.patience, clock: .continuous)
        if let fault = runtime.startFailure(of: directory) { throw SandboxError.startFailed(id, fault) }
        guard directory.exitCode != nil, let startedAt = directory.startedAt else {
            throw SandboxError.startFailed(id, "\(runtime.name) was killed before the program ran")
        }
        return ContainerRun(processID: nil, startedAt: startedAt)
    }

    /// Returns when the container has ended, after taking its files away, but for the log.
    func wait() async throws -> ContainerExit {
        // The container's own end comes first; what it has left behind may keep the monitor waiting for output.
        // And one whose monitor was killed has to be ended, since nobody would learn how it ends.
        if let child = directory.childHandle(), let monitor = directory.monitorHandle() {
            await withTaskGroup { group in
                group.addTask { await child.ended() }
                group.addTask { await monitor.ended() }
                await group.next()
                group.cancelAll()
            }
        }
        try Task.checkCancellation()
        try await sweep()
        if let monitor = directory.monitorHandle(),
            await !monitor.ended(within: Self.patience, clock: .continuous)
        {
            try Task.checkCancellation()
            throw SandboxError(.timeout, "the output of container \(directory.id.name) does not end")
        }
        return try await finish(code: 128 + SIGKILL)
    }

    func stop(grace: Duration, signal: Int32) async throws -> ContainerExit {
        if let first = firstProcess() {
            if grace > .zero {
                try first.signal(signal)
                _ = await first.ended(within: grace, clock: .continuous)
                try Task.checkCancellation()
            }
            // All others in its PID namespace go with it.
            try first.signal(SIGKILL)
            guard await first.ended(within: Self.patience, clock: .continuous) else {
                try Task.checkCancellation()
                throw SandboxError(
                    .timeout,
                    "process \(first.processID) of container \(directory.id.name) does not end when killed: it waits"
                        + " for a device or a file server")
            }
        } else {
            try await sweep()
        }
        return try await wait()
    }

    /// Removes the directory and all else of a container that does not run.
    func remove() async throws {
        // What has just been started may not have said so yet.
        try killMonitor()
        try await sweep()
        host.recorder.end(directory.id)
        await host.forwarder.close(directory)
        let (roots, trash, directory) = (host.roots, host.run.trash, directory)
        try await host.queue.run { () throws(SystemCallFailure) in
            try roots.release(directory)
            try ContainerNetwork(container: directory).remove()
            try trash.discard(directory.path)
            // The directory of all attempts, once it is empty.
            rmdir(String(directory.path[..<(directory.path.lastIndex(of: "/") ?? directory.path.endIndex)]))
        }
    }

    /// Notes how a container ended that has: `code` where its monitor has not lived to say it.
    func finish(code: Int32) async throws -> ContainerExit {
        let (roots, directory, recorder) = (host.roots, directory, host.recorder)
        await host.forwarder.close(directory)
        do {
            return try await host.queue.run { () throws(SystemCallFailure) in
                recorder.end(directory.id)
                if directory.exitCode == nil { try Disk.write(Array("\(code)\n".utf8), to: directory.exit) }
                try roots.release(directory)
                try ContainerNetwork(container: directory).remove()
                guard let exit = directory.containerExit() else {
                    throw SystemCallFailure("read", directory.exit)
                }
                return exit
            }
        } catch {
            throw SandboxError(
                .storage, "the files of container \(directory.id.name) cannot be removed", cause: error)
        }
    }

    /// The container's first process, while it is one for certain.
    func firstProcess() -> ProcessHandle? {
        guard let child = directory.childHandle() else { return nil }
        guard let processID = runtime.firstProcess(of: directory), processID != child.processID else {
            return child
        }
        guard let handle = ProcessHandle(processID), ProcessStatus(of: processID)?.parent == child.processID
        else { return nil }
        return handle
    }

    private func killMonitor() throws {
        try directory.childHandle()?.signal(SIGKILL)
        try directory.monitorHandle()?.signal(SIGKILL)
    }

    private func sweep() async throws {
        do {
            try await runtime.sweep(directory)
        } catch {
            throw SandboxError(
                .unavailable, "the processes of container \(directory.id.name) cannot be ended", cause: error)
        }
    }
}
