/// A tree of files to read from: a directory, the tree of a git commit, or memory.
///
/// Paths are relative to the root of the tree, have `/` between their components and no `.`, `..` or empty
/// component; the root itself is the empty path (``TreePath`` makes them). An implementation answers for the very
/// path it is given: links on the way are followed by ``resolve(_:)``, which works for every tree alike.
///
/// Calls are synchronous and may block; whoever renders off the disk does so on a thread that may wait.
public protocol FileTree: Sendable {
    /// What stands at a path, links not followed; nil where there is nothing.
    ///
    /// - Throws: ``FileTreeError`` with code `unreadable` where that cannot be found out.
    func kind(of path: String) throws(FileTreeError) -> FileKind?

    /// The bytes of the file at a path.
    ///
    /// - Throws: ``FileTreeError`` with code `notFound`, `notAFile` or `unreadable`.
    func read(_ path: String) throws(FileTreeError) -> [UInt8]

    /// The names in the directory at a path, sorted by their bytes.
    ///
    /// - Throws: ``FileTreeError`` with code `notFound`, `notADirectory` or `unreadable`.
    func list(_ path: String) throws(FileTreeError) -> [String]
}

/// What can stand at a path of a tree.
public enum FileKind: Sendable, Hashable {
    case file
    case directory
    /// A link with the text it holds: absolute from the root of the tree, or relative to the link's directory.
    case symbolicLink(target: String)
}

extension FileTree {
    /// The path with every link on the way and at its end replaced by what it leads to; nil where that is nothing.
    ///
    /// - Throws: ``FileTreeError`` with code `outsideTree` where a link leads out of the tree, `tooManyLinks` where
    ///   links lead in a circle, or what ``kind(of:)`` throws.
    public func resolve(_ path: String) throws(FileTreeError) -> String? {
        var pending = Array(TreePath.components(of: path).reversed())
        var resolved = ""
        var followed = 0
        while let component = pending.popLast() {
            if component == ".." {
                guard !resolved.isEmpty else { throw .outsideTree(path) }
                resolved = TreePath.parent(of: resolved)
                continue
            }
            let candidate = TreePath.appending(component, to: resolved)
            switch try kind(of: candidate) {
            case nil: return nil
            case .file where !pending.isEmpty: return nil
            case .file, .directory: resolved = candidate
            case .symbolicLink(let target):
                followed += 1
                guard followed <= 40 else { throw .tooManyLinks(path) }
                if target.hasPrefix("/") { resolved = "" }
                pending += target.split(separator: "/").filter { $0 != "." }.map(String.init).reversed()
            }
        }
        return resolved
    }

    /// The bytes of the file at a path, links followed.
    ///
    /// - Throws: ``FileTreeError`` as ``resolve(_:)`` and ``read(_:)`` throw.
    public func readFollowingLinks(_ path: String) throws(FileTreeError) -> [UInt8] {
        guard let resolved = try resolve(path) else { throw .notFound(path) }
        return try read(resolved)
    }
}
