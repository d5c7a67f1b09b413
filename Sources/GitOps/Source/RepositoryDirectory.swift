public import Git

/// Says where the repositories are that applications name.
public protocol RepositoryDirectory: Sendable {
    /// Where a repository is; nil for one that may not be read.
    func location(of url: String) -> RepositoryLocation?
    /// Every address under which applications may name the repository that has this one, itself included.
    func addresses(of url: String) -> [String]
}

extension RepositoryDirectory {
    /// The address itself.
    public func addresses(of url: String) -> [String] { [url] }
}

/// Where a repository is.
public enum RepositoryLocation: Sendable {
    /// On this machine, as those of the embedded forge; it is read in place.
    case local(GitRepository)
    /// Elsewhere; it is mirrored into a bare repository at a path on this machine.
    case remote(Remote, mirror: String, GitProgram)
}

/// Repositories by their addresses, and how others are reached.
public struct Repositories: RepositoryDirectory {
    private var local: [String: GitRepository] = [:]
    private let fallback: @Sendable (String) -> RepositoryLocation?

    /// A directory.
    ///
    /// - Parameter fallback: says where repositories are that are not entered; by default they may not be read.
    public init(fallback: @escaping @Sendable (String) -> RepositoryLocation? = { _ in nil }) {
        self.fallback = fallback
    }

    /// Enters a repository of this machine under an address.
    public mutating func enter(_ repository: GitRepository, at url: String) {
        local[RepositoryURL.normalized(url)] = repository
    }

    /// The repository that was entered, else what the fallback says.
    public func location(of url: String) -> RepositoryLocation? {
        local[RepositoryURL.normalized(url)].map(RepositoryLocation.local) ?? fallback(url)
    }
}
