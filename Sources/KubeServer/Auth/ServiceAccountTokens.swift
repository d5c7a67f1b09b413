import Crypto
import KubeModel
import Manifest

/// Makes and checks the tokens of service accounts: JSON web tokens signed with a key of the server's own.
///
/// A token is good until it expires, and only while the account it was made for exists, and the object it is bound to,
/// if any; what is made anew under the same name has another `uid`.
struct ServiceAccountTokens: Sendable {
    let key: P256.Signing.PrivateKey
    let store: Store
    let now: @Sendable () -> Timestamp

    /// Who the tokens say has signed them.
    static let issuer = "https://kubernetes.default.svc.cluster.local"

    /// What a token is asked to be.
    struct Request {
        let namespace: String
        let name: String
        let uid: String
        let audiences: [String]
        let lifetime: Duration
        let identifier: String
        let binding: TokenBinding
    }

    /// A token and the moment it stops being good.
    func issue(_ request: Request) throws -> (token: String, expiry: Timestamp) {
        let start = now().wholeSeconds
        let expiry = start.advanced(by: request.lifetime)
        let header: Value = ["alg": "ES256", "typ": "JWT"]
        var details: Object = [
            "namespace": .string(request.namespace),
            "serviceaccount": ["name": .string(request.name), "uid": .string(request.uid)],
        ]
        for claim in request.binding.claims { details[claim.key] = claim.value }
        let claims: Value = [
            "iss": .string(Self.issuer),
            "sub": .string("system:serviceaccount:\(request.namespace):\(request.name)"),
            "aud": .array(request.audiences.map(Value.string)), "iat": .integer(start.seconds),
            "nbf": .integer(start.seconds), "exp": .integer(expiry.seconds),
            "jti": .string(request.identifier),
            "kubernetes.io": .object(details),
        ]
        let signed =
            Base64.encodeURLSafe(JSON.write(header)) + "." + Base64.encodeURLSafe(JSON.write(claims))
        let signature = try key.signature(for: Array(signed.utf8))
        return ("\(signed).\(Base64.encodeURLSafe(Array(signature.rawRepresentation)))", expiry)
    }

    /// The claims of a token with a valid signature.
    private func verifiedClaims(_ token: String) -> Value? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let raw = Base64.decodeURLSafe(parts[2], padding: .forbidden),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw),
            key.publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8)),
            let header = Base64.decodeURLSafe(parts[0], padding: .forbidden).flatMap({ try? JSON.parse($0) }),
            header["alg"]?.stringValue == "ES256"
        else { return nil }
        return Base64.decodeURLSafe(parts[1], padding: .forbidden).flatMap { try? JSON.parse($0) }
    }
}

extension ServiceAccountTokens: TokenAuthenticator {
    func user(of token: String) async -> User? {
        guard let claims = verifiedClaims(token), claims.text("iss") == Self.issuer,
            claims.texts("aud").contains(Self.issuer)
        else { return nil }
        let moment = now()
        guard claims.number("nbf") <= moment.seconds, moment.seconds < claims.number("exp") else {
            return nil
        }
        let namespace = claims.text("kubernetes.io", "namespace")
        let name = claims.text("kubernetes.io", "serviceaccount", "name")
        let uid = claims.text("kubernetes.io", "serviceaccount", "uid")
        let account = store.value(of: Self.resource, namespace: namespace, name: name)
        let binding = TokenBinding(claims: claims["kubernetes.io"] ?? .emptyObject)
        guard let account, TokenBinding.counts(account, uid: uid, at: moment),
            binding.holds(namespace: namespace, at: moment, in: store)
        else { return nil }
        var extra = binding.extra
        extra["authentication.kubernetes.io/credential-id"] = ["JTI=\(claims.text("jti"))"]
        return User(
            name: "system:serviceaccount:\(namespace):\(name)", uid: uid,
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)"],
            extra: extra)
    }

    static let resource = GroupResource(resource: "serviceaccounts")
}

extension ServiceAccountTokens {
    private static let kind = GroupKind(group: "authentication.k8s.io", kind: "TokenRequest")

    /// The answer to a `TokenRequest` posted to a service account.
    ///
    /// - Parameters:
    ///   - account: the service account.
    ///   - identifier: what tells the token from all others.
    /// - Throws: 422 for a lifetime that no token may have; as ``TokenBinding/init(_:account:namespace:in:)``.
    func answer(_ request: Value, account: Value, identifier: String) throws(APIError) -> Value {
        let metadata = account.metadata
        let seconds = request["spec", "expirationSeconds"]?.integerValue ?? 3600
        let path = FieldPath("spec", "expirationSeconds")
        var faults: [FieldError] = []
        if seconds < 600 {
            faults.append(
                .invalid(path, .integer(seconds), "may not specify a duration less than 10 minutes"))
        }
        if seconds > 1 << 32 {
            faults.append(
                .invalid(path, .integer(seconds), "may not specify a duration larger than 2^32 seconds"))
        }
        if !faults.isEmpty { throw .invalid(Self.kind, name: metadata.name, errors: faults) }
        let binding = try TokenBinding(
            request["spec", "boundObjectRef"], account: metadata.name, namespace: metadata.namespace,
            in: store)
        var audiences = request.texts("spec", "audiences")
        if audiences.isEmpty { audiences = [Self.issuer] }
        let issued: (token: String, expiry: Timestamp)
        do {
            issued = try issue(
                Request(
                    namespace: metadata.namespace, name: metadata.name, uid: metadata.uid,
                    audiences: audiences, lifetime: .seconds(seconds), identifier: identifier,
                    binding: binding))
        } catch {
            throw .internalError("signing the token of \(metadata.namespace)/\(metadata.name): \(error)")
        }
        var answer = request
        answer["metadata"] = [
            "name": .string(metadata.name), "namespace": .string(metadata.namespace),
            "creationTimestamp": .string(now().wholeSeconds.rfc3339),
        ]
        answer["spec", "audiences"] = .array(audiences.map(Value.string))
        answer["spec", "expirationSeconds"] = .integer(seconds)
        answer["status"] = [
            "token": .string(issued.token), "expirationTimestamp": .string(issued.expiry.rfc3339),
        ]
        return answer
    }
}
