import Synchronization

/// A tree that notes what is asked of it: every file read, every directory listed, every path found and not found.
///
/// One recorder serves one render; a commit whose changed paths do not touch its ``trace`` cannot change the render's
/// result, and nobody has to keep lists of paths.
public final class RecordingFileTree: FileTree {
    private let base: any FileTree
    private let recorded = Mutex(FileTrace())

    /// A recorder in front of a tree.
    public init(_ base: any FileTree) {
        self.base = base
    }

    /// What has been asked for so far.
    public var trace: FileTrace { recorded.withLock { $0 } }

    public func kind(of path: String) throws(FileTreeError) -> FileKind? {
        let kind = try base.kind(of: path)
        recorded.withLock { trace in
            switch kind {
            case nil: trace.absent.insert(path)
            case .symbolicLink: trace.links.insert(path)
            case .directory: trace.directories.insert(path)
            // That a file is there matters by its bytes, which are read next, or not at all.
            case .file: break
            }
        }
        return kind
    }

    public func read(_ path: String) throws(FileTreeError) -> [UInt8] {
        do throws(FileTreeError) {
            let bytes = try base.read(path)
            note(path, in: \.files)
            return bytes
        } catch {
            note(path, in: error.code == .notFound ? \.absent : \.files)
            throw error
        }
    }

    public func list(_ path: String) throws(FileTreeError) -> [String] {
        do throws(FileTreeError) {
            let names = try base.list(path)
            note(path, in: \.listings)
            return names
        } catch {
            note(path, in: error.code == .notFound ? \.absent : \.listings)
            throw error
        }
    }

    private func note(_ path: String, in set: WritableKeyPath<FileTrace, Set<String>>) {
        recorded.withLock { trace in
            _ = trace[keyPath: set].insert(path)
        }
    }
}
