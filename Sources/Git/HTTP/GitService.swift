/// What a git client wants of a server.
public enum GitService: String, Sendable, Hashable {
    /// To fetch and clone.
    case uploadPack = "git-upload-pack"
    /// To push.
    case receivePack = "git-receive-pack"

    /// The command of the git program.
    var command: String { String(rawValue.dropFirst(4)) }
}

/// A request of a git client, as far as it decides who may do what.
public struct GitHTTPRequest: Sendable {
    /// What the client proves itself with.
    public enum Credentials: Sendable, Hashable {
        case basic(user: String, password: String)
        case bearer(String)
    }

    /// The path of the repository, decoded, without slashes at its ends and without `.git`: `shop/web`.
    public let repository: String
    /// What is asked for: to read or to write.
    public let service: GitService
    /// Nil where the client sent none, or none that can be read.
    public let credentials: Credentials?
}

/// What the host of a server says about a request.
public enum GitHTTPDecision: Sendable {
    /// The client may; the values say on what and with which surroundings.
    case allow(GitHTTPAccess)
    /// The client must prove who it is, or prove it better.
    case unauthorized(realm: String, message: String)
    /// The client is known and may not.
    case forbidden(String)
    /// There is no such repository, or none the client may know of.
    case notFound(String)
    /// The server cannot say for the moment.
    case unavailable(String)
}

/// A repository to serve, and the surroundings of the programs that serve it.
public struct GitHTTPAccess: Sendable {
    /// What is served.
    public var repository: GitRepository
    /// The directory of the hooks that a push runs; without one, none run.
    public var hooks: String?
    /// Variables that the hooks see.
    public var environment: [String: String] = [:]
    /// Settings that outrank the repository's own, such as `("receive.procReceiveRefs", "refs/for")`.
    public var settings: [(String, String)] = []

    /// Grants a repository; hooks are run where their directory is named.
    public init(_ repository: GitRepository, hooks: String? = nil) {
        self.repository = repository
        self.hooks = hooks
    }
}
