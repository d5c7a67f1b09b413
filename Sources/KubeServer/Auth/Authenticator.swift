import KubeModel
import Manifest

/// Knows the users of some kind of bearer token.
protocol TokenAuthenticator: Sendable {
    /// The user of a token, nil where the token is not of this kind or not valid.
    func user(of token: String) async -> User?
}

/// Finds out who makes a request, from its `Authorization` header.
struct Authenticator: Sendable {
    /// The outcome of looking at a request's credentials.
    enum Outcome: Sendable, Hashable {
        /// The caller is known; a request without credentials is ``User/anonymous``.
        case user(User)
        /// There are credentials and they are wrong, which is never taken for having none.
        case rejected
    }

    /// Asked in turn; the first that knows the token decides.
    let tokens: [any TokenAuthenticator]

    func authenticate(_ headers: APIHeaders) async -> Outcome {
        guard let header = headers["authorization"], let token = Self.token(in: header) else {
            return .user(.anonymous)
        }
        for authenticator in tokens {
            if let user = await authenticator.user(of: token) { return .user(user.authenticated) }
        }
        return .rejected
    }

    /// The token of an `Authorization` header, nil where it has none.
    ///
    /// Beside bearer tokens, a token is taken as the password of basic authentication: kubectl keeps the tokens
    /// of its configuration to itself when it speaks plain HTTP, but sends the password of the server's URL.
    private static func token(in header: String) -> String? {
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return nil }
        switch words[0].lowercased() {
        case "bearer":
            let token = words[1].filter { $0 != " " }
            return token.isEmpty ? nil : String(token)
        case "basic":
            guard let bytes = Base64.decode(words[1], padding: .optional),
                let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
            else {
                // Not readable, and so not a token; but credentials all the same.
                return ""
            }
            return String(decoding: bytes[(colon + 1)...], as: UTF8.self)
        default: return nil
        }
    }
}

extension User {
    /// The user with the group that everyone has who showed a valid credential.
    fileprivate var authenticated: User {
        if groups.contains(Self.authenticatedGroup) { return self }
        return User(name: name, uid: uid, groups: groups + [Self.authenticatedGroup], extra: extra)
    }
}
