import Git
import Manifest
import Synchronization

/// Loads what a render reads from a commit.
struct CommitLoader: Sendable {
    let repository: GitRepository
    let cache: GitObjectCache
    /// The largest file that is read.
    var fileLimit = 16 << 20
    /// How many rounds of loading a render may need. Each loads whole directories, so that this many are a fault.
    var roundLimit = 200

    /// Runs a render over the files of a commit, as often as it takes to load what it reads.
    ///
    /// - Parameter folder: where the render begins; it is loaded beforehand.
    func render<Result>(
        _ commit: ObjectID, from folder: String, _ body: (any FileTree) throws -> Result
    ) async throws -> Result {
        let tree = CommitTree()
        try await loadDirectory(folder, of: commit, into: tree)
        try await loadFiles(in: folder, into: tree)
        for _ in 0..<roundLimit {
            try Task.checkCancellation()
            let outcome = Swift.Result { try body(tree) }
            let misses = tree.takeMisses()
            if misses.isEmpty { return try outcome.get() }
            for directory in misses.directories {
                try await loadDirectory(directory, of: commit, into: tree)
                try await loadFiles(in: directory, into: tree)
            }
            for file in misses.files { try await loadFile(file, into: tree) }
        }
        throw GitOpsError(
            .renderFailed, "the source at /\(folder) reads from more than \(roundLimit) directories in a row")
    }

    /// Loads a directory and those above it, as far as they exist.
    private func loadDirectory(_ path: String, of commit: ObjectID, into tree: CommitTree) async throws {
        var id = commit
        var directory = ""
        var rest = path.split(separator: "/").map(String.init)[...]
        while true {
            let known = tree.state.withLock { $0.directories[directory] }
            let entries: [String: TreeEntry]
            if let known {
                entries = known
            } else {
                entries = try await load(tree: id)
                let place = directory
                tree.state.withLock { $0.directories[place] = entries }
            }
            guard let component = rest.popFirst(), let next = entries[component], next.mode == .tree else {
                return
            }
            id = next.id
            directory = TreePath.appending(component, to: directory)
        }
    }

    private func load(tree id: ObjectID) async throws -> [String: TreeEntry] {
        let entries: [TreeEntry]
        if case .tree(let known)? = cache[id] {
            entries = known
        } else {
            entries = try await repository.tree(id)
            cache.store(.tree(entries), id)
        }
        return Dictionary(entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Loads the files of a directory that is likely to be read whole: up to 100, of the kinds renders read.
    private func loadFiles(in directory: String, into tree: CommitTree) async throws {
        let entries = tree.state.withLock { $0.directories[directory] } ?? [:]
        let files = entries.values.filter { entry in
            entry.mode == .symlink || [".yaml", ".yml", ".json"].contains { entry.name.hasSuffix($0) }
        }
        guard files.count <= 100 else { return }
        for entry in files { try await loadFile(entry, into: tree) }
    }

    private func loadFile(_ path: String, into tree: CommitTree) async throws {
        let parent = TreePath.parent(of: path)
        let entry = tree.state.withLock { $0.directories[parent]?[TreePath.name(of: path)] }
        if let entry { try await loadFile(entry, into: tree) }
    }

    private func loadFile(_ entry: TreeEntry, into tree: CommitTree) async throws {
        if tree.state.withLock({ $0.files[entry.id] != nil }) { return }
        let bytes: [UInt8]
        if case .blob(let known)? = cache[entry.id] {
            bytes = known
        } else {
            bytes = try await repository.blob(entry.id, limit: fileLimit)
            cache.store(.blob(bytes), entry.id)
        }
        tree.state.withLock { $0.files[entry.id] = bytes }
    }
}
