import FoundationEssentials
import Manifest

/// A token that says who somebody is, for a short time. It never shows in a description.
public struct IdentityToken: Sendable, CustomStringConvertible {
    /// The token itself, for the one server that it is for.
    let text: String
    /// What a certificate authority wants signed as proof of the key: the address of a person, or the subject.
    public let challenge: String
    /// Who issued it, as it says.
    public let issuer: String

    /// Reads a token's claims, without believing them: that is the certificate authority's work.
    ///
    /// - Throws: `SigstoreError` with code `malformed`.
    public init(_ text: String) throws(SigstoreError) {
        let text = String(text.trimmed)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64.decodeURLSafe(parts[1]),
            let claims = try? JSON.parse(payload)
        else {
            throw SigstoreError(
                .malformed, "the identity token is no JSON web token; check where it comes from")
        }
        let isVerified = claims["email_verified"]?.boolValue == true
        guard let challenge = (isVerified ? claims["email"]?.stringValue : nil) ?? claims["sub"]?.stringValue
        else {
            throw SigstoreError(.malformed, "the identity token has no subject (sub)")
        }
        self.text = text
        self.challenge = challenge
        issuer = claims["iss"]?.stringValue ?? ""
    }

    /// Who the token names and who issued it; never the token.
    public var description: String { "identity token of \(challenge) by \(issuer)" }

    /// Where cosign looks for the token of a workload.
    static let ambientFile = "/var/run/sigstore/cosign/oidc-token"

    /// The text of a file, nil where there is none that can be read.
    public static func readText(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }

    /// The token of the surroundings: of a variable, of a GitHub workflow, or of a file that the platform mounts.
    ///
    /// - Throws: `SigstoreError` with code `missing` where there is none, `refused` where the platform gives none.
    public static func ambient(
        environment: [String: String], exchange: HTTPExchange,
        readFile: @Sendable (String) -> String? = readText
    ) async throws -> IdentityToken {
        if let text = environment["SIGSTORE_ID_TOKEN"], !text.isEmpty { return try IdentityToken(text) }
        if let url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"], !url.isEmpty,
            let secret = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
        {
            let response = try await exchange.sendRepeatedly(
                HTTPExchange.Request(
                    "GET", url + (url.contains("?") ? "&" : "?") + "audience=sigstore",
                    headers: [("Authorization", "bearer \(secret)")]))
            guard response.status == 200, let text = (try? JSON.parse(response.body))?["value"]?.stringValue
            else {
                throw SigstoreError(
                    .refused,
                    "the workflow's token service answers \(response.status); give the job the permission id-token: write"
                )
            }
            return try IdentityToken(text)
        }
        if let text = readFile(ambientFile) { return try IdentityToken(text) }
        throw SigstoreError(
            .missing,
            "no identity token was found; give one with --identity-token or --identity-token-file, or in SIGSTORE_ID_TOKEN"
        )
    }
}

extension String {
    fileprivate var trimmed: Substring {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return rest
    }
}
