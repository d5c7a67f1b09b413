import Foundation
public import Git

/// Where the files of a commit come from.
public protocol SourceProvider: Sendable {
    /// The bytes of one file at a commit; nil where it does not exist.
    func file(_ path: String, repository: String, namespace: String, commit: String) async throws -> [UInt8]?
    /// Writes the whole tree of a commit into a directory.
    func checkOut(repository: String, namespace: String, commit: String, to directory: String) async throws
    /// The commit at which a change left its base; nil where the two have nothing in common.
    func mergeBase(repository: String, namespace: String, commit: String, base: String) async throws
        -> String?
    /// The tree of a commit; nil for what is no commit.
    func tree(repository: String, namespace: String, commit: String) async throws -> String?
    /// When a commit was made, in seconds since 1970.
    func time(repository: String, namespace: String, commit: String) async throws -> Int64
}

/// Commits of bare repositories on this machine.
public struct GitSourceProvider: SourceProvider {
    private let locate: @Sendable (_ namespace: String, _ name: String) -> GitRepository

    /// - Parameter locate: the repository behind a `Repository` object.
    public init(_ locate: @escaping @Sendable (_ namespace: String, _ name: String) -> GitRepository) {
        self.locate = locate
    }

    private func id(_ commit: String) throws -> ObjectID {
        guard let id = ObjectID(commit) else {
            throw PipelineError(.notFound, "\"\(commit)\" is no commit of 40 hexadecimal digits")
        }
        return id
    }

    /// Reads a blob of the commit.
    public func file(
        _ path: String, repository: String, namespace: String, commit: String
    ) async throws -> [UInt8]? {
        let git = locate(namespace, repository)
        let tree = try await git.commit(try id(commit)).tree
        return try await git.blob(path, at: tree)
    }

    /// An index of its own, so that checkouts of one repository do not meet.
    public func checkOut(
        repository: String, namespace: String, commit: String, to directory: String
    ) async throws {
        let git = locate(namespace, repository)
        try FileWork.makeDirectory(directory)
        let index = "\(directory).index"
        // A process that was killed may have left both.
        func removeIndex() {
            for name in [index, "\(index).lock"] { try? FileManager.default.removeItem(atPath: name) }
        }
        removeIndex()
        defer { removeIndex() }
        // One process that reads the tree and writes the files; `--reset` also over what a run before a crash has left.
        var invocation = GitInvocation([
            "--git-dir", git.path, "--work-tree", directory, "read-tree", "--reset", "-u", try id(commit).hex,
        ])
        invocation.environment["GIT_INDEX_FILE"] = index
        invocation.timeout = .seconds(600)
        try await git.program.run(invocation)
    }

    /// Asks git, unless the base is a parent of the commit.
    public func mergeBase(
        repository: String, namespace: String, commit: String, base: String
    ) async throws -> String? {
        let git = locate(namespace, repository)
        // A candidate of the merge queue is made on its base, which needs no search.
        if try await git.commit(try id(commit)).parents.contains(try id(base)) { return base }
        return try await git.mergeBase(try id(commit), try id(base))?.hex
    }

    /// The tree of the commit object.
    public func tree(repository: String, namespace: String, commit: String) async throws -> String? {
        try await locate(namespace, repository).commit(try id(commit)).tree.hex
    }

    /// The committer's time.
    public func time(repository: String, namespace: String, commit: String) async throws -> Int64 {
        try await locate(namespace, repository).commit(try id(commit)).committer.seconds
    }
}

/// The work tree of a developer, as it is: what git tracks and what it does not ignore.
///
/// The present state has the name of the commit it is based on; the base is a commit of the same repository.
public struct WorkTreeSourceProvider: SourceProvider {
    private let directory: String
    private let git: GitRepository
    private let head: String
    private let parent: String?

    /// - Parameters:
    ///   - directory: the absolute path of the work tree's root.
    ///   - git: the repository behind it.
    ///   - head: the name that runs give to the present state.
    ///   - parent: the commit that the work tree is based on; nil before the first one.
    public init(directory: String, git: GitRepository, head: String, parent: String?) {
        self.directory = directory
        self.git = git
        self.head = head
        self.parent = parent
    }

    private var commits: GitSourceProvider { GitSourceProvider { _, _ in git } }

    /// Reads the work tree for the present state, and git for commits.
    public func file(
        _ path: String, repository: String, namespace: String, commit: String
    ) async throws -> [UInt8]? {
        guard commit == head else {
            return try await commits.file(path, repository: repository, namespace: namespace, commit: commit)
        }
        let file = "\(directory)/\(path)"
        guard NameRules.isRelative(path), FileManager.default.fileExists(atPath: file) else { return nil }
        return try FileWork.read(file)
    }

    /// Copies tracked and new files, those that git ignores left out.
    public func checkOut(
        repository: String, namespace: String, commit: String, to target: String
    ) async throws {
        guard commit == head else {
            return try await commits.checkOut(
                repository: repository, namespace: namespace, commit: commit, to: target)
        }
        var listing = GitInvocation([
            "-C", directory, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
            "--exclude-standard",
        ])
        listing.outputLimit = 256 << 20
        let output = try await git.program.run(listing)
        let paths = output.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let directory = directory
        try await FileWork().run {
            try FileWork.makeDirectory(target)
            let manager = FileManager.default
            var made: Set<String> = []
            for path in Set(paths) {
                // What is deleted but not staged is listed and not there; submodules are directories.
                guard let kind = FileWork.kind(of: "\(directory)/\(path)"), kind != .typeDirectory else {
                    continue
                }
                let copy = "\(target)/\(path)"
                let parent = URL(filePath: copy).deletingLastPathComponent().path
                if made.insert(parent).inserted { try FileWork.makeDirectory(parent) }
                if manager.fileExists(atPath: copy) { try manager.removeItem(atPath: copy) }
                try manager.copyItem(atPath: "\(directory)/\(path)", toPath: copy)
            }
        }
    }

    /// Compares the commit that the work tree is based on.
    public func mergeBase(
        repository: String, namespace: String, commit: String, base: String
    ) async throws -> String? {
        guard let parent = parent.flatMap({ ObjectID($0) }), let base = ObjectID(base) else { return nil }
        return try await git.mergeBase(parent, base)?.hex
    }

    /// Nil: what is not committed has no tree.
    public func tree(repository: String, namespace: String, commit: String) async throws -> String? { nil }

    /// Of what is not committed yet, the time of the commit it is based on.
    public func time(repository: String, namespace: String, commit: String) async throws -> Int64 {
        guard let based = commit == head ? parent : commit else { return 0 }
        return try await commits.time(repository: repository, namespace: namespace, commit: based)
    }
}
