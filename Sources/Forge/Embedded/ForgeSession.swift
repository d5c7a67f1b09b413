import Git
import KubeClient
import KubeModel
import Manifest

/// The embedded forge in somebody's name.
public struct ForgeSession: Forge {
    let forge: EmbeddedForge
    let user: ForgeUser

    /// What a proposal's pull request is recognised by.
    private static let maximumComments = 500
    /// The most bytes that a comment has.
    public static let maximumComment = 16_384

    func key(_ name: String) throws(ForgeError) -> ObjectKey {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts.contains("") else {
            throw ForgeError(.invalid, "\"\(name)\" is no name of a repository; write it as namespace/name")
        }
        return ObjectKey(namespace: parts[0], name: parts[1])
    }

    func pullKey(_ number: Int, _ repository: String) throws(ForgeError) -> ObjectKey {
        let key = try key(repository)
        return ObjectKey(namespace: key.namespace, name: "\(key.name)-\(number)")
    }

    /// The object as it is now, as a cache may not yet show what was just made.
    func hosted(_ name: String) async throws -> HostedRepository {
        let key = try key(name)
        do {
            let object = try await forge.client.get(.repositories, key.name, namespace: key.namespace)
            return try forge.hosted(key, object)
        } catch let error as APIError where error.isNotFound {
            throw ForgeError(.notFound, "there is no repository \(name)", cause: error)
        }
    }

    /// Reads the Repository object.
    public func repository(_ name: String) async throws -> ForgeRepository {
        let hosted = try await hosted(name)
        return ForgeRepository(
            name: name, defaultBranch: hosted.spec.branch,
            cloneURL: hosted.object["status", "cloneURL"]?.stringValue ?? "")
    }

    /// Makes a Repository object; its directory follows when the forge sees it.
    public func createRepository(_ name: String, defaultBranch: String) async throws -> ForgeRepository {
        let key = try key(name)
        _ = try ReferenceName.branch(defaultBranch)
        let object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository",
            "metadata": ["name": .string(key.name)],
            "spec": ["defaultBranch": .string(defaultBranch)],
        ]
        do {
            try await forge.client.create(.repositories, object, namespace: key.namespace)
        } catch let error as APIError where error.isAlreadyExists {
            throw ForgeError(.exists, "there is a repository \(name) already", cause: error)
        }
        return try await repository(name)
    }

    /// Reads the notes of a pull request, oldest first.
    public func comments(on number: Int, in repository: String) async throws -> [ForgeComment] {
        try await comments(number, repository).items()
    }

    /// Adds a note; the last 500 are kept.
    public func comment(on number: Int, in repository: String, _ body: String) async throws {
        guard !body.isEmpty, body.utf8.count <= Self.maximumComment else {
            throw ForgeError(.invalid, "a comment has 1 to \(Self.maximumComment) bytes")
        }
        _ = try await forge.freshPullRequest(try pullKey(number, repository))
        let comment = ForgeComment(author: user.name, body: body, createdAt: forge.now)
        try await comments(number, repository).change { $0.append(comment) }
    }

    /// Writes a comment in place of the one that this user has written with the same mark, or a new one.
    ///
    /// - Parameter mark: what its text begins with, as a Markdown comment that readers do not see.
    /// - Throws: as ``comment(on:in:_:)``.
    public func renewComment(
        on number: Int, in repository: String, mark: String, _ body: String
    ) async throws {
        let body = "\(mark)\n\(body)"
        guard body.utf8.count <= Self.maximumComment else {
            throw ForgeError(.invalid, "a comment has 1 to \(Self.maximumComment) bytes")
        }
        _ = try await forge.freshPullRequest(try pullKey(number, repository))
        let (name, now) = (user.name, forge.now)
        try await comments(number, repository).change { comments in
            let place = comments.firstIndex { $0.author == name && $0.body.hasPrefix("\(mark)\n") }
            guard let place else {
                comments.append(ForgeComment(author: name, body: body, createdAt: now))
                return
            }
            if comments[place].body != body {
                comments[place] = ForgeComment(author: name, body: body, createdAt: now)
            }
        }
    }

    private func comments(_ number: Int, _ repository: String) async throws -> RepositoryNotes<ForgeComment> {
        RepositoryNotes(
            git: try await hosted(repository).git, reference: "refs/slipway/comments/\(number)",
            limit: Self.maximumComments)
    }

    /// Reads what was said of a commit.
    public func statuses(of commit: String, in repository: String) async throws -> [CommitStatus] {
        try await statuses(commit, repository).items()
    }

    /// Says something of a commit in place of what the same context has said before.
    public func setStatus(_ status: CommitStatus, of commit: String, in repository: String) async throws {
        guard !status.context.isEmpty, status.context.utf8.count + status.description.utf8.count < 2048 else {
            throw ForgeError(.invalid, "a status needs a context, and is shorter than 2 KiB")
        }
        let git = try await hosted(repository).git
        guard try await git.resolve("\(commit)^{commit}") != nil else {
            throw ForgeError(.notFound, "\(repository) has no commit \(commit)")
        }
        try await statuses(commit, repository).change { all in
            all.removeAll { $0.context == status.context }
            all.append(status)
        }
        forge.webhooks.note(
            .status, try key(repository),
            [
                "commit": .string(commit), "context": .string(status.context),
                "state": .string(status.state.rawValue),
            ])
    }

    private func statuses(_ commit: String, _ repository: String) async throws -> RepositoryNotes<
        CommitStatus
    > {
        guard let id = ObjectID(commit) else {
            throw ForgeError(.invalid, "\"\(commit)\" is no full name of a commit")
        }
        return RepositoryNotes(
            git: try await hosted(repository).git, reference: "refs/slipway/statuses/\(id)", limit: 100)
    }
}

extension EmbeddedForge {
    /// The forge in somebody's name. Whoever calls this has found out who it is and what they may do.
    public func acting(as user: ForgeUser) -> ForgeSession { ForgeSession(forge: self, user: user) }
}
