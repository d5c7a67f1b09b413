import Foundation

/// Programs of the machine that tests run: what `Scripts/setup` installs.
public enum Program {
    /// The first executable of a name on the path or in the administrator's directories, nil where there is none.
    public static func path(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin", "/usr/local/sbin"]
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// A program built beside the tests, such as `slipway`.
    public static func built(_ name: String) -> String? {
        let products = Bundle.main.executableURL?.deletingLastPathComponent()
        guard let file = products?.appending(path: name).path,
            FileManager.default.isExecutableFile(atPath: file)
        else { return nil }
        return file
    }
}

extension Program {
    /// Whether buildah gets from this machine what it needs; it wants root, and mounts of its own.
    public static let hasWorkingBuildah = succeeds(
        "buildah --root $PWD/root --runroot $PWD/run --storage-driver vfs from scratch", needing: "buildah")

    /// Whether podman does.
    public static let hasWorkingPodman = succeeds(
        """
        export HOME=$PWD
        podman --root $PWD/root --runroot $PWD/run --storage-driver vfs --cgroup-manager cgroupfs images
        """, needing: "podman")

    /// Whether a script ends well in an empty directory. Holds the thread for the moment that it takes.
    private static func succeeds(_ script: String, needing program: String) -> Bool {
        guard path(program) != nil, geteuid() == 0 else { return false }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-ec",
            "directory=$(mktemp -d /tmp/p-XXXXXX); trap 'rm -rf \"$directory\"' EXIT; cd \"$directory\"\n\(script)",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
