import KubeModel

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
        guard let header = headers["authorization"] else { return .user(.anonymous) }
        let words = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return .user(.anonymous) }
        let token = words[1].trimmed
        guard !token.isEmpty else { return .user(.anonymous) }
        for authenticator in tokens {
            if let user = await authenticator.user(of: token) { return .user(user.authenticated) }
        }
        return .rejected
    }
}

extension User {
    /// The user with the group that everyone has who showed a valid credential.
    fileprivate var authenticated: User {
        if groups.contains(Self.authenticatedGroup) { return self }
        return User(name: name, uid: uid, groups: groups + [Self.authenticatedGroup], extra: extra)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return ""
        }
        return String(self[first...last])
    }
}
