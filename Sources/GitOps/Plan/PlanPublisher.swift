/// Shows plans where reviewers look: as a comment on a pull request.
public protocol PlanPublisher: Sendable {
    /// Writes or renews the one comment of a pull request that shows its plan.
    ///
    /// - Parameters:
    ///   - repository: the address of the repository.
    ///   - pullRequest: its number there.
    ///   - body: Markdown.
    func publish(repository: String, pullRequest: Int, body: String) async throws
}
