import Crypto
import Manifest

/// A message of a forge that a repository's references have moved.
///
/// Nothing in it is believed but that: it names the repository to be asked, and what the repository answers counts. The
/// sender is checked all the same, so that nobody can have repositories asked without end.
public struct Webhook: Sendable, Hashable {
    /// The forges whose messages are understood.
    public enum Forge: String, Sendable, Hashable { case github, gitlab, gitea }

    /// Who has sent it.
    public var forge: Forge
    /// The addresses that the forge gives for the repository.
    public var urls: [String]

    /// The largest body that is looked at.
    public static let bodyLimit = 10 << 20

    /// Reads and checks a message.
    ///
    /// GitHub and Gitea sign the body (`X-Hub-Signature-256`, `X-Gitea-Signature`: HMAC-SHA256), GitLab sends the secret
    /// itself (`X-Gitlab-Token`). Signatures are compared in constant time.
    ///
    /// - Parameters:
    ///   - headers: by lower-case name.
    ///   - secret: what was agreed on with the forge; without one every message is refused.
    /// - Returns: nil for messages that tell of something else, such as a ping.
    /// - Throws: ``GitOpsError`` with code `unauthenticated` or `invalidPayload`.
    public static func read(
        headers: [String: String], body: [UInt8], secret: String
    ) throws(GitOpsError) -> Webhook? {
        guard body.count <= bodyLimit else {
            throw GitOpsError(.invalidPayload, "the message has more than \(bodyLimit) bytes")
        }
        guard !secret.isEmpty else {
            throw GitOpsError(.unauthenticated, "webhooks are refused until a secret is configured")
        }
        let (forge, event) = try sender(headers)
        guard isGenuine(forge, headers: headers, body: body, secret: secret) else {
            throw GitOpsError(
                .unauthenticated, "the signature of the message does not fit; check the webhook's secret")
        }
        let events = [
            "push", "create", "delete", "pull_request", "Push Hook", "Tag Push Hook", "Merge Request Hook",
        ]
        guard events.contains(event) else { return nil }
        let payload: Value
        let text =
            headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") ?? false
            ? try form(body) : body
        do throws(ManifestError) { payload = try JSON.parse(text) } catch {
            throw GitOpsError(.invalidPayload, "the message is no JSON", cause: error)
        }
        let repository = payload["repository"] ?? payload["project"] ?? .null
        let project = payload["project"] ?? .null
        let fields = ["clone_url", "ssh_url", "html_url", "git_http_url", "git_ssh_url", "web_url", "url"]
        var urls: Set<String> = []
        for place in [repository, project] {
            for field in fields {
                if let url = place[field]?.stringValue, !url.isEmpty {
                    urls.insert(RepositoryURL.normalized(url))
                }
            }
        }
        guard !urls.isEmpty else {
            throw GitOpsError(.invalidPayload, "the message names no repository")
        }
        return Webhook(forge: forge, urls: urls.sorted())
    }

    /// The field `payload` of a form, which is how GitHub sends its messages where nobody chose JSON.
    private static func form(_ body: [UInt8]) throws(GitOpsError) -> [UInt8] {
        for field in body.split(separator: UInt8(ascii: "&")) where field.starts(with: Array("payload=".utf8))
        {
            var text: [UInt8] = []
            var rest = field.dropFirst("payload=".utf8.count)
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "%") else {
                    text.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                    continue
                }
                guard let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                    break
                }
                text.append(decoded)
                rest = rest.dropFirst(2)
            }
            return text
        }
        throw GitOpsError(.invalidPayload, "the form has no field payload")
    }

    private static func sender(_ headers: [String: String]) throws(GitOpsError) -> (Forge, event: String) {
        // Gitea sends GitHub's headers along with its own.
        if let event = headers["x-gitea-event"] { return (.gitea, event) }
        if let event = headers["x-github-event"] { return (.github, event) }
        if let event = headers["x-gitlab-event"] { return (.gitlab, event) }
        throw GitOpsError(.invalidPayload, "the message has no header of GitHub, GitLab or Gitea")
    }

    private static func isGenuine(
        _ forge: Forge, headers: [String: String], body: [UInt8], secret: String
    ) -> Bool {
        let key = SymmetricKey(data: Array(secret.utf8))
        switch forge {
        case .gitlab:
            // Both sides are hashed, so that the time taken tells nothing about the secret, its length included.
            let given = HMAC<SHA256>.authenticationCode(
                for: Array((headers["x-gitlab-token"] ?? "").utf8), using: key)
            return HMAC<SHA256>.isValidAuthenticationCode(
                Array(given), authenticating: Array(secret.utf8), using: key)
        case .github, .gitea:
            let header = forge == .github ? "x-hub-signature-256" : "x-gitea-signature"
            var text = (headers[header] ?? "")[...]
            if text.hasPrefix("sha256=") { text = text.dropFirst(7) }
            guard let signature = bytes(hex: text) else { return false }
            return HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: body, using: key)
        }
    }

    private static func bytes(hex text: Substring) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place...(place + 1)], as: UTF8.self), radix: 16)
            else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
