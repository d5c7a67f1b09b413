import FoundationEssentials

/// Where an API server is: scheme, host, port, and a path in front of every API path.
public struct ServerAddress: Sendable, Hashable {
    /// Whether the server is spoken to with TLS.
    public let isSecure: Bool
    /// The name or address, an IPv6 address without brackets.
    public let host: String
    /// The port of the server.
    public let port: Int
    /// Empty, or a path that begins with `/` and does not end with one.
    public let pathPrefix: String
    /// A user named in the address itself, for clients that have no other credential. Never printed.
    public let user: User?

    /// `name:password@` in front of the host.
    public struct User: Sendable, Hashable {
        /// The name of basic authentication.
        public let name: String
        /// The password of basic authentication.
        public let password: String

        /// A user with a password.
        public init(name: String, password: String) {
            self.name = name
            self.password = password
        }
    }

    /// An address from its parts.
    public init(isSecure: Bool, host: String, port: Int, pathPrefix: String = "", user: User? = nil) {
        self.user = user
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
    }

    /// Reads an address as a kubeconfig spells it: `https://host:6443/path`. Without a scheme it is `http`.
    ///
    /// - Throws: ``KubeClientError`` with code `configuration`.
    public init(_ text: String) throws(KubeClientError) {
        let spelled = text.contains("://") ? text : "http://" + text
        guard let parts = URLComponents(string: spelled), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty,
            parts.query == nil, parts.fragment == nil
        else {
            throw KubeClientError(
                .configuration, "\"\(text)\" is no server address; expected https://HOST:PORT")
        }
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.init(
            isSecure: scheme == "https",
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host,
            port: parts.port ?? (scheme == "https" ? 443 : 80), pathPrefix: path,
            user: parts.user.map { User(name: $0, password: parts.password ?? "") })
    }

    /// Host and port as in a URL, with brackets around an IPv6 address.
    public var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

extension ServerAddress: CustomStringConvertible {
    /// The address as a URL, without user and password.
    public var description: String { "\(isSecure ? "https" : "http")://\(authority)\(pathPrefix)" }
}
