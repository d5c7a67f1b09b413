import CSandbox
import Glibc
import Manifest

/// The process that runs the cluster of a directory: there is one at most, and others can find and end it.
public final class ClusterProcess: Sendable {
    private struct Record: Codable {
        var process: String
        var kubeconfig: String?
    }

    private let directory: String
    private let lock: OpenFile
    /// The process' number.
    public let processID: Int32
    /// The kubeconfig of its API; nil until that is served.
    public let kubeconfig: String?

    private init(directory: String, lock: OpenFile, processID: Int32, kubeconfig: String?) {
        self.directory = directory
        self.lock = lock
        self.processID = processID
        self.kubeconfig = kubeconfig
    }

    private static func record(_ directory: String) -> String { "\(directory)/cluster.json" }

    /// Makes this process the one of a directory, for as long as it lives or until ``release()``.
    ///
    /// - Throws: ``SandboxError`` with code `unavailable` where another process runs it, `storage`.
    public static func claim(directory: String) throws(SandboxError) -> ClusterProcess {
        do throws(SystemCallFailure) {
            try Disk.makeDirectory(directory, mode: 0o700)
            let lock = try OpenFile("\(directory)/cluster.lock", O_RDWR | O_CREAT)
            guard flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let other = running(directory: directory).map { " (process \($0.processID))" } ?? ""
                throw SystemCallFailure("lock", "\(directory)\(other)", EWOULDBLOCK)
            }
            let process = ClusterProcess(
                directory: directory, lock: lock, processID: getpid(), kubeconfig: nil)
            try process.write(kubeconfig: nil)
            return process
        } catch {
            if error.number == EWOULDBLOCK {
                throw SandboxError(
                    .unavailable,
                    "the cluster in \(directory) runs already: end it with `slipway cluster down`, or choose another"
                        + " directory with --data", cause: error)
            }
            throw SandboxError(
                .storage, "the cluster's directory \(directory) cannot be used: make it writable",
                cause: error)
        }
    }

    /// Says where the API of this process is.
    ///
    /// - Throws: ``SandboxError`` with code `storage`.
    public func announce(kubeconfig: String) throws(SandboxError) {
        do throws(SystemCallFailure) {
            try write(kubeconfig: kubeconfig)
        } catch {
            throw SandboxError(.storage, "\(Self.record(directory)) cannot be written", cause: error)
        }
    }

    private func write(kubeconfig: String?) throws(SystemCallFailure) {
        let line = Disk.text("/proc/self/stat") ?? ""
        var value: Value = ["process": .string(line)]
        if let kubeconfig { value["kubeconfig"] = .string(kubeconfig) }
        try Disk.write(JSON.write(value), to: Self.record(directory))
    }

    /// Lets another process take the directory.
    public func release() { try? Disk.remove(Self.record(directory)) }

    /// The process that runs the cluster of a directory, nil where none does, for somebody who asks: what may not be seen
    /// is not taken for absent.
    ///
    /// - Throws: ``SandboxError`` with code `unavailable` where that cannot be seen by this user.
    public static func find(directory: String) throws(SandboxError) -> ClusterProcess? {
        do throws(SystemCallFailure) {
            _ = try Disk.read(record(directory))
        } catch {
            throw SandboxError(
                .unavailable,
                "whether anything runs in \(directory) cannot be seen: ask as the user who started it",
                cause: error)
        }
        return running(directory: directory)
    }

    /// The process that runs the cluster of a directory, nil where none does.
    public static func running(directory: String) -> ClusterProcess? {
        guard let record = Disk.load(Record.self, from: record(directory)),
            let status = ProcessStatus(line: record.process), ProcessHandle(status) != nil,
            let lock = try? OpenFile("\(directory)/cluster.lock", O_RDONLY)
        else { return nil }
        return ClusterProcess(
            directory: directory, lock: lock, processID: status.processID, kubeconfig: record.kubeconfig)
    }

    /// Tells the process to end and returns when it has.
    ///
    /// - Throws: ``SandboxError`` with code `timeout`, or `unavailable` where it may not be told.
    public func end(within limit: Duration) async throws {
        guard let handle = ProcessHandle(processID) else { return }
        do {
            try handle.signal(SIGTERM)
        } catch {
            throw SandboxError(
                .unavailable, "process \(processID) cannot be told to end: do it as the user who started it",
                cause: error)
        }
        guard await handle.ended(within: limit, clock: .continuous) else {
            throw SandboxError(
                .timeout, "process \(processID) has not ended within \(limit): wait, or kill it and repeat")
        }
    }

    /// Ends what a cluster that was killed has left on the machine; whether there was anything.
    ///
    /// - Throws: ``SandboxError``.
    public static func removeRemains(directory: String) async throws -> Bool {
        let run = RunDirectory(path: "\(directory)/run")
        guard Disk.exists(run.pods) else { return false }
        let process = try claim(directory: directory)
        defer { process.release() }
        var configuration = LocalCluster.Configuration()
        configuration.directory = directory
        if let network = Disk.load(NetworkRecord.self, from: NetworkRecord.path(in: directory)) {
            configuration.bridge = network.bridge
            configuration.podSubnet = IPv4Subnet(network.subnet)
        }
        let sandboxes = try await PodSandboxes.open(configuration.sandboxes(in: directory))
        let hasContainers = sandboxes.recovered.contains { $0.status != nil }
        try await sandboxes.disconnectAll()
        return hasContainers
    }
}

/// The network that a cluster's pods were connected to last, for whoever has to remove it.
struct NetworkRecord: Codable, Sendable {
    var bridge: String
    var subnet: String

    static func path(in directory: String) -> String { "\(directory)/run/network.json" }
}
