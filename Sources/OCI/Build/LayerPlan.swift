import Glibc

/// The members of a layer in order, with where their content comes from.
///
/// Names are sorted by their bytes, directories above others come first, and owners, modes and times are what the recipe
/// says and not what the disk does, so that the same files give the same plan on every machine and day.
struct LayerPlan: Sendable {
    enum Content: Sendable {
        case none
        case bytes([UInt8])
        case file(String)
    }

    struct Member: Sendable {
        var entry: TarEntry
        var content: Content
    }

    private(set) var members: [Member] = []

    /// Looks at the files. Blocks.
    ///
    /// - Parameter time: the time of last change of everything, in seconds since 1970.
    /// - Throws: ``OCIError`` with code `build` or `storage`.
    init(_ layer: LayerContent, time: Int64) throws(OCIError) {
        var found: [String: Member] = [:]
        for item in layer.items {
            let target = try Self.cleaned(item.target)
            switch item.source {
            case .path(let path, let excluding):
                try Self.add(
                    path, at: target, excluding: Set(excluding.map { Self.trimmed($0) }), mode: item.mode,
                    relative: "", to: &found)
            case .file(let bytes):
                guard !target.isEmpty else { throw OCIError(.build, "a file cannot be the root of an image") }
                var entry = TarEntry(path: Array(target.utf8))
                entry.mode = item.mode ?? 0o644
                entry.size = Int64(bytes.count)
                found[target] = Member(entry: entry, content: .bytes(bytes))
            case .directory:
                if !target.isEmpty { found[target] = Self.directory(target, mode: item.mode ?? 0o755) }
            case .symbolicLink(let destination):
                guard !target.isEmpty else { throw OCIError(.build, "a link cannot be the root of an image") }
                found[target] = Self.link(target, Array(destination.utf8))
            }
        }
        try Self.addParents(to: &found)
        members = found.values.map { member in
            var member = member
            (member.entry.userID, member.entry.groupID) = (layer.userID, layer.groupID)
            member.entry.modificationSeconds = time
            return member
        }
        members.sort { $0.entry.path.lexicographicallyPrecedes($1.entry.path) }
    }

    /// The files with content, for reports of what is large.
    func files(layer: Int) -> [ImageFile] {
        members.filter { $0.entry.kind == .file }.map {
            ImageFile(path: "/" + $0.entry.displayPath, size: $0.entry.size, layer: layer)
        }
    }

    private static func directory(_ path: String, mode: UInt32) -> Member {
        var entry = TarEntry(path: Array("\(path)/".utf8))
        entry.kind = .directory
        entry.mode = mode
        return Member(entry: entry, content: .none)
    }

    private static func link(_ path: String, _ destination: [UInt8]) -> Member {
        var entry = TarEntry(path: Array(path.utf8))
        entry.kind = .symbolicLink
        entry.mode = 0o777
        entry.linkTarget = destination
        return Member(entry: entry, content: .none)
    }

    /// A path in an image, without slashes at its ends.
    private static func cleaned(_ target: String) throws(OCIError) -> String {
        let parts = target.split(separator: "/").filter { $0 != "." }
        guard !parts.contains(".."), !target.utf8.contains(0) else {
            throw OCIError(.build, "the path '\(target)' in the image leads upward; write it from the root")
        }
        if let whiteout = parts.first(where: { $0.hasPrefix(".wh.") }) {
            throw OCIError(
                .build, "'\(whiteout)' in '\(target)' would delete a file of a lower layer; rename it")
        }
        return parts.joined(separator: "/")
    }

    private static func trimmed(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    private static func add(
        _ path: String, at target: String, excluding: Set<String>, mode: UInt32?, relative: String,
        to found: inout [String: Member]
    ) throws(OCIError) {
        if excluding.contains(relative) { return }
        guard let status = relative.isEmpty ? followed(path) : Disk.status(path) else {
            throw OCIError(.build, "there is no file '\(path)' to put into the image")
        }
        _ = try cleaned(target)
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            if !target.isEmpty { found[target] = directory(target, mode: 0o755) }
            for name in Disk.entries(path) {
                try add(
                    "\(path)/\(name)", at: target.isEmpty ? name : "\(target)/\(name)", excluding: excluding,
                    mode: mode, relative: relative.isEmpty ? name : "\(relative)/\(name)", to: &found)
            }
        case S_IFREG:
            guard !target.isEmpty else {
                throw OCIError(
                    .build, "the file '\(path)' cannot be the root of an image; give it a path in it")
            }
            var entry = TarEntry(path: Array(target.utf8))
            entry.mode = mode ?? (status.st_mode & 0o111 == 0 ? 0o644 : 0o755)
            entry.size = Int64(status.st_size)
            found[target] = Member(entry: entry, content: .file(path))
        case S_IFLNK:
            guard let here = try? OpenFile(Disk.parent(of: path), O_RDONLY | O_DIRECTORY) else {
                throw OCIError(.build, "the link '\(path)' cannot be read")
            }
            let name = path.split(separator: "/").last.map(String.init) ?? path
            found[target] = link(target, RootDirectory.linkTarget(here, name.utf8CString.map { $0 }))
        default:
            throw OCIError(
                .build, "'\(path)' is a device, a socket or a pipe, which images do not hold; leave it out")
        }
    }

    /// The file that is meant where a user names a link.
    private static func followed(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func addParents(to found: inout [String: Member]) throws(OCIError) {
        for path in Array(found.keys) {
            var parent = path[...]
            while let slash = parent.lastIndex(of: "/") {
                parent = parent[..<slash]
                let name = String(parent)
                guard let member = found[name] else {
                    found[name] = directory(name, mode: 0o755)
                    continue
                }
                guard member.entry.kind == .directory else {
                    throw OCIError(
                        .build,
                        "'/\(path)' cannot be put into the image, since '/\(name)' is no directory in it")
                }
            }
        }
    }
}
