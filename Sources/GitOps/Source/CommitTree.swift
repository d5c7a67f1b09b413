import Git
import Manifest
import Synchronization

/// The files of one commit, as far as they have been loaded.
///
/// Renderers read synchronously, repositories answer asynchronously. So a render that asks for something that is not
/// here yet fails, the tree notes what was asked for, ``CommitLoader`` loads that and its neighbours, and the render is
/// repeated: a few rounds the first time, one from then on, as nothing is read twice.
final class CommitTree: FileTree {
    /// What a render asked for in vain.
    struct Misses: Sendable {
        var directories: Set<String> = []
        var files: Set<String> = []

        var isEmpty: Bool { directories.isEmpty && files.isEmpty }
    }

    struct State: Sendable {
        var directories: [String: [String: TreeEntry]] = [:]
        var files: [ObjectID: [UInt8]] = [:]
        var misses = Misses()
    }

    let state = Mutex(State())

    /// What was asked for in vain since this was last called.
    func takeMisses() -> Misses {
        state.withLock { state in
            defer { state.misses = Misses() }
            return state.misses
        }
    }

    private enum Place {
        case root
        case entry(TreeEntry)
        case nothing
        case notLoaded
    }

    private func place(of path: String) -> Place {
        state.withLock { state in
            var directory = ""
            var entry: TreeEntry?
            for component in path.split(separator: "/") {
                if let entry, entry.mode != .tree { return .nothing }
                guard let entries = state.directories[directory] else {
                    state.misses.directories.insert(directory)
                    return .notLoaded
                }
                guard let next = entries[String(component)] else { return .nothing }
                entry = next
                directory = TreePath.appending(String(component), to: directory)
            }
            return entry.map(Place.entry) ?? .root
        }
    }

    private func bytes(of entry: TreeEntry, at path: String) throws(FileTreeError) -> [UInt8] {
        let known = state.withLock { state in
            if state.files[entry.id] == nil { state.misses.files.insert(path) }
            return state.files[entry.id]
        }
        guard let known else { throw Self.notLoaded(path) }
        return known
    }

    private static func notLoaded(_ path: String) -> FileTreeError {
        FileTreeError(.unreadable, path: path, "'/\(path)' is not loaded yet")
    }

    func kind(of path: String) throws(FileTreeError) -> FileKind? {
        switch place(of: path) {
        case .root: return .directory
        case .nothing: return nil
        case .notLoaded: throw Self.notLoaded(path)
        case .entry(let entry):
            switch entry.mode {
            case .file, .executable: return .file
            // Contents of submodules are in another repository.
            case .tree, .submodule: return .directory
            case .symlink:
                return .symbolicLink(target: String(decoding: try bytes(of: entry, at: path), as: UTF8.self))
            }
        }
    }

    func read(_ path: String) throws(FileTreeError) -> [UInt8] {
        switch place(of: path) {
        case .root: throw .notAFile(path)
        case .nothing: throw .notFound(path)
        case .notLoaded: throw Self.notLoaded(path)
        case .entry(let entry):
            guard entry.mode == .file || entry.mode == .executable else { throw .notAFile(path) }
            return try bytes(of: entry, at: path)
        }
    }

    func list(_ path: String) throws(FileTreeError) -> [String] {
        switch place(of: path) {
        case .nothing: throw .notFound(path)
        case .notLoaded: throw Self.notLoaded(path)
        case .entry(let entry) where entry.mode == .submodule: return []
        case .entry(let entry) where entry.mode != .tree: throw .notADirectory(path)
        case .root, .entry:
            let names = state.withLock { state -> [String]? in
                guard let entries = state.directories[path] else {
                    state.misses.directories.insert(path)
                    return nil
                }
                return Array(entries.keys)
            }
            guard let names else { throw Self.notLoaded(path) }
            return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
    }
}
