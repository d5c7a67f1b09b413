import Glibc

/// A directory tree that is entered name by name from an open directory, so that no symbolic link in it can lead out.
///
/// Links on the way are followed as a process with that root directory would follow them: an absolute one starts at
/// the root, and `..` at the root stays there. Every step is one `openat` that refuses links, on the directory opened
/// the step before, so that a tree another process changes meanwhile cannot mislead it either.
final class RootDirectory {
    /// A directory on the way, and the name it was entered by.
    private struct Step {
        let name: [CChar]
        let file: OpenFile
    }

    let top: OpenFile
    private let symbolicLinks: Int
    /// The last directory that was asked for and those above it.
    private var steps: [Step] = []

    /// What stands in the way of a path.
    enum Obstacle {
        case nothing, symbolicLink([UInt8]), whiteout, other
    }

    init(_ path: String, symbolicLinks: Int) throws(OCIError) {
        self.symbolicLinks = symbolicLinks
        do throws(SystemCallFailure) {
            top = try OpenFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            throw .storage("unpack into \(path)", error)
        }
    }

    /// Opens a directory; links among its components are followed inside the root.
    ///
    /// - Parameters:
    ///   - path: the directory.
    ///   - missing: called for a name that is not there or no directory: makes the directory and returns nil, or
    ///     returns the text of a symbolic link to follow in its place, or throws.
    /// - Returns: the open directory and its path without links.
    func open(
        _ path: TreePath,
        missing: (_ directory: OpenFile, _ place: TreePath, _ name: [CChar], _ obstacle: Obstacle)
            throws(OCIError) -> [UInt8]?
    ) throws(OCIError) -> (directory: OpenFile, path: TreePath) {
        var pending = Array(path.components.reversed())
        var trail = reusableSteps(for: path)
        pending.removeLast(trail.count)
        var followed = 0
        while let name = pending.popLast() {
            if name == [46, 46, 0] {
                _ = trail.popLast()
                continue
            }
            let directory = trail.last?.file ?? top
            var isRetry = false
            while true {
                let descriptor = openat(
                    directory.descriptor, name, RootDirectory.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                if descriptor >= 0 {
                    let file = OpenFile(owning: descriptor, path: TreePath.text(name))
                    trail.append(Step(name: name, file: file))
                    break
                }
                let failure = SystemCallFailure("open", TreePath.text(name))
                let place = TreePath(components: trail.map(\.name))
                let known = [ENOENT, ENOTDIR, ELOOP].contains(failure.number)
                guard known, !isRetry else {
                    throw .storage("open the directory \(place.appending(name).text) of the layer", failure)
                }
                let obstacle = obstacle(in: directory, name)
                var link: [UInt8]?
                if case .symbolicLink(let target) = obstacle {
                    link = target
                } else {
                    link = try missing(directory, place, name, obstacle)
                }
                guard let link else {
                    isRetry = true
                    continue
                }
                followed += 1
                guard followed <= symbolicLinks else {
                    throw OCIError(
                        .unsafeLayer,
                        "the path \(path.text) in the layer leads through more than \(symbolicLinks) links")
                }
                if link.first == UInt8(ascii: "/") { trail.removeAll() }
                for part in link.split(separator: UInt8(ascii: "/")).reversed()
                where !part.elementsEqual(".".utf8) {
                    pending.append(part.map { CChar(bitPattern: $0) } + [0])
                }
                break
            }
        }
        steps = trail
        return (trail.last?.file ?? top, TreePath(components: trail.map(\.name)))
    }

    /// Forgets which directories are open; needed after one was removed or replaced.
    func forget() { steps.removeAll() }

    /// The longest run of directories at the start of the path that are still open.
    private func reusableSteps(for path: TreePath) -> [Step] {
        var count = 0
        while count < steps.count, count < path.components.count, steps[count].name == path.components[count]
        {
            count += 1
        }
        return Array(steps.prefix(count))
    }

    private func obstacle(in directory: OpenFile, _ name: [CChar]) -> Obstacle {
        guard let status = RootDirectory.status(directory, name) else { return .nothing }
        switch status.st_mode & S_IFMT {
        case S_IFLNK: return .symbolicLink(RootDirectory.linkTarget(directory, name))
        case S_IFCHR where status.st_rdev == 0: return .whiteout
        default: return .other
        }
    }

    static let pathOnly: Int32 = 0o10000000

    /// What `lstat` says of a name in a directory, nil where there is nothing.
    static func status(_ directory: OpenFile, _ name: [CChar]) -> stat? {
        var status = stat()
        return fstatat(directory.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    static func linkTarget(_ directory: OpenFile, _ name: [CChar]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
            let count = buffer.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlinkat(directory.descriptor, name, $0, characters.count) }
                    ?? 0
            }
            filled = max(0, count)
        }
    }

    /// The names in an open directory.
    static func names(in directory: OpenFile) throws(SystemCallFailure) -> [[CChar]] {
        let copy = openat(directory.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            throw SystemCallFailure("opendir", directory.path)
        }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
            }
            if name != [46, 0] && name != [46, 46, 0] { names.append(name) }
        }
        return names
    }
}
