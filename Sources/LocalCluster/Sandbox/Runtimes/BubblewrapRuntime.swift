import Glibc
import Manifest

/// Runs containers through bubblewrap, which needs no root where the kernel lets users make namespaces.
struct BubblewrapRuntime: SandboxRuntime {
    let name = "bubblewrap"
    let isolatesFiles = true
    let hasNamespaces = true
    private let command: HostCommand
    private let userSwitch: UserSwitch?

    /// Nil where the machine has no bubblewrap.
    init?() async {
        guard let command = HostCommand(named: "bwrap") else { return nil }
        self.command = command
        userSwitch = await UserSwitch()
    }

    func launch(_ container: PreparedContainer) throws -> Launch {
        let arguments = try BubblewrapArguments(container, userSwitch: userSwitch)
        // From a file: the environment may hold secrets, and every user of the machine sees arguments.
        let options = arguments.options.flatMap { option -> [UInt8] in Array(option.utf8) + [0] }
        try Disk.write(options, to: container.directory.options)
        var launch = Launch(arguments: [command.path, "--args", "4", "--"] + arguments.command)
        launch.opensFiles = true
        return launch
    }

    func firstProcess(of directory: ContainerDirectory) -> Int32? {
        guard let processID = reported("child-pid", in: directory).flatMap({ Int32($0) }) else { return nil }
        // Until bubblewrap has become the program, its mounts are not in place.
        guard let executable = Disk.symbolicLink("/proc/\(processID)/exe") else { return nil }
        return executable.hasSuffix("/bwrap") ? nil : processID
    }

    func startFailure(of directory: ContainerDirectory) -> String? {
        // It says "exit-code" only of a container that it has set up.
        let output = try? Disk.read(directory.log, limit: 4096)
        let text = String(decoding: output ?? [], as: UTF8.self)
        if reported("exit-code", in: directory) != nil, !text.hasPrefix("bwrap: execvp ") { return nil }
        return text.hasPrefix("bwrap: ")
            ? String(text.dropFirst(7).prefix { $0 != "\n" }) : "bubblewrap ended before the container ran"
    }

    func sweep(_ directory: ContainerDirectory) async throws {
        // Its first process dies with it, and every other with the first; it dies with the monitor.
        guard let child = directory.childHandle() else { return }
        let first = firstProcess(of: directory).flatMap(ProcessHandle.init)
        try child.signal(SIGKILL)
        for process in [child, first] {
            _ = await process?.ended(within: .seconds(10), clock: .continuous)
        }
    }

    /// A number of the documents that bubblewrap writes to its status file.
    private func reported(_ key: String, in directory: ContainerDirectory) -> Int64? {
        for line in (Disk.text(directory.status) ?? "").split(separator: "\n") {
            if let number = (try? JSON.parse(String(line)))?[key]?.integerValue { return number }
        }
        return nil
    }
}
