import FoundationEssentials
import Manifest

/// Verifies identity tokens against the issuers it was given, and no others.
actor TokenVerifier {
    /// A token that was found good.
    struct Token: Sendable {
        var issuer: TokenIssuer
        var claims: Value
        /// What the client signs to prove that it has the private key.
        var challenge: String
    }

    /// How far the clocks of issuer and verifier may differ.
    static let leeway = 60.0
    /// Tokens of CI live for minutes; a longer one is not for signing.
    static let maximumLifetime = 24 * 3600.0

    nonisolated let issuers: [TokenIssuer]
    private let exchange: HTTPExchange
    private let now: @Sendable () -> Date
    private var cache: [String: (keys: JSONWebKeys, fetched: Date)] = [:]

    init(issuers: [TokenIssuer], exchange: HTTPExchange, now: @escaping @Sendable () -> Date) {
        self.issuers = issuers
        self.exchange = exchange
        self.now = now
    }

    /// Checks signature, issuer, audience and times of a token.
    ///
    /// - Throws: `SigstoreError` with code `refused`, or `unreachable` where the issuer's keys cannot be had. The
    ///   token never shows in a message.
    func verify(_ token: String) async throws(SigstoreError) -> Token {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 64 << 10, parts.count == 3,
            let header = Self.json(parts[0]), let claims = Self.json(parts[1]),
            let signature = Base64.decodeURLSafe(parts[2])
        else { throw SigstoreError(.refused, "the identity token is no signed JSON web token") }
        guard let algorithm = header["alg"]?.stringValue, let keyName = header["kid"]?.stringValue else {
            throw SigstoreError(.refused, "the identity token names no algorithm or no key (alg, kid)")
        }
        guard header["crit"] == nil else {
            throw SigstoreError(.refused, "the identity token has critical header fields")
        }
        // The issuer is looked up before anything is fetched: an unknown one leads nowhere.
        let name = claims["iss"]?.stringValue ?? ""
        guard let issuer = issuers.first(where: { $0.url.utf8.elementsEqual(name.utf8) }) else {
            throw SigstoreError(
                .refused, "the identity token's issuer \"\(name)\" is not one that is believed here")
        }
        let keys = try await keys(of: issuer, containing: keyName)
        try keys.check(
            algorithm: algorithm, keyName: keyName, signature: signature,
            message: Array("\(parts[0]).\(parts[1])".utf8))
        try check(claims, issuer)
        guard let challenge = claims[issuer.challengeClaim]?.stringValue, !challenge.isEmpty else {
            throw SigstoreError(.refused, "the identity token lacks the claim \"\(issuer.challengeClaim)\"")
        }
        return Token(issuer: issuer, claims: claims, challenge: challenge)
    }

    private func check(_ claims: Value, _ issuer: TokenIssuer) throws(SigstoreError) {
        let audiences =
            claims["aud"]?.stringValue.map { [$0] }
            ?? (claims["aud"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard audiences.contains(issuer.audience) else {
            throw SigstoreError(
                .refused, "the identity token is for another audience than \"\(issuer.audience)\"")
        }
        let time = now().timeIntervalSince1970
        guard let expiry = claims["exp"]?.doubleValue else {
            throw SigstoreError(.refused, "the identity token has no expiry (exp)")
        }
        guard time <= expiry + Self.leeway else {
            throw SigstoreError(.refused, "the identity token has expired")
        }
        for name in ["nbf", "iat"] {
            guard let start = claims[name]?.doubleValue else { continue }
            guard time + Self.leeway >= start else {
                throw SigstoreError(.refused, "the identity token is not valid yet (\(name))")
            }
            guard name != "iat" || expiry - start <= Self.maximumLifetime else {
                throw SigstoreError(.refused, "the identity token is valid for more than a day")
            }
        }
        if issuer.mapping.kind == .email, claims["email_verified"]?.boolValue != true {
            throw SigstoreError(
                .refused, "the issuer has not verified the e-mail address of the identity token")
        }
    }

    private static func json(_ part: Substring) -> Value? {
        guard let bytes = Base64.decodeURLSafe(part) else { return nil }
        return try? JSON.parse(bytes, options: JSON.ReadOptions(strict: true, maximumDepth: 32))
    }

    /// The issuer's keys, fetched anew when they are old, or when a name is unknown and the last fetch is not recent.
    private func keys(of issuer: TokenIssuer, containing name: String) async throws(SigstoreError)
        -> JSONWebKeys
    {
        let time = now()
        if let cached = cache[issuer.url] {
            let age = time.timeIntervalSince(cached.fetched)
            if age < 3600, cached.keys.contains(name) || age < 10 { return cached.keys }
        }
        let keys = try await fetch(issuer)
        cache[issuer.url] = (keys, time)
        return keys
    }

    private func fetch(_ issuer: TokenIssuer) async throws(SigstoreError) -> JSONWebKeys {
        do {
            switch issuer.keys {
            case .provided(let provide): return try JSONWebKeys(json: try await provide())
            case .discovery:
                let base = issuer.url.hasSuffix("/") ? String(issuer.url.dropLast()) : issuer.url
                let document = try await get(base + "/.well-known/openid-configuration")
                let configuration = try JSON.parse(document)
                guard configuration["issuer"]?.stringValue == issuer.url else {
                    throw SigstoreError(.refused, "the configuration at \(base) names another issuer")
                }
                guard let address = configuration["jwks_uri"]?.stringValue,
                    address.hasPrefix("https://")
                        || (base.hasPrefix("http://") && address.hasPrefix("http://"))
                else {
                    throw SigstoreError(
                        .refused, "the configuration at \(base) has no address of keys over TLS")
                }
                return try JSONWebKeys(json: try await get(address))
            }
        } catch let error as SigstoreError {
            throw error
        } catch {
            throw SigstoreError(
                .unreachable, "the keys of the issuer \(issuer.url) cannot be had", cause: error)
        }
    }

    private func get(_ url: String) async throws -> [UInt8] {
        let response = try await exchange.send(HTTPExchange.Request("GET", url))
        guard response.status == 200, response.body.count <= 1 << 20 else {
            throw SigstoreError(.unreachable, "\(url) answers \(response.status)")
        }
        return response.body
    }
}
