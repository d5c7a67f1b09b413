import FoundationEssentials

/// Where an API server is: scheme, host, port, and a path in front of every API path.
public struct ServerAddress: Sendable, Hashable {
    public let isSecure: Bool
    /// The name or address, an IPv6 address without brackets.
    public let host: String
    public let port: Int
    /// Empty, or a path that begins with `/` and does not end with one.
    public let pathPrefix: String

    public init(isSecure: Bool, host: String, port: Int, pathPrefix: String = "") {
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
        guard parts.user == nil, parts.password == nil else {
            throw KubeClientError(
                .configuration, "the server address must not carry a user; set the user's entry instead")
        }
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.init(
            isSecure: scheme == "https",
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host,
            port: parts.port ?? (scheme == "https" ? 443 : 80), pathPrefix: path)
    }

    /// Host and port as in a URL, with brackets around an IPv6 address.
    public var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

extension ServerAddress: CustomStringConvertible {
    public var description: String { "\(isSecure ? "https" : "http")://\(authority)\(pathPrefix)" }
}
