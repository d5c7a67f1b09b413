import Glibc

/// The unpacked layers below one that is unpacked on its own, searched as overlayfs shows them.
struct LowerLayers {
    /// Highest first.
    private let layers: [OpenFile]

    /// What the layers show at a path.
    struct Found {
        let status: stat
        let directory: OpenFile
        let name: [CChar]
    }

    init(_ paths: [String]) throws(OCIError) {
        var layers: [OpenFile] = []
        do throws(SystemCallFailure) {
            for path in paths.reversed() { layers.append(try OpenFile(path, O_RDONLY | O_DIRECTORY)) }
        } catch {
            throw .storage("open the layers below", error)
        }
        self.layers = layers
    }

    var isEmpty: Bool { layers.isEmpty }

    /// What is at a path without links on the way; nil where there is nothing or a deletion.
    func find(_ path: TreePath) -> Found? {
        guard let name = path.components.last else { return nil }
        for layer in layers {
            var directory = layer
            var hidesLower = false
            var isMissing = false
            for step in path.components.dropLast() {
                guard let status = RootDirectory.status(directory, step) else {
                    isMissing = true
                    break
                }
                // A deletion or a file hides what lower layers have there.
                guard status.st_mode & S_IFMT == S_IFDIR else { return nil }
                hidesLower = hidesLower || ImageAttributes.isOpaque(directory, step)
                let descriptor = openat(
                    directory.descriptor, step,
                    RootDirectory.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                guard descriptor >= 0 else { return nil }
                directory = OpenFile(owning: descriptor, path: TreePath.text(step))
            }
            if !isMissing, let status = RootDirectory.status(directory, name) {
                let isWhiteout = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0
                return isWhiteout ? nil : Found(status: status, directory: directory, name: name)
            }
            if hidesLower { return nil }
        }
        return nil
    }
}
