import Git
import KubeModel

/// Finds the pull request that a push is another version of.
///
/// In this order: the number that was given; the topic, of the same pusher; a `Change-Id` trailer; a pull request of
/// the same pusher whose commit the new one continues; one whose first commit has the same author and moment, which
/// amending and rebasing keep, and the same subject or the same files.
struct PullRequestMatch {
    /// What is known of the push.
    struct Push {
        var pusher: String
        var target: String
        var number: Int?
        var topic: String?
        /// Oldest first.
        var commits: [Commit]
        var paths: Set<String>

        /// What is longer than any tool writes is none.
        var changeIDs: [String] {
            commits.compactMap { $0.trailer("Change-Id") }.filter { $0.utf8.count <= 64 }
        }

        /// Who wrote the first commit, and when.
        var origin: String {
            commits.first.map {
                "\($0.author.name) <\($0.author.email)> \($0.author.seconds) \($0.author.offset)"
            } ?? ""
        }
    }

    /// A pull request that could be meant.
    struct Candidate {
        var number: Int
        var author: String
        var target: String
        var isOpen: Bool
        var source: PullRequestSpec.Source
        var title: String
        /// Whether the new commit continues the one it stands at.
        var isAncestor: Bool
        var paths: Set<String>
    }

    /// The number of the pull request; nil where the push is a new one.
    ///
    /// - Throws: ``ForgeError`` with code `notFound` or `conflict` where a number was given that cannot be meant.
    static func number(of push: Push, among all: [Candidate]) throws(ForgeError) -> Int? {
        if let number = push.number {
            guard let candidate = all.first(where: { $0.number == number }) else {
                throw ForgeError(.notFound, "there is no pull request \(number)")
            }
            guard candidate.isOpen else {
                throw ForgeError(.conflict, "pull request \(number) is no longer open; push without -o pr")
            }
            guard candidate.target == push.target else {
                throw ForgeError(
                    .conflict, "pull request \(number) is for \(candidate.target), not \(push.target)")
            }
            return number
        }
        let open = all.filter { $0.isOpen && $0.target == push.target }
        let mine = open.filter { $0.author == push.pusher }
        if let topic = push.topic { return mine.first { $0.source.topic == topic }?.number }
        let ids = Set(push.changeIDs)
        if let match = open.first(where: { !ids.isDisjoint(with: $0.source.changeIDs ?? []) }) {
            return match.number
        }
        let unnamed = mine.filter { $0.source.topic == nil && $0.source.branch == nil }
        if let match = unnamed.last(where: \.isAncestor) { return match.number }
        // A change that has an id of its own is not the one that has another.
        let anonymous = ids.isEmpty ? unnamed.filter { ($0.source.changeIDs ?? []).isEmpty } : []
        let origin = push.origin
        let subject = push.commits.last?.subject ?? ""
        return anonymous.first { candidate in
            candidate.source.origin == origin
                && (candidate.title == subject || (!push.paths.isEmpty && candidate.paths == push.paths))
        }?.number
    }
}
