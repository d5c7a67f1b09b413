import Crypto
public import FoundationEssentials
public import Manifest
import _CryptoExtras

/// Makes identity tokens on this machine, for whatever identity its owner wants: for development, and for the
/// pipelines of this program, which tell what they run.
///
/// It has no way to ask who somebody is, so it never hands out tokens over a network: only who can read the key's
/// file, or this process, gets one. Tokens are RS256, the one algorithm that every client takes.
public struct DevelopmentTokenIssuer: Sendable {
    /// The `iss` of its tokens: where its configuration is served.
    public let url: String
    private let key: _RSA.Signing.PrivateKey
    private let keyName: String

    /// How long tokens last unless told otherwise.
    public static let lifetime = 600.0

    /// Reads the key in a directory, or makes it.
    ///
    /// - Throws: `SigstoreError` with code `storage`.
    public init(directory: String, url: String) async throws(SigstoreError) {
        self.url = url
        let pem = try await FileQueue(label: "slipway.sigstore.tokens").run { () throws(SigstoreError) in
            try PrivateFiles.makeDirectory(directory)
            let path = directory + "/token-issuer.pem"
            if let bytes = try PrivateFiles.read(path) { return String(decoding: bytes, as: UTF8.self) }
            guard let pem = try? _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation else {
                throw SigstoreError(.storage, "no RSA key can be made for identity tokens")
            }
            try PrivateFiles.replace(path, with: Array(pem.utf8))
            return pem
        }
        do {
            key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
        } catch {
            throw SigstoreError(
                .storage, "the key of identity tokens in \(directory) cannot be read", cause: error)
        }
        keyName = Hex.encode(sha256(key.publicKey.derRepresentation).prefix(16))
    }

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - subject: the `sub`.
    ///   - claims: further claims; those that this issuer sets itself win.
    /// - Throws: `SigstoreError` with code `storage` if the key cannot sign.
    public func token(
        subject: String, audience: String = "sigstore", claims: Object = [:], at now: Date,
        lifetime: Double = lifetime, identifier: String
    ) throws(SigstoreError) -> String {
        let time = Int64(now.timeIntervalSince1970)
        var payload = claims
        payload["iss"] = .string(url)
        payload["sub"] = .string(subject)
        payload["aud"] = .string(audience)
        payload["iat"] = .integer(time)
        payload["nbf"] = .integer(time)
        payload["exp"] = .integer(time + Int64(lifetime))
        payload["jti"] = .string(identifier)
        let header: Value = ["alg": "RS256", "kid": .string(keyName), "typ": "JWT"]
        let message =
            Base64.encodeURLSafe(JSON.write(header)) + "."
            + Base64.encodeURLSafe(JSON.write(.object(payload)))
        do {
            let digest = SHA256.hash(data: Array(message.utf8))
            let signature = try key.signature(for: digest, padding: .insecurePKCS1v1_5)
            return message + "." + Base64.encodeURLSafe(signature.rawRepresentation)
        } catch {
            throw SigstoreError(.storage, "the identity token could not be signed", cause: error)
        }
    }

    /// The document at `/.well-known/openid-configuration`.
    public var configuration: Value {
        [
            "issuer": .string(url), "jwks_uri": .string(url + "/.well-known/jwks.json"),
            "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["iss", "sub", "aud", "iat", "nbf", "exp", "jti", "email", "email_verified"],
        ]
    }

    /// The document at `/.well-known/jwks.json`.
    public var keySet: Value {
        let parts = try? key.publicKey.getKeyPrimitives()
        return [
            "keys": [
                [
                    "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(keyName),
                    "n": .string(Base64.encodeURLSafe(parts?.modulus ?? Data())),
                    "e": .string(Base64.encodeURLSafe(parts?.publicExponent ?? Data())),
                ]
            ]
        ]
    }

    /// This issuer as a certificate authority of the same process believes it, without a request to itself.
    public func trusted(mapping: ClaimMapping) -> TokenIssuer {
        let keys = JSON.write(keySet)
        return TokenIssuer(url: url, mapping: mapping, keys: .provided { keys })
    }
}
