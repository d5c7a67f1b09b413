import GitOps
import Manifest
import Testing

/// Signatures computed by `openssl dgst -sha256 -hmac`.
@Suite struct WebhookTests {
    private static let body = Array(
        #"{"repository":{"clone_url":"https://Git.example.com/team/config.git"}}"#.utf8)
    private static let secret = "s3cret"
    private static let signature = "73da6cbb4666fb1dc25570086cfb0e81af9953c2bd846336e8fa482b952c1e56"

    private static func read(_ headers: [String: String], secret: String = secret) throws -> Webhook? {
        try Webhook.read(headers: headers, body: body, secret: secret)
    }

    @Test(arguments: [
        ["x-github-event": "push", "x-hub-signature-256": "sha256=\(signature)"],
        ["x-gitea-event": "push", "x-github-event": "push", "x-gitea-signature": signature],
        ["x-gitlab-event": "Push Hook", "x-gitlab-token": secret],
    ])
    func `a message that is genuine names its repository`(_ headers: [String: String]) throws {
        #expect(try Self.read(headers)?.urls == ["https://git.example.com/team/config"])
    }

    @Test(arguments: [
        [:], ["x-github-event": "push"], ["x-github-event": "push", "x-hub-signature-256": "sha256=00"],
        ["x-github-event": "push", "x-hub-signature-256": "sha256=" + String(signature.reversed())],
        ["x-gitlab-event": "Push Hook", "x-gitlab-token": "s3cre"], ["x-gitlab-event": "Push Hook"],
    ])
    func `a message that is not genuine is refused`(_ headers: [String: String]) {
        #expect(throws: GitOpsError.self) { try Self.read(headers) }
    }

    @Test func `without a secret nothing is believed`() {
        #expect(throws: GitOpsError.self) {
            try Self.read(["x-gitlab-event": "Push Hook", "x-gitlab-token": ""], secret: "")
        }
    }

    @Test func `a message about something else is passed over`() throws {
        #expect(
            try Self.read(["x-github-event": "ping", "x-hub-signature-256": "sha256=\(Self.signature)"])
                == nil)
    }

    @Test(arguments: [
        ("https://user:pass@GitHub.com:443/a/b.git", "https://github.com/a/b"),
        ("git@github.com:a/b.git", "ssh://github.com/a/b"),
        ("ssh://git@host:22/a/b/", "ssh://host/a/b"), ("/srv/git/a.git/", "/srv/git/a"),
    ])
    func `an address has one spelling`(_ url: String, _ normalized: String) {
        #expect(RepositoryURL.normalized(url) == normalized)
    }
}
