import Glibc

/// Hard links, also to files of layers below.
extension TreeWriter {
    func makeLink(
        _ name: [CChar], in directory: OpenFile, at path: TreePath, _ entry: TarEntry
    ) throws(OCIError) {
        let target = try TreePath(entry.linkTarget, in: "the hard link's target")
        guard let targetName = target.components.last else {
            throw OCIError(
                .unsafeLayer, "the hard link '\(entry.displayPath)' in the layer leads to the root")
        }
        let missing = OCIError(
            .invalidLayer,
            "the hard link '\(entry.displayPath)' in the layer leads to \(target.text), which is not there")
        let source: (directory: OpenFile, path: TreePath)
        if lower.isEmpty {
            source = try root.open(target.parent) { _, _, _, _ throws(OCIError) in throw missing }
        } else {
            source = try openParent(target.parent, for: entry)
        }
        let place = source.path.appending(targetName)
        if place == path { return }
        do throws(SystemCallFailure) {
            if RootDirectory.status(source.directory, targetName) == nil, let found = lower.find(place) {
                try copyUp(found, to: targetName, in: source.directory, at: place)
            }
            guard let status = RootDirectory.status(source.directory, targetName),
                status.st_mode & S_IFMT != S_IFDIR,
                !(status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0)
            else { throw SystemCallFailure("link", place.text, ENOENT) }
            try makeRoom(name, in: directory, at: path)
            if linkat(source.directory.descriptor, targetName, directory.descriptor, name, 0) < 0 {
                throw SystemCallFailure("link", path.text)
            }
        } catch {
            if error.number == ENOENT { throw missing }
            throw .storage("make the hard link '\(entry.displayPath)'", error)
        }
        made.insert(path)
    }

    /// Brings a file of a lower layer into this one, so that a hard link can be made to it.
    func copyUp(
        _ found: LowerLayers.Found, to name: [CChar], in directory: OpenFile, at path: TreePath
    ) throws(SystemCallFailure) {
        let attributes = FileAttributes(found.status)
        switch found.status.st_mode & S_IFMT {
        case S_IFLNK:
            let target =
                RootDirectory.linkTarget(found.directory, found.name).map { CChar(bitPattern: $0) } + [0]
            if symlinkat(target, directory.descriptor, name) < 0 {
                throw SystemCallFailure("symlink", path.text)
            }
            if setsOwner { try attributes.setOwner(directory, name) }
        case S_IFREG:
            let input = openat(found.directory.descriptor, found.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard input >= 0 else { throw SystemCallFailure("open", path.text) }
            let source = OpenFile(owning: input, path: path.text)
            let output = openat(
                directory.descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard output >= 0 else { throw SystemCallFailure("create", path.text) }
            let copy = OpenFile(owning: output, path: path.text)
            while true {
                let count = try source.read(into: buffer)
                if count == 0 { break }
                try copy.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            if setsOwner { try attributes.setOwner(directory, name) }
            try attributes.setMode(directory, name)
        default:
            throw SystemCallFailure("link", path.text, ENOENT)
        }
        try attributes.setTime(directory, name)
    }
}
