public import Git
import KubeClient
import Manifest

/// Repositories that are elsewhere, each mirrored into a bare repository of this machine.
public struct MirroredRepositories: RepositoryDirectory {
    private let directory: String
    private let program: GitProgram
    private let credentials: @Sendable (String) -> Remote.Credentials?

    /// Every repository that an application names, mirrored below a folder.
    ///
    /// - Parameter credentials: what a repository is read with, by its address in one spelling.
    public init(
        directory: String, program: GitProgram,
        credentials: @escaping @Sendable (String) -> Remote.Credentials? = { _ in nil }
    ) {
        self.directory = directory
        self.program = program
        self.credentials = credentials
    }

    /// A mirror for every address.
    public func location(of url: String) -> RepositoryLocation? {
        let normalized = RepositoryURL.normalized(url)
        let name = String(normalized.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        // Two addresses can look alike when only letters and digits are left.
        let digest = Fingerprint(of: .string(normalized)).description.prefix(12)
        return .remote(
            Remote(url: url, credentials: credentials(normalized)),
            mirror: "\(directory)/\(name)-\(digest).git",
            program)
    }
}
