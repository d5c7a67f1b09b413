import Glibc

extension PodSandboxes {
    /// As ``ContainerEngine/start(_:)``.
    public func start(_ spec: ContainerSpec) async throws -> ContainerRun {
        try Self.checkName(spec.id.name, "a container's name")
        let directory = host.run.container(spec.id)
        let pod = host.run.pod(spec.id.pod)
        let record = try record(of: pod)
        let lifecycle = try lifecycle(of: directory, record)
        switch lifecycle.state() {
        case .running(let run): return run
        case .exited:
            throw SandboxError(
                .invalid,
                "attempt \(spec.id.attempt) of container \(spec.id.name) has run: start the next attempt")
        case .created: break
        }
        do {
            let container = try await ContainerPreparation(host: host, runtime: lifecycle.runtime)
                .prepare(spec, in: directory, pod: pod, record: record)
            return try await lifecycle.start(container)
        } catch {
            try? await lifecycle.remove()
            throw SandboxError.wrap(
                error, .storage,
                "container \(spec.id.name) of pod \(record.spec.namespace)/\(record.spec.name) cannot be started"
            )
        }
    }

    /// As ``ContainerEngine/wait(_:)``.
    public func wait(_ id: ContainerID) async throws -> ContainerExit { try await lifecycle(of: id).wait() }

    /// As ``ContainerEngine/stop(_:grace:signal:)``.
    public func stop(_ id: ContainerID, grace: Duration, signal: Int32) async throws -> ContainerExit {
        try await lifecycle(of: id).stop(grace: grace, signal: signal)
    }

    /// As ``ContainerEngine/removeContainer(_:)``.
    public func removeContainer(_ id: ContainerID) async throws {
        let directory = host.run.container(id)
        guard Disk.exists(directory.path) else { return }
        // A pod whose record is lost cannot be run, but it can be removed.
        let record = Disk.load(PodRecord.self, from: host.run.pod(id.pod).record)
        let runtime = record.flatMap { host.runtime(named: $0.status.runtime) } ?? self.runtime
        let lifecycle = ContainerLifecycle(host: host, runtime: runtime, directory: directory)
        do {
            if case .running = lifecycle.state() {
                _ = try await lifecycle.stop(grace: .zero, signal: SIGKILL)
            }
            try await lifecycle.remove()
        } catch {
            throw SandboxError.wrap(
                error, .storage, "container \(id.name) of pod \(id.pod) cannot be removed")
        }
    }

    /// As ``ContainerEngine/state(of:)``.
    public func state(of id: ContainerID) async -> ContainerState? { (try? lifecycle(of: id))?.state() }

    /// As ``ContainerEngine/logs(_:options:)``.
    public func logs(
        _ id: ContainerID, options: ContainerLogOptions
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let directory = try lifecycle(of: id).directory
        let (events, queue, now) = (host.events, host.queue, host.now)
        do {
            let reader = try await queue.run { () throws(SystemCallFailure) in
                try ContainerLogReader(directory, options: options, events: events, queue: queue, now: now)
            }
            // Each piece is read when it is asked for: a slow reader holds up nothing and fills no memory.
            return AsyncThrowingStream { try await reader.next() }
        } catch {
            throw SandboxError(.notFound, "container \(id.name) of pod \(id.pod) has no log", cause: error)
        }
    }

    func lifecycle(of id: ContainerID) throws -> ContainerLifecycle {
        let directory = host.run.container(id)
        guard Disk.exists(directory.spec) else {
            throw SandboxError(
                .notFound, "pod \(id.pod) has no attempt \(id.attempt) of a container \(id.name)")
        }
        return try lifecycle(of: directory, record(of: host.run.pod(id.pod)))
    }

    private func lifecycle(of directory: ContainerDirectory, _ record: PodRecord) throws -> ContainerLifecycle
    {
        guard let runtime = host.runtime(named: record.status.runtime) else {
            throw SandboxError(
                .unavailable,
                "pod \(record.spec.name) runs in \(record.status.runtime), which is no longer installed: install it"
                    + " or delete the pod")
        }
        return ContainerLifecycle(host: host, runtime: runtime, directory: directory)
    }
}
