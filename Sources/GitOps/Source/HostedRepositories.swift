public import Git

/// The repositories of a forge on this machine, found by their addresses, those that are made later included.
///
/// `http://forge.example.com/team/config.git` is `<directory>/team/config.git` on disk: what the embedded forge
/// serves is read in place, and never fetched.
public struct HostedRepositories: RepositoryDirectory {
    private let bases: @Sendable () -> [String]
    private let directory: String
    private let program: GitProgram
    private let others: (any RepositoryDirectory)?

    /// A directory of the repositories below a folder.
    ///
    /// - Parameters:
    ///   - bases: the addresses under which the forge is known, as `http://127.0.0.1:8080`; asked at every look, as a
    ///     port may be known late.
    ///   - directory: the folder with `<namespace>/<name>.git`.
    ///   - others: says where all other repositories are; without it they may not be read.
    public init(
        bases: @escaping @Sendable () -> [String], directory: String, program: GitProgram,
        others: (any RepositoryDirectory)? = nil
    ) {
        self.bases = bases
        self.directory = directory
        self.program = program
        self.others = others
    }

    /// A repository of the forge in place; another one where the others have it.
    public func location(of url: String) -> RepositoryLocation? {
        for base in bases() where !base.isEmpty {
            guard let name = Self.name(of: url, below: base) else { continue }
            return .local(GitRepository(path: "\(directory)/\(name).git", program: program))
        }
        return others?.location(of: url)
    }

    /// The same place below each address of the forge.
    public func addresses(of url: String) -> [String] {
        let bases = bases().filter { !$0.isEmpty }
        guard let name = bases.lazy.compactMap({ Self.name(of: url, below: $0) }).first else { return [url] }
        return bases.map { "\(RepositoryURL.normalized($0))/\(name)" }
    }

    /// `<namespace>/<name>` of an address below a base; nil for what is elsewhere, or would lead out of the folder.
    public static func name(of url: String, below base: String) -> String? {
        let (url, base) = (RepositoryURL.normalized(url), RepositoryURL.normalized(base))
        guard url.hasPrefix(base + "/") else { return nil }
        let parts = url.dropFirst(base.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".") && part.allSatisfy { !$0.isWhitespace && $0 != "\0" }
        }
        guard parts.count == 2, isPlain else { return nil }
        return parts.joined(separator: "/")
    }
}
