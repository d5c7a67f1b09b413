import Glibc

/// Copies image layers over one another, for machines without overlayfs.
enum LayerCopy {
    /// Copies a layer onto what lower layers have left, deletions included.
    ///
    /// - Throws: ``HostCommand/Failure`` or ``SystemCallFailure``.
    static func copy(_ layer: String, onto target: String) async throws {
        guard let cp = HostCommand(named: "cp") else { throw SystemCallFailure("exec", "cp", ENOENT) }
        let whiteouts = try whiteouts(in: layer)
        for path in whiteouts { try Disk.remove(target + path) }
        // Blocks are shared with the image where the file system can do so.
        try await cp.run(
            ["--archive", "--reflink=auto", "--remove-destination", layer + "/.", target],
            timeout: .seconds(600))
        for path in whiteouts { try Disk.remove(target + path) }
    }

    /// The paths in a layer that stand for deletions: character devices 0/0.
    private static func whiteouts(in layer: String, below path: String = "") throws -> [String] {
        try Disk.entries(layer + path).flatMap { name -> [String] in
            let child = "\(path)/\(name)"
            guard let status = Disk.status(layer + child) else { return [] }
            switch status.st_mode & S_IFMT {
            case S_IFCHR: return status.st_rdev == 0 ? [child] : []
            case S_IFDIR: return try whiteouts(in: layer, below: child)
            default: return []
            }
        }
    }
}
