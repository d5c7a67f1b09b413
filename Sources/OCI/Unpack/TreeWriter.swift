import Glibc

/// Turns the members of one layer's archive into files below a root directory.
final class TreeWriter {
    let root: RootDirectory
    let options: UnpackOptions
    let lower: LowerLayers
    let setsOwner: Bool
    /// The paths this layer has made, which its own deletions spare.
    var made: Set<TreePath> = []
    /// Directories whose mode and time are set at the end, when nothing more is put into them.
    private var directories: [(path: TreePath, attributes: FileAttributes)] = []
    var fileBytes: Int64 = 0
    var skippedDevices: [String] = []
    var skippedAttributes: Set<String> = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4_096)

    init(directory: String, options: UnpackOptions) throws(OCIError) {
        root = try RootDirectory(directory, symbolicLinks: options.limits.symbolicLinks)
        lower = try LowerLayers(options.whiteouts == .overlay ? options.lowerLayers : [])
        self.options = options
        setsOwner =
            switch options.ownership {
            case .automatic: geteuid() == 0
            case .recorded: true
            case .current: false
            }
    }

    deinit { buffer.deallocate() }

    /// Makes what a member says; `content` reads a file's.
    ///
    /// - Throws: ``OCIError`` with code `unsafeLayer`, `invalidLayer`, `limitExceeded`, `unsupported` or `storage`.
    func add(_ entry: TarEntry, content: TarReader) throws(OCIError) {
        let path = try TreePath(entry.path, in: "the path")
        guard let name = path.components.last else {
            guard entry.kind == .directory else {
                throw OCIError(.invalidLayer, "the layer's root is no directory")
            }
            directories.append((path, FileAttributes(entry)))
            return
        }
        let parent = try openParent(path.parent, for: entry)
        if try removeWhiteout(name, in: parent.directory, at: parent.path) { return }
        let place = parent.path.appending(name)
        do throws(SystemCallFailure) {
            switch entry.kind {
            case .directory: try makeDirectory(name, in: parent.directory, at: place, entry)
            case .symbolicLink:
                try makeRoom(name, in: parent.directory, at: place)
                let target = entry.linkTarget.map { CChar(bitPattern: $0) } + [0]
                if symlinkat(target, parent.directory.descriptor, name) < 0 {
                    throw SystemCallFailure("symlink", place.text)
                }
            case .fifo:
                try makeRoom(name, in: parent.directory, at: place)
                if mkfifoat(parent.directory.descriptor, name, 0o600) < 0 {
                    throw SystemCallFailure("mkfifo", place.text)
                }
            case .characterDevice, .blockDevice, .hardLink, .file: break
            }
        } catch { throw .storage("unpack '\(entry.displayPath)'", error) }
        switch entry.kind {
        case .file: try writeFile(name, in: parent.directory, at: place, entry, content)
        case .hardLink: return try makeLink(name, in: parent.directory, at: place, entry)
        case .characterDevice, .blockDevice:
            guard try makeDevice(name, in: parent.directory, at: place, entry) else { return }
        default: break
        }
        do throws(SystemCallFailure) {
            try setAttributes(of: entry, name, in: parent.directory, at: place)
        } catch { throw .storage("set owner and mode of '\(entry.displayPath)'", error) }
        made.insert(place)
    }

    /// Gives directories their modes and times, the deepest first.
    func finish() throws(OCIError) {
        for (path, attributes) in directories.reversed() {
            do throws(SystemCallFailure) { try finishDirectory(path, attributes) } catch {
                throw .storage("set the mode of \(path.text)", error)
            }
        }
    }

    func finishDirectory(
        _ path: TreePath, _ attributes: FileAttributes
    ) throws(SystemCallFailure) {
        guard let name = path.components.last else {
            if setsOwner, fchown(root.top.descriptor, attributes.userID, attributes.groupID) < 0 {
                throw SystemCallFailure("chown", "/")
            }
            if fchmod(root.top.descriptor, attributes.mode) < 0 { throw SystemCallFailure("chmod", "/") }
            futimens(root.top.descriptor, attributes.timespecs)
            return
        }
        // What a later member replaced by something else has no mode to get.
        let found: (directory: OpenFile, path: TreePath)
        do throws(OCIError) {
            found = try root.open(path.parent) { _, _, _, _ throws(OCIError) in
                throw OCIError(.notFound, "")
            }
        } catch { return }
        guard found.path == path.parent, let status = RootDirectory.status(found.directory, name),
            status.st_mode & S_IFMT == S_IFDIR
        else { return }
        try attributes.setMode(found.directory, name)
        try attributes.setTime(found.directory, name)
    }

    // MARK: Directories

    /// Opens the directory a member goes into, with those above it that are missing.
    func openParent(
        _ path: TreePath, for entry: TarEntry
    ) throws(OCIError) -> (directory: OpenFile, path: TreePath) {
        try root.open(path) { directory, place, name, obstacle throws(OCIError) in
            let full = place.appending(name)
            var attributes = FileAttributes.directory(of: entry)
            switch obstacle {
            case .nothing, .symbolicLink:
                if let found = self.lower.find(full) {
                    switch found.status.st_mode & S_IFMT {
                    case S_IFLNK: return RootDirectory.linkTarget(found.directory, found.name)
                    case S_IFDIR: attributes = FileAttributes(found.status)
                    default: throw self.notADirectory(full, entry)
                    }
                }
            case .whiteout: break
            case .other: throw self.notADirectory(full, entry)
            }
            do throws(SystemCallFailure) {
                var isOpaque = false
                if case .whiteout = obstacle {
                    try TreeRemoval.remove(name, in: directory, at: full)
                    isOpaque = true
                }
                if mkdirat(directory.descriptor, name, 0o700) < 0 {
                    throw SystemCallFailure("mkdir", full.text)
                }
                if self.setsOwner { try attributes.setOwner(directory, name) }
                if isOpaque { try self.setOpaque(name, in: directory) }
            } catch { throw .storage("make the directory \(full.text)", error) }
            self.directories.append((full, attributes))
            return nil
        }
    }

    func notADirectory(_ path: TreePath, _ entry: TarEntry) -> OCIError {
        OCIError(
            .invalidLayer,
            "'\(entry.displayPath)' in the layer cannot be unpacked: \(path.text) is no directory")
    }

    func makeDirectory(
        _ name: [CChar], in directory: OpenFile, at path: TreePath, _ entry: TarEntry
    ) throws(SystemCallFailure) {
        var isOpaque = false
        if let status = RootDirectory.status(directory, name), status.st_mode & S_IFMT != S_IFDIR {
            isOpaque = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0
            try makeRoom(name, in: directory, at: path)
        }
        if mkdirat(directory.descriptor, name, 0o700) < 0, errno != EEXIST {
            throw SystemCallFailure("mkdir", path.text)
        }
        // A deletion of this layer came first: nothing of the lower directory must show.
        if isOpaque, options.whiteouts == .overlay { try setOpaque(name, in: directory) }
        directories.append((path, FileAttributes(entry)))
    }

    func setOpaque(_ name: [CChar], in directory: OpenFile) throws(SystemCallFailure) {
        let descriptor = openat(
            directory.descriptor, name, RootDirectory.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemCallFailure("open", TreePath.text(name)) }
        try ImageAttributes.setOpaque(OpenFile(owning: descriptor, path: TreePath.text(name)))
    }

    /// Removes what stands at a name.
    func makeRoom(
        _ name: [CChar], in directory: OpenFile, at path: TreePath
    ) throws(SystemCallFailure) {
        if unlinkat(directory.descriptor, name, 0) == 0 || errno == ENOENT { return }
        try TreeRemoval.remove(name, in: directory, at: path)
        root.forget()
    }

    func setAttributes(
        of entry: TarEntry, _ name: [CChar], in directory: OpenFile, at path: TreePath
    ) throws(SystemCallFailure) {
        let attributes = FileAttributes(entry)
        // A change of owner takes set-user-id bits and capabilities away, so it comes first.
        if setsOwner { try attributes.setOwner(directory, name) }
        let isLink = entry.kind == .symbolicLink
        if !isLink, entry.kind != .directory { try attributes.setMode(directory, name) }
        for attribute in entry.attributes {
            var isSet = ImageAttributes.isAllowed(attribute.name)
            if isSet { isSet = try ImageAttributes.set(attribute, on: directory, name) }
            if !isSet { skippedAttributes.insert(attribute.name) }
        }
        if entry.kind != .directory { try attributes.setTime(directory, name) }
    }
}
