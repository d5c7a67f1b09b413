import CSandbox
import Glibc

/// Copies image layers over one another, for machines without overlayfs.
enum LayerCopy {
    /// Copies a layer onto what lower layers have left, deletions included.
    ///
    /// - Throws: ``HostCommand/Failure`` or ``SystemCallFailure``.
    static func copy(_ layer: String, onto target: String) async throws {
        guard let cp = HostCommand(named: "cp") else { throw SystemCallFailure("exec", "cp", ENOENT) }
        let whiteouts = whiteouts(in: layer)
        for path in whiteouts.files + whiteouts.directories { try Disk.remove(target + path) }
        // Blocks are shared with the image where the file system can do so.
        try await cp.run(
            ["--archive", "--reflink=auto", "--remove-destination", layer + "/.", target],
            timeout: .seconds(600))
        for path in whiteouts.files { try Disk.remove(target + path) }
    }

    /// The paths in a layer that stand for deletions: character devices 0/0, and directories that hide what lower
    /// layers have in them.
    private static func whiteouts(in layer: String) -> (files: [String], directories: [String]) {
        var (files, directories): ([String], [String]) = ([], [])
        var pending = [""]
        while let path = pending.popLast() {
            for child in Disk.entries(layer + path).map({ "\(path)/\($0)" }) {
                guard let status = Disk.status(layer + child) else { continue }
                switch status.kind {
                case .characterDevice where status.specialDevice == 0: files.append(child)
                case .directory:
                    if isOpaque(layer + child) { directories.append(child) }
                    pending.append(child)
                default: break
                }
            }
        }
        return (files, directories)
    }

    private static func isOpaque(_ directory: String) -> Bool {
        var value: UInt8 = 0
        return lgetxattr(directory, "trusted.overlay.opaque", &value, 1) == 1 && value == UInt8(ascii: "y")
    }
}
