import Manifest

/// Reads the files of one kustomization, which may lie in its directory and below only.
struct Loader {
    /// From where a kustomization may read files.
    enum Restriction: Sendable {
        case rootOnly, none
    }

    let tree: any FileTree
    let restriction: Restriction
    /// The kustomization's directory within the tree, links resolved.
    let root: String
    /// The directories of the kustomizations that led to this one, the nearest first.
    private let referrers: [String]

    /// A loader for the kustomization at a path.
    ///
    /// - Throws: `notFound` where there is no directory, `unsupported` for a remote one.
    init(tree: any FileTree, path: String, restriction: Restriction) throws(KustomizeError) {
        if Self.isRemoteDirectory(path) { throw Self.remoteDirectory(path) }
        self.tree = tree
        self.restriction = restriction
        referrers = []
        root = try Self.directory(path, from: "", in: tree)
    }

    private init(tree: any FileTree, root: String, restriction: Restriction, referrers: [String]) {
        self.tree = tree
        self.restriction = restriction
        self.root = root
        self.referrers = referrers
    }

    /// The directory as messages show it.
    var displayRoot: String { "/\(root)" }

    /// A loader for a kustomization that this one refers to.
    ///
    /// - Throws: `notFound` where there is no directory, `cycle` where it contains one that led to it, `unsupported`
    ///   for a remote one.
    func loader(for path: String) throws(KustomizeError) -> Loader {
        guard !path.isEmpty else { throw KustomizeError(.notFound, "new root cannot be empty") }
        if Self.isRemoteDirectory(path) { throw Self.remoteDirectory(path) }
        if path.hasPrefix("/") { throw KustomizeError(.restricted, "new root '\(path)' cannot be absolute") }
        let directory = try Self.directory(path, from: root, in: tree)
        for visited in [root] + referrers where TreePath.contains(directory, visited) {
            throw KustomizeError(
                .cycle, "cycle detected: candidate root '/\(directory)' contains visited root '/\(visited)'")
        }
        return Loader(tree: tree, root: directory, restriction: restriction, referrers: [root] + referrers)
    }

    /// The bytes of a file of the kustomization.
    ///
    /// - Throws: `notFound`, `restricted` where it lies outside, `unsupported` for a remote one.
    func load(_ path: String) throws(KustomizeError) -> [UInt8] {
        if path.hasPrefix("https://") || path.hasPrefix("http://") {
            throw KustomizeError(
                .unsupported,
                "remote file '\(path)' is refused: a build reads its repository only; copy the file into it")
        }
        let plain = try Self.join(root, path)
        let resolved = try Self.resolve(plain, in: tree)
        do throws(FileTreeError) {
            switch restriction {
            case .rootOnly:
                guard try tree.kind(of: resolved) == .file else {
                    throw FileTreeError(.notAFile, path: plain, "'/\(plain)' must resolve to a file")
                }
                guard TreePath.contains(root, TreePath.parent(of: resolved)) else {
                    throw FileTreeError(
                        .outsideTree, path: plain,
                        "security; file '/\(plain)' is not in or below '\(displayRoot)'")
                }
            case .none:
                guard try tree.kind(of: resolved) == .file else {
                    throw FileTreeError(.notAFile, path: plain, "read /\(plain): is a directory")
                }
            }
            return try tree.read(resolved)
        } catch {
            throw KustomizeError(error.code == .outsideTree ? .restricted : .notFound, error.message)
        }
    }

    /// The bytes of a file, nil where there is none that may be read.
    func loadIfPresent(_ name: String) -> [UInt8]? {
        do throws(KustomizeError) { return try load(name) } catch { return nil }
    }

    // MARK: Paths

    private static func join(_ base: String, _ path: String) throws(KustomizeError) -> String {
        guard let joined = TreePath.join(base, path) else {
            throw KustomizeError(
                .restricted, "'\(path)' leads out of the tree of files, seen from '/\(base)'")
        }
        return joined
    }

    private static func resolve(_ path: String, in tree: any FileTree) throws(KustomizeError) -> String {
        do throws(FileTreeError) {
            if let resolved = try tree.resolve(path) { return resolved }
        } catch {
            throw KustomizeError(error.code == .outsideTree ? .restricted : .notFound, error.message)
        }
        throw KustomizeError(
            .notFound, "evalsymlink failure on '/\(path)' : lstat /\(path): no such file or directory")
    }

    private static func directory(
        _ path: String, from base: String, in tree: any FileTree
    ) throws(KustomizeError) -> String {
        let plain = try join(base, path)
        let resolved: String
        do throws(KustomizeError) { resolved = try resolve(plain, in: tree) } catch {
            throw error.within("must build at directory: not a valid directory")
        }
        do throws(FileTreeError) {
            if try tree.kind(of: resolved) == .directory { return resolved }
        } catch {
            throw KustomizeError(
                .notFound, "must build at directory: not a valid directory: \(error.message)")
        }
        throw KustomizeError(.notFound, "must build at directory: '/\(plain)': file is not directory")
    }

    // MARK: Remote directories

    /// Whether a path names a repository elsewhere.
    static func isRemoteDirectory(_ path: String) -> Bool {
        if path.contains("://") || path.hasPrefix("git::") { return true }
        if ["git@", "gh:", "github.com/", "github.com:"].contains(where: path.hasPrefix) { return true }
        // user@host:path, as ssh takes it.
        guard let colon = path.firstIndex(of: ":"), let at = path.firstIndex(of: "@") else { return false }
        return at < colon && !path[..<colon].contains("/")
    }

    private static func remoteDirectory(_ path: String) -> KustomizeError {
        KustomizeError(
            .unsupported,
            "remote resource '\(path)' is refused: a build reads its repository only; copy the directory into it"
        )
    }
}
