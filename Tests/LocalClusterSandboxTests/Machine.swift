import Glibc
import KubeModel
import Synchronization
import TestSupport
import Testing

@testable import LocalCluster

/// Sandboxes in a run directory of their own, with all that a test needs to look at them.
struct Machine {
    /// The runtimes that this machine has; continuous integration has them all.
    static let runtimes = ["runc", "bubblewrap", "process"].filter { name in
        let program = name == "runc" ? "runc" : name == "bubblewrap" ? "bwrap" : "setsid"
        return HostCommand(named: program) != nil && (name != "runc" || geteuid() == 0)
    }

    /// Those that give containers a file system of their own.
    static let isolating = runtimes.filter { $0 != "process" }
    static let isRoot = geteuid() == 0
    static let canConnect = isRoot && HostCommand(named: "ip") != nil

    private static let numbers = Atomic<Int>(0)

    let directory: String
    let configuration: SandboxConfiguration
    private let network: TestNetwork
    let sandboxes: PodSandboxes

    /// Opens sandboxes that only use `runtime`, hands them to the test, and removes all there is of them.
    static func with(
        _ runtime: String, connected: Bool = false, resolver: HostResolver = .system,
        _ body: (Machine) async throws -> Void
    ) async throws {
        let directory = temporaryDirectory()
        let machine = try await Machine(runtime, connected: connected, resolver: resolver, in: directory)
        defer { withExtendedLifetime(machine) {} }
        do {
            try await body(machine)
        } catch {
            try? await machine.sandboxes.removeAll()
            try? Disk.remove(directory)
            throw error
        }
        try await machine.sandboxes.removeAll()
        try Disk.remove(directory)
    }

    static func temporaryDirectory() -> String {
        let number = numbers.add(1, ordering: .relaxed).newValue
        return "/tmp/slipway-sandbox-\(getpid())-\(number)"
    }

    /// Opens a directory, with a network that no other test has.
    init(
        _ runtime: String, connected: Bool = false, resolver: HostResolver = .system, in directory: String
    ) async throws {
        self.directory = directory
        var configuration = SandboxConfiguration(runDirectory: "\(directory)/run")
        configuration.runtimes = [runtime]
        configuration.connectsPods = connected
        configuration.hiddenDirectories = ["\(directory)"]
        configuration.resolver = resolver
        network = try TestNetwork("swt")
        configuration.bridge = network.bridge
        configuration.subnet = try #require(IPv4Subnet(network.subnet))
        self.configuration = configuration
        sandboxes = try await PodSandboxes.open(configuration)
    }

    /// Makes a pod that holds one container's worth of a test.
    func pod(_ uid: String = "pod-1", _ change: (inout PodSandboxSpec) -> Void = { _ in }) async throws
        -> PodSandboxStatus
    {
        var spec = PodSandboxSpec(uid: uid, namespace: "default", name: uid)
        change(&spec)
        return try await sandboxes.createPod(spec)
    }

    func container(
        _ arguments: [String], named name: String = "main", pod: String = "pod-1", attempt: Int = 0,
        _ change: (inout ContainerSpec) -> Void = { _ in }
    ) -> ContainerSpec {
        var spec = ContainerSpec(
            id: ContainerID(pod: pod, name: name, attempt: attempt), root: .host, arguments: arguments)
        change(&spec)
        return spec
    }

    /// Runs a shell script in a container to its end.
    func run(
        _ script: String, named name: String = "main", pod: String = "pod-1",
        _ change: (inout ContainerSpec) -> Void = { _ in }
    ) async throws -> (code: Int32, output: String) {
        let spec = container(["/bin/sh", "-c", script], named: name, pod: pod, change)
        _ = try await sandboxes.start(spec)
        let exit = try await sandboxes.wait(spec.id)
        return (exit.code, try await text(spec.id))
    }

    func text(_ id: ContainerID, _ options: ContainerLogOptions = ContainerLogOptions()) async throws
        -> String
    {
        var bytes: [UInt8] = []
        for try await piece in try await sandboxes.logs(id, options: options) { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a followed log until it has said something.
    func wait(for text: String, in id: ContainerID) async throws {
        var options = ContainerLogOptions()
        options.follow = true
        var said = ""
        for try await piece in try await sandboxes.logs(id, options: options) {
            said += String(decoding: piece, as: UTF8.self)
            if said.contains(text) { return }
        }
        Issue.record("the container ended without saying \(text): \(said)")
    }

    /// Waits for what the kernel or a process of its own brings about, with nothing to be woken by.
    static func eventually(
        within limit: Duration = .seconds(120), _ condition: () -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record("not within \(limit)", sourceLocation: sourceLocation)
                return
            }
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    /// What is left of pods anywhere on the machine: processes, mounts, interfaces, control groups, files.
    func remains() -> [String] {
        let run = "\(directory)/run"
        let processes = ProcessStatus.allProcessIDs().filter { processID in
            let arguments = ProcessStatus.arguments(of: processID)
            return arguments.contains { $0.contains("\(run)/") }
                || ProcessStatus.environment(of: processID).contains { $0.contains("\(run)/") }
        }
        let mounts = Mounts.below(directory).filter { $0 != "\(run)/mounts" }
        let interfaces = Disk.entries("/sys/class/net/\(configuration.bridge)/brif")
        let groups = Disk.entries("/sys/fs/cgroup").flatMap { controller in
            Disk.entries("/sys/fs/cgroup/\(controller)").filter {
                $0.hasPrefix(OCIRuntime.namePrefix(of: RunDirectory(path: run)))
            }
        }
        let files = ["pods", "mounts", "runc", "trash"].flatMap { Disk.entries("\(run)/\($0)") }
        return processes.map { "process \($0): \(ProcessStatus.arguments(of: $0))" } + mounts + interfaces
            + groups + files
    }
}

/// Root file systems made of the machine's shell, with nothing else in them.
enum ShellImage {
    /// Writes a layer that holds `/bin/sh` and what it needs.
    static func write(to directory: String) async throws {
        let ldd = try #require(HostCommand(named: "ldd"))
        let listing = try await ldd.run(["/bin/sh"])
        let libraries = listing.split { $0 == " " || $0 == "\t" || $0 == "\n" }.filter { $0.hasPrefix("/") }
        for path in libraries.map(String.init) + ["/bin/sh"] {
            let bytes = try #require(try Disk.read(path))
            let place = directory + path
            try Disk.makeDirectory(String(place[..<(try #require(place.lastIndex(of: "/")))]), mode: 0o755)
            try Disk.overwrite(bytes, to: place, mode: 0o755)
        }
        for name in ["etc", "proc", "dev", "sys", "tmp"] {
            try Disk.makeDirectory("\(directory)/\(name)", mode: 0o755)
        }
        try Disk.overwrite(
            Array("root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n".utf8),
            to: "\(directory)/etc/passwd")
        try Disk.overwrite(
            Array("root:x:0:\napp:x:1000:\nlogs:x:2000:app\n".utf8), to: "\(directory)/etc/group")
    }
}
