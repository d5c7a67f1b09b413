import Glibc
import KubeClient
import KubeModel
import Logging
import Manifest

/// Registers the node and says again and again that it lives.
struct NodeReporter: Sendable {
    let client: KubeClient
    let name: String
    let address: String
    let runtime: String
    let directory: String
    let podLimit: Int
    let labels: [String: String]
    /// What pods are given here, and what the machine lacks for.
    let features: [NodeFeature]
    let queue: BlockingQueue
    let logger: Logger

    private static let leaseDuration: Int64 = 40
    private static let leaseInterval = Duration.seconds(10)
    /// A status that has not changed is written this seldom.
    private static let statusInterval = Duration.seconds(300)

    /// Makes the node known.
    ///
    /// - Throws: `APIError`, `KubeClientError`.
    func register() async throws {
        let status = await status(isReady: true, since: nil)
        let labels = self.labels.merging([
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
            "kubernetes.io/arch": Self.architecture,
        ]) { own, _ in own }
        let metadata: Value = [
            "name": .string(name),
            "labels": .object(
                Object(labels.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .string($0.value)) })
            ),
        ]
        do {
            let node: Value = [
                "apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": .emptyObject,
                "status": status,
            ]
            try await client.create(.nodes, node, namespace: nil)
        } catch let error as APIError where error.isAlreadyExists {
            try await client.patch(
                .nodes, name, namespace: nil, .merge(["metadata": ["labels": metadata["labels"] ?? .null]]))
            try await write(isReady: true)
        }
        try await renewLease()
    }

    /// Tells by events of the node what pods do without here, and what to do about it.
    func noteFeatures(_ recorder: EventRecorder) async throws {
        let missing = features.filter { !$0.isPresent }
        if missing.isEmpty { return }
        let node = try await client.get(.nodes, name, namespace: nil)
        for feature in missing {
            recorder.note(.warning, feature.kind.absence, feature.message, regarding: .init(node))
        }
    }

    /// Renews the lease and the status until the task is cancelled.
    func run() async throws {
        var nextStatus = client.timeline.now + Self.statusInterval
        while true {
            try await client.timeline.sleep(for: Self.leaseInterval)
            do {
                try await renewLease()
                if client.timeline.now >= nextStatus {
                    try await write(isReady: true)
                    nextStatus = client.timeline.now + Self.statusInterval
                }
            } catch let error as CancellationError {
                throw error
            } catch let error as APIError where error.isNotFound {
                // Somebody deleted the node; it is still here.
                try? await register()
            } catch {
                logger.warning("node status not written", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Says that the node takes no more pods.
    func retire() async {
        do {
            try await write(isReady: false)
        } catch {
            logger.debug("node status not written", metadata: ["error": "\(error)"])
        }
    }

    private func write(isReady: Bool) async throws {
        let node = try await client.get(.nodes, name, namespace: nil)
        let status = await status(isReady: isReady, since: node["status"])
        try await client.patch(
            .nodes, name, namespace: nil, .strategicMerge(["status": status]), subresource: "status")
    }

    private func renewLease() async throws {
        let now = client.timeline.date.rfc3339Micro
        let spec: Value = [
            "holderIdentity": .string(name), "leaseDurationSeconds": .integer(Self.leaseDuration),
            "renewTime": .string(now),
        ]
        let lease: Value = [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": ["name": .string(name), "namespace": "kube-node-lease"], "spec": spec,
        ]
        do {
            try await client.patch(.leases, name, namespace: "kube-node-lease", .merge(["spec": spec]))
        } catch let error as APIError where error.isNotFound {
            try await client.create(.leases, lease, namespace: "kube-node-lease")
        }
    }

    // MARK: Status

    private func status(isReady: Bool, since before: Value?) async -> Value {
        let (directory, podLimit) = (directory, podLimit)
        let capacity = await queue.run { NodeCapacity.ofMachine(directory: directory, pods: podLimit) }
        let amounts = Value.object(
            Object(capacity.quantities.map { .init(key: $0.0, value: .string($0.1.canonical)) }))
        let info = await queue.run { self.info() }
        let shortMemory = capacity.isShortOfMemory
        let shortDisk = capacity.isShortOfDisk
        return [
            "capacity": amounts, "allocatable": amounts,
            "conditions": .array(
                featureConditions(before) + [
                    condition(
                        "MemoryPressure", shortMemory,
                        shortMemory ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory",
                        shortMemory
                            ? "kubelet has insufficient memory available"
                            : "kubelet has sufficient memory available",
                        before),
                    condition(
                        "DiskPressure", shortDisk,
                        shortDisk ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
                        shortDisk ? "kubelet has disk pressure" : "kubelet has no disk pressure", before),
                    condition(
                        "PIDPressure", false, "KubeletHasSufficientPID",
                        "kubelet has sufficient PID available",
                        before),
                    condition(
                        "Ready", isReady, isReady ? "KubeletReady" : "KubeletNotReady",
                        isReady ? "kubelet is posting ready status" : "node is shutting down", before),
                ]),
            "addresses": [
                ["type": "InternalIP", "address": .string(address)],
                ["type": "Hostname", "address": .string(name)],
            ],
            "nodeInfo": info,
        ]
    }

    /// A condition a feature; those of an earlier start that nobody asks for any more are taken away.
    private func featureConditions(_ before: Value?) -> [Value] {
        let told = features.map {
            condition($0.kind.rawValue, $0.isPresent, $0.reason, $0.message, before)
        }
        let types = Set((before ?? .emptyObject).list("conditions").map { $0.text("type") })
        let gone = NodeFeature.Kind.allCases.filter { kind in
            types.contains(kind.rawValue) && !features.contains { $0.kind == kind }
        }
        return told + gone.map { ["type": .string($0.rawValue), "$patch": "delete"] }
    }

    private func condition(
        _ type: String, _ isTrue: Bool, _ reason: String, _ message: String, _ before: Value?
    ) -> Value {
        let now = Value.string(client.timeline.date.rfc3339)
        let status = isTrue ? "True" : "False"
        let old = (before ?? .emptyObject).list("conditions").first { $0.text("type") == type }
        return [
            "type": .string(type), "status": .string(status), "lastHeartbeatTime": now,
            "lastTransitionTime": old?.text("status") == status ? old?["lastTransitionTime"] ?? now : now,
            "reason": .string(reason), "message": .string(message),
        ]
    }

    private func info() -> Value {
        var system = utsname()
        uname(&system)
        let release = withUnsafeBytes(of: &system.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let image = (Disk.text("/etc/os-release") ?? "").split(separator: "\n")
            .first { $0.hasPrefix("PRETTY_NAME=") }
            .map { $0.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" } }
        let machine = Disk.text("/etc/machine-id") ?? ""
        return [
            "machineID": .string(machine), "systemUUID": .string(machine),
            "bootID": .string(PodRecord.currentBoot()), "kernelVersion": .string(release),
            "osImage": .string(image ?? "Linux"), "containerRuntimeVersion": .string("\(runtime)://slipway"),
            "kubeletVersion": "v1.34.0", "kubeProxyVersion": "", "operatingSystem": "linux",
            "architecture": .string(Self.architecture),
        ]
    }

    private static var architecture: String {
        #if arch(x86_64)
        "amd64"
        #elseif arch(arm64)
        "arm64"
        #else
        "unknown"
        #endif
    }
}
