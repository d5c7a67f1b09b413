public import Forge
public import GitOps

/// Shows plans as a comment on pull requests of the embedded forge, always one a pull request.
public struct ForgePlanPublisher: PlanPublisher {
    /// What the comment is found again by.
    static let mark = "<!-- slipway plan -->"

    private let forge: EmbeddedForge
    private let user: ForgeUser

    /// A publisher that comments in somebody's name.
    public init(_ forge: EmbeddedForge, as user: ForgeUser = ForgeUser(name: "slipway")) {
        self.forge = forge
        self.user = user
    }

    /// Writes the plan into the one comment of the pull request.
    public func publish(_ report: PlanReport, on subject: PlanSubject) async throws {
        let room = ForgeSession.maximumComment - Self.mark.utf8.count - 1
        try await forge.acting(as: user).renewComment(
            on: subject.number, in: subject.repository, mark: Self.mark, report.markdown(limit: room))
    }
}
