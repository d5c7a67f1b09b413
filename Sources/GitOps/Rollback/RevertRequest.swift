/// That a revision is to be taken back in the repository too, so that git and the cluster agree again.
public struct RevertRequest: Sendable, Hashable {
    /// The name of the application that was rolled back.
    public var application: String
    /// The address of the repository.
    public var repository: String
    /// The branch that the application follows.
    public var branch: String
    /// The revision in quarantine.
    public var bad: String
    /// The revision the application stays at.
    public var good: String
    /// The files whose contents are to be as in the good revision: those that the render reads and that differ.
    public var paths: [String]

    /// The title of the pull request.
    public var title: String { "Revert \(application) to \(good.prefix(10))" }

    /// The text of the pull request.
    public var body: String {
        """
        Application \(application) was rolled back from \(bad) to \(good).

        Until this is merged or a newer commit changes the application, it stays where it is.
        """
    }
}

/// Opens pull requests that take revisions back.
public protocol RevertRequester: Sendable {
    /// Opens the pull request, unless it is open already, and answers how people find it.
    func open(_ request: RevertRequest) async throws -> String
}
