extension GitRepository {
    /// Stores objects. Those that are there already are left alone.
    ///
    /// - Throws: ``GitError``.
    public func write(_ objects: [GitObject]) async throws {
        try await write(objects.map { PackWriter.Entry($0) })
    }

    func write(_ entries: [PackWriter.Entry]) async throws {
        guard !entries.isEmpty else { return }
        // Few objects become files of their own, which later reads find at once; many stay together in a pack.
        let arguments =
            entries.count <= 32 ? ["unpack-objects", "-q"] : ["index-pack", "--stdin", "--fix-thin"]
        try await run(arguments, input: PackWriter.pack(entries))
    }

    /// Stores a file's content and returns its name.
    ///
    /// - Throws: ``GitError``.
    @discardableResult
    public func writeBlob(_ content: [UInt8]) async throws -> ObjectID {
        let object = GitObject(.blob, content)
        try await write([object])
        return object.id
    }

    /// Stores a tree and returns its name.
    ///
    /// - Throws: ``GitError``.
    @discardableResult
    public func writeTree(_ entries: [TreeEntry]) async throws -> ObjectID {
        let object = TreeObject.write(entries)
        try await write([object])
        return object.id
    }

    /// Stores a commit whose tree and parents are there already.
    ///
    /// - Throws: ``GitError``.
    @discardableResult
    public func write(_ commit: Commit) async throws -> ObjectID {
        try await write([commit.object])
        return commit.id
    }
}
