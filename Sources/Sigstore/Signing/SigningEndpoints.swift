/// Where signatures are made: a certificate authority with Fulcio's API and a log with Rekor's.
public struct SigningEndpoints: Sendable, Hashable {
    /// The address of a server with Fulcio's API.
    public var certificateAuthority: String
    /// The address of a server with Rekor's API.
    public var transparencyLog: String

    /// Addresses without a trailing slash.
    public init(certificateAuthority: String, transparencyLog: String) {
        func bare(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }
        self.certificateAuthority = bare(certificateAuthority)
        self.transparencyLog = bare(transparencyLog)
    }

    /// The public instance of Sigstore. Everything that is logged there is public for ever.
    public static let publicInstance = SigningEndpoints(
        certificateAuthority: "https://fulcio.sigstore.dev", transparencyLog: "https://rekor.sigstore.dev")
}
