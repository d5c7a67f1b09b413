import Crypto
import Manifest
import _CryptoExtras

/// The public keys of an issuer (RFC 7517): those with a name and an algorithm that tokens may use.
///
/// JWTKit, with which tokens are made here, lets a token without a known key name be checked by a default key, and
/// lets the first token choose the algorithm of a key. A verifier of strangers' tokens must do neither.
struct JSONWebKeys: Sendable {
    /// A key with the one algorithm it is used with.
    private struct Key: Sendable {
        var algorithm: String
        var publicKey: PublicKey
    }

    private var keys: [String: Key] = [:]

    init(json: [UInt8]) throws(SigstoreError) {
        let document: Value
        do throws(ManifestError) {
            document = try JSON.parse(json, options: JSON.ReadOptions(strict: true, maximumDepth: 16))
        } catch {
            throw SigstoreError(.malformed, "the issuer's keys are not JSON", cause: error)
        }
        guard let items = document["keys"]?.arrayValue, items.count <= 100 else {
            throw SigstoreError(.malformed, "the issuer's keys are no list, or one of more than 100")
        }
        for item in items {
            guard let name = item["kid"]?.stringValue, item["use"]?.stringValue ?? "sig" == "sig",
                let key = Self.key(item)
            else { continue }
            keys[name] = key
        }
    }

    /// Whether a key has the name.
    func contains(_ name: String) -> Bool { keys[name] != nil }

    /// Checks a token's signature by the named key and with that key's own algorithm.
    ///
    /// - Throws: `SigstoreError` with code `refused`.
    func check(algorithm: String, keyName: String, signature: [UInt8], message: [UInt8]) throws(SigstoreError)
    {
        guard let key = keys[keyName] else {
            throw SigstoreError(.refused, "the token is signed by a key that its issuer does not publish")
        }
        guard key.algorithm == algorithm else {
            throw SigstoreError(.refused, "the token says \(algorithm), but its key is for \(key.algorithm)")
        }
        let encoded: [UInt8]?
        switch key.publicKey.backing {
        case .p256:
            let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            encoded = parsed.map { [UInt8]($0.derRepresentation) }
        case .p384:
            let parsed = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
            encoded = parsed.map { [UInt8]($0.derRepresentation) }
        case .p521, .ed25519, .rsa: encoded = signature
        }
        guard let encoded, key.publicKey.isValid(encoded, for: message) else {
            throw SigstoreError(.refused, "the token's signature is not by its issuer")
        }
    }

    private static func key(_ item: Value) -> Key? {
        func bytes(_ name: String) -> [UInt8]? {
            item[name]?.stringValue.flatMap { Base64.decodeURLSafe($0) }
        }
        let (algorithm, publicKey): (String, PublicKey)
        switch (item["kty"]?.stringValue, item["crv"]?.stringValue) {
        case ("RSA", _):
            guard let modulus = bytes("n"), let exponent = bytes("e"), modulus.count >= 256,
                let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
            else { return nil }
            (algorithm, publicKey) = ("RS256", PublicKey(.rsa(key)))
        case ("EC", "P-256"):
            guard let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32,
                let key = try? P256.Signing.PublicKey(x963Representation: [4] + x + y)
            else { return nil }
            (algorithm, publicKey) = ("ES256", PublicKey(.p256(key)))
        case ("EC", "P-384"):
            guard let x = bytes("x"), let y = bytes("y"), x.count == 48, y.count == 48,
                let key = try? P384.Signing.PublicKey(x963Representation: [4] + x + y)
            else { return nil }
            (algorithm, publicKey) = ("ES384", PublicKey(.p384(key)))
        case ("OKP", "Ed25519"):
            guard let x = bytes("x"), let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else {
                return nil
            }
            (algorithm, publicKey) = ("EdDSA", PublicKey(.ed25519(key)))
        default: return nil
        }
        // A key that is declared for another algorithm of its family is left out.
        if let declared = item["alg"]?.stringValue, declared != algorithm { return nil }
        return Key(algorithm: algorithm, publicKey: publicKey)
    }
}
