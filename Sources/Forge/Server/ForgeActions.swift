public import KubeClient
import KubeModel
public import Manifest

/// Does to pull requests what only the forge may write down, in the name of a token's owner: reviews, merges, closing.
///
/// The forge's API answers with it, and pages of the same process ask it without a connection.
public struct ForgeActions: Sendable {
    private let forge: EmbeddedForge
    private let access: ForgeAccess

    /// What may be done on a forge that is running.
    public init(_ forge: EmbeddedForge) { self.init(forge, access: ForgeAccess(forge.client)) }

    init(_ forge: EmbeddedForge, access: ForgeAccess) {
        self.forge = forge
        self.access = access
    }

    /// Does something to a pull request and answers a sentence about it.
    ///
    /// - Parameters:
    ///   - action: `review`, `merge` or `close`.
    ///   - key: the PullRequest object.
    ///   - fields: `state`, `body` and `head` of a review; `head` of a merge.
    ///   - token: a token of the API server; nil for somebody who has not said who they are.
    /// - Throws: ``ForgeError``; `APIError`, of which `isNotFound` is a pull request that does not exist.
    public func act(_ action: String, _ key: ObjectKey, _ fields: Value, token: String?) async throws
        -> String
    {
        // Whether there is such a pull request is told only to those who have said who they are.
        let user = try await access.owner(of: token)
        let pull = try await forge.freshPullRequest(key)
        let repository = ObjectKey(namespace: key.namespace, name: pull.spec.repository)
        try await access.require(user, Self.verbs(action, fields), repository)
        let head = fields["head"]?.stringValue
        switch action {
        case "review":
            guard let text = fields["state"]?.stringValue,
                let state = PullRequestStatus.Review.State(rawValue: text)
            else { throw ForgeError(.invalid, "state must be Approved, ChangesRequested or Commented") }
            try await forge.review(key, state, head: head, body: fields["body"]?.stringValue, by: user)
            return "\(key.name) reviewed: \(text)"
        case "merge": return try await forge.merge(key, head: head, by: user)
        case "close":
            try await forge.close(key, by: user)
            return "\(key.name) closed"
        default:
            throw ForgeError(
                .invalid,
                "'\(action)' is nothing that can be done to a pull request; known are review, merge, close")
        }
    }

    /// The verbs of which one is needed, the one to be named in a refusal last.
    private static func verbs(_ action: String, _ fields: Value) -> [ForgeVerb] {
        guard action == "review" else { return [.merge] }
        return fields["state"]?.stringValue == "Commented" ? [.review, .comment] : [.review]
    }
}

extension ForgeAccess {
    /// The owner of a token.
    ///
    /// - Throws: ``ForgeError`` with `unauthenticated`.
    func owner(of token: String?) async throws -> ForgeUser {
        guard let token, let user = try await user(of: token) else {
            throw ForgeError(.unauthenticated, "say who you are with a token of the API server")
        }
        return user
    }

    /// Checks that somebody may do one of these things with a repository.
    ///
    /// - Throws: ``ForgeError`` with `forbidden`.
    func require(_ user: ForgeUser, _ verbs: [ForgeVerb], _ repository: ObjectKey) async throws {
        for verb in verbs where try await may(user, verb, repository) { return }
        throw ForgeError(
            .forbidden,
            "\(user.name) may not \(verbs.last?.rawValue ?? "") repositories.slipway.dev \(repository); "
                + "a Role must allow it")
    }
}
