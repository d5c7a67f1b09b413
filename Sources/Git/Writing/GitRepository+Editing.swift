extension GitRepository {
    /// Makes a tree from another by changing paths, and stores it. The order of the edits counts.
    ///
    /// - Parameter root: a commit or tree; nil for the empty tree.
    /// - Throws: ``GitError`` with code `invalidName`; `conflict` where a file stands in the way of a folder.
    public func edit(_ root: ObjectID?, _ edits: [TreeEdit]) async throws -> ObjectID {
        var editor = TreeEditor(repository: self)
        var node = try await editor.node(root ?? .emptyTree)
        for edit in edits {
            let components = try edit.components()
            try await editor.apply(edit, components[...], to: &node)
        }
        let id = editor.seal(node)
        try await write(editor.objects)
        return id
    }

    /// Commits changes on top of a commit, without moving any reference.
    ///
    /// - Throws: as ``edit(_:_:)``; `notFound` where the parent does not exist.
    public func commit(
        _ edits: [TreeEdit], on parent: ObjectID?, author: Signature, committer: Signature? = nil,
        message: String
    ) async throws -> ObjectID {
        let tree = try await edit(parent, edits)
        let commit = Commit(
            tree: tree, parents: parent.map { [$0] } ?? [], author: author, committer: committer,
            message: message)
        return try await write(commit)
    }
}

/// Changes a tree folder by folder; only folders on the way to a change are read.
private struct TreeEditor {
    /// A folder that is being changed.
    struct Node {
        var entries: [TreeEntry]
        var children: [[UInt8]: Node] = [:]
    }

    let repository: GitRepository
    private(set) var objects: [GitObject] = []

    init(repository: GitRepository) { self.repository = repository }

    func node(_ id: ObjectID) async throws -> Node { Node(entries: try await repository.tree(id)) }

    mutating func apply(
        _ edit: TreeEdit, _ path: ArraySlice<[UInt8]>, to node: inout Node
    ) async throws {
        guard let name = path.first else { return }
        let place = node.entries.firstIndex { $0.nameBytes == name }
        guard path.count > 1 else {
            set(edit, name, at: place, in: &node)
            return
        }
        var child: Node
        if let known = node.children[name] {
            child = known
        } else if let place {
            guard node.entries[place].mode == .tree else {
                if case .remove = edit { return }
                throw GitError(
                    .conflict, "\(edit.path) cannot be written, as a file stands where its folder should be")
            }
            child = try await self.node(node.entries[place].id)
        } else {
            if case .remove = edit { return }
            child = Node(entries: [])
        }
        try await apply(edit, path.dropFirst(), to: &child)
        node.children[name] = child
    }

    private mutating func set(_ edit: TreeEdit, _ name: [UInt8], at place: Int?, in node: inout Node) {
        node.children[name] = nil
        let present = place.map { node.entries.remove(at: $0) }
        guard case .write(_, let content, let mode) = edit else { return }
        let blob = GitObject(.blob, content)
        objects.append(blob)
        let kept = present.flatMap { $0.mode == .tree || $0.mode == .submodule ? nil : $0.mode }
        node.entries.append(TreeEntry(nameBytes: name, mode: mode ?? kept ?? .file, id: blob.id))
    }

    /// The tree of a folder, its changed folders included; empty folders vanish, as git keeps none.
    mutating func seal(_ node: Node) -> ObjectID {
        var entries = node.entries
        for (name, child) in node.children.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            entries.removeAll { $0.nameBytes == name }
            let id = seal(child)
            if id != .emptyTree { entries.append(TreeEntry(nameBytes: name, mode: .tree, id: id)) }
        }
        let object = TreeObject.write(entries)
        objects.append(object)
        return object.id
    }
}
