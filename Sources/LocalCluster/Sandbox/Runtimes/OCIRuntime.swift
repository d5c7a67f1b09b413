import Glibc
import Manifest

/// Runs containers as OCI bundles through `runc` or `crun`, which take the same command line.
struct OCIRuntime: SandboxRuntime {
    let name: String
    let isolatesFiles = true
    let hasNamespaces = true
    private let command: HostCommand
    private let state: String
    private let namePrefix: String

    /// Nil where the machine has no program of the name.
    init?(named name: String, in run: RunDirectory) {
        guard let command = HostCommand(named: name) else { return nil }
        self.name = name
        self.command = command
        state = run.runtimeState
        namePrefix = Self.namePrefix(of: run)
    }

    /// How names of containers begin: they must differ on all of the machine, as their control groups do.
    static func namePrefix(of run: RunDirectory) -> String {
        "slipway-" + String(StableHash(run.path).value, radix: 36) + "-"
    }

    func launch(_ container: PreparedContainer) throws -> Launch {
        let directory = container.directory
        try Disk.makeDirectory(directory.bundle)
        let bundle = try OCIBundle(container)
        try Disk.write(JSON.write(bundle.configuration), to: "\(directory.bundle)/config.json")
        var launch = Launch(
            arguments: [
                command.path, "--root", state, "--log", errorLog(of: directory), "--log-format", "json",
                "run",
                "--bundle", directory.bundle, "--pid-file", processFile(of: directory),
                containerName(of: directory),
            ])
        // The runtime stays in the foreground, as the parent that learns the exit code, and passes output on.
        launch.pipesOutput = false
        // It enters namespaces by the bundle's word, and needs none for itself.
        launch.entersPodNamespaces = false
        return launch
    }

    func firstProcess(of directory: ContainerDirectory) -> Int32? {
        Disk.text(processFile(of: directory)).flatMap { Int32($0) }
    }

    func startFailure(of directory: ContainerDirectory) -> String? {
        if firstProcess(of: directory) != nil { return nil }
        let lines = (Disk.text(errorLog(of: directory)) ?? "").split(separator: "\n")
        let errors = lines.compactMap { line -> String? in
            guard let entry = try? JSON.parse(String(line)), entry["level"]?.stringValue == "error" else {
                return nil
            }
            return entry["msg"]?.stringValue
        }
        return errors.last ?? "\(name) ended before the container ran"
    }

    func sweep(_ directory: ContainerDirectory) async throws {
        // The runtime removes its state itself as it ends, unless it was killed.
        let name = containerName(of: directory)
        guard Disk.exists("\(state)/\(name)") else { return }
        try await command.run(["--root", state, "delete", "--force", name])
    }

    private func containerName(of directory: ContainerDirectory) -> String {
        namePrefix + directory.id.description
    }
    private func processFile(of directory: ContainerDirectory) -> String { "\(directory.path)/pid" }
    private func errorLog(of directory: ContainerDirectory) -> String { "\(directory.path)/runtime.log" }
}
