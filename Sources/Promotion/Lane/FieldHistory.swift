public import Git
import KubeModel
import Manifest

/// Who last changed one value of a file.
public struct FieldHistory: Sendable {
    private let repository: GitRepository
    /// How many changes of the file are looked at.
    private static let limit = 200

    /// The history of a repository.
    public init(_ repository: GitRepository) { self.repository = repository }

    /// The newest commit that gave a value what it has at a commit; nil where that is further back than is looked.
    ///
    /// - Throws: `GitError`.
    public func lastChange(of target: FieldTarget, at head: ObjectID) async throws -> Commit? {
        let present = try await text(of: target, at: head)
        for id in try await repository.commits(changing: target.file, of: head, limit: Self.limit) {
            let commit = try await repository.commit(id)
            guard let parent = commit.parents.first else { return commit }
            if try await text(of: target, at: parent) != present { return commit }
        }
        return nil
    }

    /// The value at a commit; nil where there is none, or none that can be read.
    func text(of target: FieldTarget, at commit: ObjectID) async throws -> String? {
        guard let bytes = try await repository.blob(target.file, at: commit),
            let stream = try? YAMLStream(bytes, file: target.file)
        else { return nil }
        return try? target.place.text(in: stream)
    }

    /// A commit as a message names it: its short name, who made it, when, and what they called it.
    public static func words(_ commit: Commit) -> String {
        let at = Timestamp(seconds: commit.author.seconds).rfc3339
        return "commit \(commit.id.short) of \(commit.author.name) <\(commit.author.email)> "
            + "at \(at) (\"\(commit.subject)\")"
    }
}
