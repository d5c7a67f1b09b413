import Glibc

/// Brings a run directory that another program has left in order: goes on with what runs, and removes what is
/// half made or belongs to nothing.
struct Recovery: Sendable {
    let host: SandboxHost

    /// Returns the pods that are there.
    func run() async throws -> [RecoveredPod] {
        let pods = try await withThrowingTaskGroup(of: RecoveredPod?.self) { group in
            for uid in host.run.podUIDs() {
                group.addTask { try await recover(host.run.pod(uid)) }
            }
            return try await group.reduce(into: []) { pods, pod in pods += pod.map { [$0] } ?? [] }
        }
        let connected = pods.filter { $0.status?.network == .bridge }
        try await host.network?.detachAll(except: connected.map(\.spec.uid))
        try await endStrayMonitors(known: pods)
        try await host.queue.run { [trash = host.run.trash] () throws(SystemCallFailure) in try trash.empty()
        }
        return pods.sorted { $0.spec.uid < $1.spec.uid }
    }

    private func recover(_ directory: PodDirectory) async throws -> RecoveredPod? {
        guard let record = Disk.load(PodRecord.self, from: directory.record),
            let runtime = host.runtime(named: record.status.runtime),
            !record.spec.uid.hasPrefix(PodSandboxes.trial)
        else {
            for id in directory.containerIDs() {
                for runtime in host.runtimes {
                    try await ContainerLifecycle(
                        host: host, runtime: runtime, directory: directory.container(id)
                    ).remove()
                }
            }
            try await PodRemoval(host: host, pod: directory).remove()
            return nil
        }
        let isIntact = record.isIntact(in: directory, network: host.network)
        var containers: [ContainerID: ContainerState] = [:]
        for id in directory.containerIDs() {
            let lifecycle = ContainerLifecycle(
                host: host, runtime: runtime, directory: directory.container(id))
            let isOfThisBoot = record.boot == PodRecord.currentBoot()
            containers[id] = try await recover(lifecycle, codeIfLost: isOfThisBoot ? 128 + SIGKILL : 255)
        }
        if isIntact {
            adopt(record)
        } else {
            try await PodRemoval(host: host, pod: directory).disconnect()
        }
        return RecoveredPod(spec: record.spec, status: isIntact ? record.status : nil, containers: containers)
    }

    /// Goes on with a container, or ends what is left of it; nil where nothing of it has ever run.
    private func recover(_ container: ContainerLifecycle, codeIfLost code: Int32) async throws
        -> ContainerState?
    {
        let directory = container.directory
        guard let spec = Disk.load(ContainerSpec.self, from: directory.spec), Disk.exists(directory.child)
        else {
            try await container.remove()
            return nil
        }
        if directory.monitorHandle() != nil {
            try host.recorder.begin(directory, limit: spec.logLimit)
            if directory.exitCode == nil {
                if let network = spec.network {
                    try await host.forwarder.open(directory, pod: host.run.pod(spec.id.pod), network)
                }
                return container.state()
            }
            return .exited(try await container.wait())
        }
        // Without its monitor nobody would learn how the container ends.
        try await container.runtime.sweep(directory)
        return .exited(try await container.finish(code: code))
    }

    private func adopt(_ record: PodRecord) {
        host.pools.withLock { pools in
            if record.status.network == .bridge, let address = IPv4Address(record.status.address) {
                pools.addresses.adopt(address, for: record.spec.uid)
            }
            guard record.status.network == .host else { return }
            for port in record.status.ports { pools.ports.adopt(port.number, for: record.spec.uid) }
        }
    }

    /// Ends monitors that were started just before a crash and have said so only after we looked.
    private func endStrayMonitors(known pods: [RecoveredPod]) async throws {
        let running = pods.flatMap(\.containers).filter {
            if case .running = $0.value { true } else { false }
        }
        let known = Set(running.map { host.run.container($0.key).path })
        for monitor in Monitor.processes(below: host.run.pods) where !known.contains(monitor.container) {
            kill(-monitor.processID, SIGKILL)
        }
    }
}
