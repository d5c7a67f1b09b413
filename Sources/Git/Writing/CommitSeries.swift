/// Commits one after the other, made in memory and stored at once.
///
///     var series = CommitSeries(on: head, in: repository)
///     try await series.append([.write("a.yaml", bytes)], author: author, message: "Change a")
///     try await series.write()
///     try await repository.update([.move("refs/heads/main", from: head, to: series.tip)])
///
/// However many there are, storing them is one run of git. Of a file that changes many times the last version is
/// stored in full and the others as what differs from the next, so that a long series costs little disk.
public struct CommitSeries: Sendable {
    /// A folder as it is after the last commit.
    private struct Folder: Sendable {
        var entries: [TreeEntry]
        var places: [[UInt8]: Int]

        init(_ entries: [TreeEntry]) {
            self.entries = entries
            places = Dictionary(
                entries.enumerated().map { ($0.element.nameBytes, $0.offset) }, uniquingKeysWith: { $1 })
        }

        /// Sets an entry; answers whether it is new, so that the order has to be made again.
        mutating func set(_ name: [UInt8], _ mode: FileMode, _ id: ObjectID) {
            if let place = places[name] {
                entries[place].id = id
                entries[place].mode = mode
                return
            }
            var changed = entries
            changed.append(TreeEntry(nameBytes: name, mode: mode, id: id))
            self = Folder(changed.sorted(by: TreeEntry.isOrdered))
        }
    }

    /// Where the commits will be stored.
    public let repository: GitRepository
    /// The commit that the series continues.
    public let base: ObjectID
    /// The commits, oldest first.
    public private(set) var commits: [Commit] = []
    private var folders: [[[UInt8]]: Folder] = [:]
    /// By path, the versions of a file or folder that came to be, oldest first.
    private var versions: [[[UInt8]]: [GitObject]] = [:]

    /// A series without commits.
    public init(on base: ObjectID, in repository: GitRepository) {
        self.base = base
        self.repository = repository
    }

    /// The newest commit; the base where there is none.
    public var tip: ObjectID { commits.last?.id ?? base }

    /// Adds a commit that writes files. Removing is not for series.
    ///
    /// - Throws: ``GitError`` with code `invalidName`; `conflict` where a file stands in the way of a folder, or where
    ///   an edit removes.
    @discardableResult
    public mutating func append(
        _ edits: [TreeEdit], author: Signature, committer: Signature? = nil, message: String
    ) async throws -> Commit {
        for edit in edits {
            guard case .write(_, let content, let mode) = edit else {
                throw GitError(.conflict, "\(edit.path) cannot be removed in a series of commits")
            }
            try await write(content, mode: mode, at: try edit.components())
        }
        let tree = try await seal([])
        let commit = Commit(
            tree: tree, parents: [tip], author: author, committer: committer, message: message)
        commits.append(commit)
        return commit
    }

    private mutating func write(_ content: [UInt8], mode: FileMode?, at path: [[UInt8]]) async throws {
        guard let name = path.last else { return }
        let folder = Array(path.dropLast())
        try await load(folder)
        let blob = GitObject(.blob, content)
        versions[path, default: []].append(blob)
        let present = folders[folder]?.places[name].flatMap { folders[folder]?.entries[$0] }
        if present?.mode == .tree {
            throw GitError(.conflict, "a folder stands where \(Self.text(path)) should be")
        }
        let kept = present.flatMap { $0.mode == .submodule ? nil : $0.mode }
        folders[folder]?.set(name, mode ?? kept ?? .file, blob.id)
        // Every folder above holds another tree now.
        for depth in stride(from: folder.count, to: 0, by: -1) {
            let child = Array(folder.prefix(depth))
            let id = try await seal(child)
            folders[Array(child.dropLast())]?.set(child[depth - 1], .tree, id)
        }
    }

    /// Reads the folders down to a path, each once.
    private mutating func load(_ path: [[UInt8]]) async throws {
        if folders[[]] == nil { folders[[]] = Folder(try await repository.tree(base)) }
        for depth in stride(from: 1, through: path.count, by: 1) {
            let child = Array(path.prefix(depth))
            if folders[child] != nil { continue }
            let parent = folders[Array(child.dropLast())]
            guard let entry = parent?.places[child[depth - 1]].flatMap({ parent?.entries[$0] }) else {
                folders[child] = Folder([])
                continue
            }
            guard entry.mode == .tree else {
                throw GitError(.conflict, "a file stands where the folder \(Self.text(child)) should be")
            }
            folders[child] = Folder(try await repository.tree(entry.id))
        }
    }

    /// The tree of a folder as it is now.
    private mutating func seal(_ path: [[UInt8]]) async throws -> ObjectID {
        if folders[path] == nil { try await load(path) }
        let object = TreeObject.write(sorted: folders[path]?.entries ?? [])
        if versions[path]?.last?.id != object.id { versions[path, default: []].append(object) }
        return object.id
    }

    private static func text(_ path: [[UInt8]]) -> String {
        String(decoding: Array(path.joined(separator: [0x2f])), as: UTF8.self)
    }

    /// Stores everything, without moving any reference.
    ///
    /// - Throws: ``GitError``.
    public func write() async throws {
        var known: Set<ObjectID> = []
        var entries: [PackWriter.Entry] = commits.map { PackWriter.Entry($0.object) }
        for path in versions.keys.sorted(by: { Self.text($0) < Self.text($1) }) {
            let objects = versions[path] ?? []
            for (place, object) in objects.enumerated() where known.insert(object.id).inserted {
                // The last one is whole; each other tells how it differs from the one after it. One that comes
                // again later would be told from itself, so it is whole as well.
                let next = place + 1 < objects.count ? objects[place + 1] : nil
                let isAgain = objects[(place + 1)...].contains { $0.id == object.id }
                entries.append(PackWriter.Entry(object, base: isAgain ? nil : next))
            }
        }
        try await repository.write(entries)
    }
}
