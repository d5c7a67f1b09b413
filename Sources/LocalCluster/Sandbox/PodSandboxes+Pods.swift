import Glibc

extension PodSandboxes {
    /// As ``ContainerEngine/createPod(_:)``.
    public func createPod(_ spec: PodSandboxSpec) async throws -> PodSandboxStatus {
        try Self.checkName(spec.uid, "the uid")
        let directory = host.run.pod(spec.uid)
        if let record = Disk.load(PodRecord.self, from: directory.record),
            record.isIntact(in: directory, network: host.network)
        {
            return record.status
        }
        let kept = Disk.load(PodRecord.self, from: directory.record)
        do {
            if kept != nil { try await PodRemoval(host: host, pod: directory).disconnect() }
            return try await create(spec, in: directory)
        } catch {
            try? await PodRemoval(host: host, pod: directory).disconnect()
            // Logs of a pod that had been there before are kept for the next try.
            if kept == nil { try? host.run.trash.discard(directory.path) }
            throw SandboxError.wrap(error, .storage, "pod \(spec.namespace)/\(spec.name) cannot be created")
        }
    }

    /// As ``ContainerEngine/removePod(_:)``.
    public func removePod(_ uid: String) async throws {
        try Self.checkName(uid, "the uid")
        let directory = host.run.pod(uid)
        try await withThrowingTaskGroup { group in
            for id in directory.containerIDs() {
                group.addTask { try await self.removeContainer(id) }
            }
            try await group.waitForAll()
        }
        try await PodRemoval(host: host, pod: directory).remove()
    }

    /// As ``ContainerEngine/setHosts(_:ofPod:)``.
    public func setHosts(_ names: [HostAlias], ofPod uid: String) async throws {
        let directory = host.run.pod(uid)
        let record = try record(of: directory)
        try await host.queue.run {
            do throws(SystemCallFailure) {
                try PodFiles(pod: directory).writeHosts(record.spec, status: record.status, names: names)
            } catch {
                throw SandboxError(
                    .storage, "/etc/hosts of pod \(record.spec.name) cannot be written", cause: error)
            }
        }
    }

    /// As ``ContainerEngine/disconnectPod(_:)``.
    public func disconnectPod(_ uid: String) async throws {
        try Self.checkName(uid, "the uid")
        do {
            try await PodRemoval(host: host, pod: host.run.pod(uid)).disconnect()
        } catch {
            throw SandboxError.wrap(error, .storage, "pod \(uid) cannot be disconnected")
        }
    }

    /// As ``ContainerEngine/directory(ofPod:)``.
    public func directory(ofPod uid: String) -> String { host.run.pod(uid).path }

    /// As ``ContainerEngine/memoryVolume(_:ofPod:)``.
    public func memoryVolume(_ name: String, ofPod uid: String) throws -> String {
        let directory = host.run.pod(uid)
        guard try record(of: directory).spec.memoryVolumes.contains(where: { $0.name == name }) else {
            throw SandboxError(.notFound, "pod \(uid) has no volume \(name) in memory")
        }
        return directory.volume(name)
    }

    /// Ends all pods and removes all that this machine has of them, the bridge included.
    public func removeAll() async throws {
        try await withThrowingTaskGroup { group in
            for uid in host.run.podUIDs() {
                group.addTask { try await self.removePod(uid) }
            }
            try await group.waitForAll()
        }
        try await host.remove()
    }

    /// Ends all containers and gives back what pods have of the machine, the bridge included; logs are kept.
    public func disconnectAll() async throws {
        try await withThrowingTaskGroup { group in
            for uid in host.run.podUIDs() {
                group.addTask {
                    for id in self.host.run.pod(uid).containerIDs() {
                        guard case .running? = await self.state(of: id) else { continue }
                        _ = try await self.stop(id, grace: .zero)
                    }
                    try await self.disconnectPod(uid)
                }
            }
            try await group.waitForAll()
        }
        try await host.remove()
    }

    func record(of directory: PodDirectory) throws -> PodRecord {
        if let record = Disk.load(PodRecord.self, from: directory.record) { return record }
        throw SandboxError(.notFound, "there is no pod \(directory.uid) on this machine")
    }

    /// Names become parts of paths.
    static func checkName(_ name: String, _ what: String) throws(SandboxError) {
        let isPlain = name.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
        }
        if name.isEmpty || name.utf8.count > 128 || !isPlain {
            throw SandboxError(
                .invalid, "\"\(name)\" cannot be \(what) of a pod: use letters, digits and dashes")
        }
    }

    private func create(_ spec: PodSandboxSpec, in directory: PodDirectory) async throws -> PodSandboxStatus {
        var record = PodRecord(spec: spec, status: try assign(spec), boot: PodRecord.currentBoot())
        try Disk.makeDirectory(directory.path, mode: 0o700)
        // Before anything else is made, so that it is found and removed whatever happens.
        try Disk.save(record, to: directory.record)
        let kinds = namespaces(for: spec, record.status.network)
        let created = record
        try await host.queue.run { () throws(SystemCallFailure) in
            if !kinds.isEmpty { try PodNamespaces(pod: directory).create(kinds, hostname: spec.hostname) }
            try PodFiles(pod: directory).write(spec, status: created.status, names: [])
            for volume in spec.memoryVolumes {
                try Disk.makeDirectory(directory.volume(volume.name))
                try Mounts.mount(
                    "tmpfs", at: directory.volume(volume.name), type: "tmpfs",
                    flags: Int(MS_NOSUID | MS_NODEV),
                    options: "mode=0777" + (volume.sizeLimit.map { ",size=\($0)" } ?? ""))
            }
        }
        if record.status.network == .bridge, let address = IPv4Address(record.status.address) {
            try await host.network?.attach(directory, address: address)
        }
        record.isComplete = true
        try Disk.save(record, to: directory.record)
        return record.status
    }

    /// What the pod gets of the machine's addresses and ports.
    private func assign(_ spec: PodSandboxSpec) throws(SandboxError) -> PodSandboxStatus {
        let name = "\(spec.namespace)/\(spec.name)"
        let network: PodSandboxStatus.Network = host.network == nil || spec.usesHostNetwork ? .host : .bridge
        return try host.pools.withLock { pools throws(SandboxError) in
            var status = PodSandboxStatus(
                runtime: runtime.name, network: network, address: host.configuration.hostAddress, ports: [])
            switch network {
            case .host:
                status.ports = try pools.ports.assign(
                    spec.ports, to: spec.uid, named: name, keepsNumbers: spec.usesHostNetwork)
            case .bridge:
                guard let address = pools.addresses.assign(to: spec.uid) else {
                    throw SandboxError(
                        .network,
                        "pod \(name) gets no address: all of \(host.configuration.subnet) are in use")
                }
                status.address = address.description
                status.ports = spec.ports.map { .init(declared: $0, number: $0.containerPort) }
            }
            return status
        }
    }

    private func namespaces(for spec: PodSandboxSpec, _ network: PodSandboxStatus.Network) -> [PodNamespaces
        .Kind]
    {
        if geteuid() != 0 { return [] }
        if spec.usesHostNetwork { return [.ipc] }
        return network == .bridge ? [.net, .ipc, .uts] : [.ipc, .uts]
    }
}

extension SandboxError {
    /// The error itself where it is of this module, otherwise one that has it as its cause.
    static func wrap(_ error: any Error, _ code: Code, _ message: String) -> any Error {
        if error is SandboxError || error is CancellationError { return error }
        return SandboxError(code, message, cause: error)
    }
}
