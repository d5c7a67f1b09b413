/// Arithmetic on the paths of a ``FileTree``.
public enum TreePath {
    /// The components of a path that is already in its plain form.
    static func components(of path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }

    /// A path one component longer.
    public static func appending(_ component: String, to path: String) -> String {
        path.isEmpty ? component : "\(path)/\(component)"
    }

    /// The directory that holds a path; the root's is the root.
    public static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(path[..<slash])
    }

    /// The last component.
    public static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// The plain form of a path that somebody wrote, seen from `base`; nil where it leads out of the tree.
    ///
    /// `.`, `..` and doubled slashes are taken out by their spelling alone; one that begins with `/` starts at the
    /// root of the tree.
    public static func join(_ base: String, _ written: String) -> String? {
        var parts = written.utf8.first == UInt8(ascii: "/") ? [] : base.split(separator: "/")
        for part in written.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    /// Whether a path is `directory` itself or lies below it.
    public static func contains(_ directory: String, _ path: String) -> Bool {
        if directory.isEmpty || path == directory { return true }
        return path.utf8.starts(with: directory.utf8)
            && path.utf8.dropFirst(directory.utf8.count).first == UInt8(ascii: "/")
    }

    /// The way from one directory to a path, with `..` where it leads upwards.
    public static func relative(_ path: String, from directory: String) -> String {
        let from = directory.split(separator: "/")
        let to = path.split(separator: "/")
        let shared = zip(from, to).prefix { $0 == $1 }.count
        let parts = Array(repeating: "..", count: from.count - shared) + to[shared...]
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }
}
