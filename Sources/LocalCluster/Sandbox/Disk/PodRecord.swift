import Manifest

/// What is kept of a pod on disk, so that it can be found, used and removed by whoever comes after.
struct PodRecord: Sendable, Hashable, Codable {
    var spec: PodSandboxSpec
    var status: PodSandboxStatus
    /// The machine's boot in which the pod's network and processes live.
    var boot: String
    /// Whether the pod got all of it.
    var isComplete = false

    static func currentBoot() -> String { Disk.text("/proc/sys/kernel/random/boot_id") ?? "" }

    /// Whether the pod can go on: it was completed, the machine has not restarted since, its network is there.
    func isIntact(in directory: PodDirectory, network: BridgeNetwork?) -> Bool {
        guard isComplete, boot == Self.currentBoot() else { return false }
        if status.network == .host { return true }
        return PodNamespaces(pod: directory).existing().contains(.net)
            && network?.hasInterface(of: directory.uid) == true
    }
}

extension Disk {
    /// A value kept in a file; nil where there is none or where it cannot be read as one.
    static func load<T: Decodable>(_ type: T.Type, from path: String) -> T? {
        guard let bytes = try? read(path), let value = try? JSON.parse(bytes) else { return nil }
        return try? ValueDecoder().decode(type, from: value)
    }

    /// Keeps a value in a file.
    static func save(_ value: some Encodable, to path: String) throws {
        try write(JSON.write(try ValueEncoder().encode(value)), to: path)
    }
}
