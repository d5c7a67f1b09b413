/// A tree held in memory: for tests, and for what was read from elsewhere at once.
public struct MemoryFileTree: FileTree {
    private enum Node: Sendable {
        case file([UInt8])
        case link(String)
        case directory(Set<String>)
    }

    private var nodes: [String: Node] = ["": .directory([])]

    /// An empty tree.
    public init() {}

    /// A tree of text files; the directories on the way are made.
    public init(_ files: [String: String]) {
        for (path, text) in files { write(Array(text.utf8), to: path) }
    }

    /// Puts a file at a path, in place of what was there; the directories on the way are made.
    public mutating func write(_ bytes: [UInt8], to path: String) {
        put(.file(bytes), at: path)
    }

    /// Puts a link at a path.
    public mutating func link(_ path: String, to target: String) {
        put(.link(target), at: path)
    }

    /// Puts an empty directory at a path; what is below one that exists stays.
    public mutating func makeDirectory(_ path: String) {
        guard let place = TreePath.join("", path) else { return }
        if case .directory = nodes[place] { return }
        put(.directory([]), at: place)
    }

    /// Takes away what stands at a path, with everything below it.
    public mutating func remove(_ path: String) {
        guard let place = TreePath.join("", path), !place.isEmpty, let node = nodes[place] else { return }
        if case .directory(let names) = node {
            for name in names { remove(TreePath.appending(name, to: place)) }
        }
        nodes[place] = nil
        let parent = TreePath.parent(of: place)
        guard case .directory(var names) = nodes[parent] else { return }
        names.remove(TreePath.name(of: place))
        nodes[parent] = .directory(names)
    }

    public func kind(of path: String) -> FileKind? {
        switch nodes[path] {
        case .file: .file
        case .link(let target): .symbolicLink(target: target)
        case .directory: .directory
        case nil: nil
        }
    }

    public func read(_ path: String) throws(FileTreeError) -> [UInt8] {
        switch nodes[path] {
        case .file(let bytes): return bytes
        case nil: throw .notFound(path)
        default: throw .notAFile(path)
        }
    }

    public func list(_ path: String) throws(FileTreeError) -> [String] {
        switch nodes[path] {
        case .directory(let names):
            return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        case nil: throw .notFound(path)
        default: throw .notADirectory(path)
        }
    }

    private mutating func put(_ node: Node, at path: String) {
        guard let place = TreePath.join("", path), !place.isEmpty else { return }
        remove(place)
        nodes[place] = node
        var child = place
        while !child.isEmpty {
            let parent = TreePath.parent(of: child)
            var names: Set<String> = []
            if case .directory(let present) = nodes[parent] { names = present }
            let isKnown = !names.insert(TreePath.name(of: child)).inserted
            nodes[parent] = .directory(names)
            if isKnown { return }
            child = parent
        }
    }
}
