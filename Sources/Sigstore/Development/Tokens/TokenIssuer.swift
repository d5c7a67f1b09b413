/// An issuer of identity tokens that a certificate authority believes.
public struct TokenIssuer: Sendable {
    /// Where the issuer's keys come from.
    public enum Keys: Sendable {
        /// From its `/.well-known/openid-configuration`.
        case discovery
        /// From a JWKS that this process has at hand.
        case provided(@Sendable () async throws -> [UInt8])
    }

    /// The `iss` of its tokens, compared byte for byte.
    public var url: String
    /// The `aud` that tokens must have.
    public var audience: String
    /// How claims become a certificate.
    public var mapping: ClaimMapping
    /// Where the issuer's public keys come from.
    public var keys: Keys
    /// Whether a token is exchanged for one certificate only; then it must have a `jti`.
    ///
    /// For issuers whose tokens are made for one signature each. Tokens of people are shown again by their tools.
    public var isOneTime: Bool

    /// Believes an issuer; its keys are fetched where they are not provided.
    public init(
        url: String, audience: String = "sigstore", mapping: ClaimMapping, keys: Keys = .discovery,
        isOneTime: Bool = false
    ) {
        self.url = url
        self.audience = audience
        self.mapping = mapping
        self.keys = keys
        self.isOneTime = isOneTime
    }

    /// The claim over which a client proves that it has the private key.
    public var challengeClaim: String { mapping.kind == .email ? "email" : "sub" }
}
