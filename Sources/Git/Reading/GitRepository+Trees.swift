extension GitRepository {
    /// The entries of a tree, or of the tree of a commit.
    ///
    /// - Throws: ``GitError`` with code `notFound`.
    public func tree(_ id: ObjectID) async throws -> [TreeEntry] {
        guard let object = try await object("\(id)^{tree}") else {
            if id == .emptyTree { return [] }
            throw GitError(.notFound, "\(path) has no tree \(id)")
        }
        return try TreeObject.parse(object.content)
    }

    /// The entry at a path below a commit or tree; nil where there is none.
    ///
    /// - Parameter path: components between slashes, without any at the ends; empty for the tree itself.
    public func entry(_ path: String, at root: ObjectID) async throws -> TreeEntry? {
        var id = root
        var entry: TreeEntry?
        for component in path.utf8.split(separator: 0x2f) {
            if let entry, entry.mode != .tree { return nil }
            guard let next = try await tree(id).first(where: { $0.nameBytes.elementsEqual(component) }) else {
                return nil
            }
            entry = next
            id = next.id
        }
        if path.isEmpty {
            guard let tree = try await resolve("\(root)^{tree}") else { return nil }
            return TreeEntry(name: "", mode: .tree, id: tree.id)
        }
        return entry
    }

    /// The bytes of a file at a commit or tree; of a symbolic link, its target.
    ///
    /// - Returns: nil where there is no file at the path.
    /// - Throws: ``GitError`` with code `tooLarge`.
    public func blob(_ path: String, at root: ObjectID, limit: Int = defaultLimit) async throws -> [UInt8]? {
        let name = "\(root):\(path)"
        guard !path.utf8.contains(where: { $0 == 0x0a || $0 == 0 }), !path.hasPrefix("./"),
            !path.hasPrefix("../")
        else {
            guard let entry = try await entry(path, at: root), entry.mode != .tree else { return nil }
            return try await object(entry.id.hex, limit: limit)?.content
        }
        guard let object = try await object(name, limit: limit), object.kind == .blob else { return nil }
        return object.content
    }

    /// The bytes of a blob.
    ///
    /// - Throws: ``GitError`` with code `notFound` or `tooLarge`.
    public func blob(_ id: ObjectID, limit: Int = defaultLimit) async throws -> [UInt8] {
        guard let object = try await object(id.hex, limit: limit), object.kind == .blob else {
            throw GitError(.notFound, "\(path) has no blob \(id)")
        }
        return object.content
    }

    /// All files below a commit or tree, in git's order, submodules included.
    ///
    /// - Parameters:
    ///   - folder: only what is below this folder; the paths are still those from the root.
    ///   - limit: the largest number of files.
    /// - Throws: ``GitError`` with code `notFound`, `tooLarge`.
    public func files(
        at root: ObjectID, under folder: String = "", limit: Int = 1_000_000
    ) async throws -> [TreeFile] {
        var arguments = ["ls-tree", "-r", "-z", "--full-tree", root.hex]
        if !folder.isEmpty { arguments += ["--", folder.hasSuffix("/") ? folder : folder + "/"] }
        var invocation = invocation(arguments)
        invocation.environment["GIT_LITERAL_PATHSPECS"] = "1"
        var files: [TreeFile] = []
        for record in try await list(invocation, limit: limit, "are below \(root)").split(separator: 0) {
            guard files.count < limit else { throw tooMany(limit, "are below \(root)") }
            guard let tab = record.firstIndex(of: 0x09) else { continue }
            let words = String(decoding: record[..<tab], as: UTF8.self).split(separator: " ")
            guard words.count == 3, let mode = FileMode(octal: words[0]), let id = ObjectID(words[2]) else {
                throw GitError(.malformed, "git ls-tree wrote a line that cannot be read")
            }
            let name = String(decoding: record[(tab + 1)...], as: UTF8.self)
            files.append(TreeFile(path: name, mode: mode, id: id))
        }
        return files
    }

    /// Checks that a commit or tree holds no more files than that.
    ///
    /// A few small trees can unfold to more files than there is memory, also for git, which gathers all it compares
    /// before it says a word. So what comes from elsewhere is checked before anything else is asked about it.
    /// - Throws: ``GitError`` with code `notFound`, `tooLarge`.
    public func checkSize(of root: ObjectID, limit: Int = 1_000_000) async throws {
        var invocation = invocation(["ls-tree", "-r", "-z", "--full-tree", "--object-only", root.hex])
        // A name of an object and the zero after it.
        invocation.outputLimit = limit * 41
        do {
            try await program.run(invocation)
        } catch let error as GitError where error.code == .tooLarge {
            throw tooMany(limit, "are below \(root)")
        }
    }

    /// The bytes of a listing of files, each ended by zero.
    ///
    /// A few small trees can unfold to more files than there is memory, so what is taken in depends on how many files
    /// are wanted.
    func list(_ invocation: GitInvocation, limit: Int, _ what: String) async throws -> [UInt8] {
        var invocation = invocation
        // Modes and names of objects are 100 bytes; paths are seldom longer, and may be where there are few.
        invocation.outputLimit = (16 << 20) + min(limit, 2_000_000) * 256
        do {
            return try await program.run(invocation).bytes
        } catch let error as GitError where error.code == .tooLarge {
            throw tooMany(limit, what)
        }
    }

    func tooMany(_ limit: Int, _ what: String) -> GitError {
        GitError(.tooLarge, "more than \(limit) files of \(path) \(what); ask for a folder, or change fewer")
    }
}
