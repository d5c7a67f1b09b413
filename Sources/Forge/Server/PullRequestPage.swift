import KubeClient
import KubeModel
public import Manifest

/// A pull request as text, for terminals and browsers alike.
public struct PullRequestPage {
    let pull: HostedPullRequest
    let repository: ObjectKey

    /// A PullRequest object as text.
    ///
    /// - Throws: `ManifestError` where the object cannot be read.
    public static func text(of object: Value) throws(ManifestError) -> String {
        let pull = try HostedPullRequest(object)
        return PullRequestPage(
            pull: pull, repository: ObjectKey(namespace: pull.key.namespace, name: pull.spec.repository)
        ).text
    }

    var text: String {
        let (spec, status) = (pull.spec, pull.status)
        var lines = ["\(repository)#\(spec.number): \(spec.title)", ""]
        func line(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            lines.append(name + String(repeating: " ", count: max(1, 12 - name.count)) + value)
        }
        line(
            "State",
            [status.phase?.rawValue ?? spec.state.rawValue, status.reason].compactMap { $0 }.joined(
                separator: ", "))
        line("Why", status.message)
        line("Author", spec.author)
        line("Pusher", spec.pusher == spec.author ? nil : spec.pusher)
        line("Target", spec.target)
        line("Head", spec.head)
        line("Lane", status.lane)
        line("Candidate", status.candidate)
        line("Runs", status.runs?.joined(separator: ", "))
        line("Merged as", status.mergeCommit)
        line("Fetch", "git fetch origin \(pull.reference)")
        for review in status.reviews ?? [] {
            line(
                "Review",
                "\(review.author): \(review.state.rawValue) at \(review.commit.prefix(10))"
                    + (review.body.map { " - \($0)" } ?? ""))
        }
        if let body = spec.body, !body.isEmpty { lines += ["", body] }
        return lines.joined(separator: "\n") + "\n"
    }
}
