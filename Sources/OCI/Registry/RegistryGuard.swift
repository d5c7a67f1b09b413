import Manifest

/// What a request wants to do.
public struct RegistryAccess: Sendable, Hashable {
    /// What a request does.
    public enum Action: String, Sendable, Hashable {
        /// Ask whether this is a registry.
        case ping
        /// List the repositories.
        case catalog
        case pull, push, delete
    }

    /// What is asked for; a guard may allow one and refuse another.
    public let action: Action
    /// Nil for ``Action/ping`` and ``Action/catalog``.
    public let repository: String?

    /// Describes a request for a guard.
    public init(_ action: Action, repository: String? = nil) {
        self.action = action
        self.repository = repository
    }
}

/// Decides who may do what in a registry.
public struct RegistryGuard: Sendable {
    /// What a guard says.
    public enum Decision: Sendable, Hashable {
        case allowed
        /// The client must say who it is, as the value of a `WWW-Authenticate` header tells it.
        case unauthenticated(challenge: String)
        /// Nobody with these credentials may do it.
        case forbidden
    }

    private let decide: @Sendable (RegistryAccess, _ authorization: String?) async -> Decision

    /// - Parameter decide: given the value of the `Authorization` header.
    public init(_ decide: @escaping @Sendable (RegistryAccess, _ authorization: String?) async -> Decision) {
        self.decide = decide
    }

    func decision(_ access: RegistryAccess, authorization: String?) async -> Decision {
        await decide(access, authorization)
    }

    /// Everybody may do everything.
    public static let open = RegistryGuard { _, _ in .allowed }

    /// Users with passwords may do everything; others may pull, or nothing.
    public static func passwords(_ users: [String: String], allowsAnonymousPull: Bool) -> RegistryGuard {
        RegistryGuard { access, authorization in
            if allowsAnonymousPull, access.action == .pull, authorization == nil { return .allowed }
            if let authorization, isKnown(authorization, users) { return .allowed }
            return .unauthenticated(challenge: #"Basic realm="slipway", charset="UTF-8""#)
        }
    }

    private static func isKnown(_ authorization: String, _ users: [String: String]) -> Bool {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Base64.decode(parts[1], padding: .optional),
            let colon = data.firstIndex(of: UInt8(ascii: ":"))
        else { return false }
        let user = String(decoding: data[..<colon], as: UTF8.self)
        let password = Array(data[data.index(after: colon)...])
        // An unknown user takes as long as a known one.
        let isRight = isEqual(password, Array((users[user] ?? "").utf8))
        return users[user] != nil && isRight
    }

    /// Compares without telling by its time how much is equal: the digests are compared, all of them.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        zip(Digest.sha256(left).hex.utf8, Digest.sha256(right).hex.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
