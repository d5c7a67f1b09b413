/// A kubeconfig as kubectl writes it: clusters, users, and contexts that pair them.
///
/// <https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/>
public struct Kubeconfig: Sendable, Hashable {
    /// The clusters by name.
    public var clusters: [String: Cluster] = [:]
    /// The users by name.
    public var users: [String: User] = [:]
    /// The contexts by name.
    public var contexts: [String: Context] = [:]
    /// The context that counts where none is asked for; empty for none.
    public var currentContext = ""

    /// A configuration that names nothing.
    public init() {}

    /// How an API server is reached.
    public struct Cluster: Sendable, Hashable, Decodable {
        /// The address: `https://host:6443`, with a path where the server is behind a proxy.
        public var server: String?
        /// The name the server's certificate must be made out to, instead of the host of ``server``.
        public var tlsServerName: String?
        /// Whether any certificate is accepted.
        public var insecureSkipTLSVerify: Bool?
        /// The file with the certificates (PEM) that vouch for the server.
        public var certificateAuthority: String?
        /// The certificates themselves, PEM in base64; wins over the file.
        public var certificateAuthorityData: String?
        /// The proxy through which the server is reached.
        public var proxyURL: String?

        /// A cluster's entry.
        public init(server: String? = nil) { self.server = server }

        private enum CodingKeys: String, CodingKey {
            case server
            case tlsServerName = "tls-server-name"
            case insecureSkipTLSVerify = "insecure-skip-tls-verify"
            case certificateAuthority = "certificate-authority"
            case certificateAuthorityData = "certificate-authority-data"
            case proxyURL = "proxy-url"
        }
    }

    /// Who the client says it is.
    public struct User: Sendable, Hashable, Decodable {
        /// The file with the client's certificate (PEM).
        public var clientCertificate: String?
        /// The certificate itself, PEM in base64; wins over the file.
        public var clientCertificateData: String?
        /// The file with the certificate's key (PEM).
        public var clientKey: String?
        /// The key itself, PEM in base64; wins over the file.
        public var clientKeyData: String?
        /// A bearer token.
        public var token: String?
        /// The file with a bearer token, read again as it changes; wins over ``token``.
        public var tokenFile: String?
        /// The name of basic authentication.
        public var username: String?
        /// The password of basic authentication.
        public var password: String?
        /// The user to act as.
        public var impersonate: String?
        /// The uid of the user to act as.
        public var impersonateUID: String?
        /// The groups of the user to act as.
        public var impersonateGroups: [String]?
        /// What else is said of the user to act as.
        public var impersonateExtra: [String: [String]]?
        /// A program that would make credentials; only looked at to refuse it by name.
        public var exec: Plugin?
        /// A built-in provider of old clients; only looked at to refuse it by name.
        public var authProvider: Plugin?

        /// A user without credentials.
        public init() {}

        /// What a credential plugin is called.
        public struct Plugin: Sendable, Hashable, Decodable {
            /// The program that prints a credential.
            public var command: String?
            /// What a built-in provider is called.
            public var name: String?
        }

        private enum CodingKeys: String, CodingKey {
            case clientCertificate = "client-certificate"
            case clientCertificateData = "client-certificate-data"
            case clientKey = "client-key"
            case clientKeyData = "client-key-data"
            case token, tokenFile, username, password
            case impersonate = "as"
            case impersonateUID = "as-uid"
            case impersonateGroups = "as-groups"
            case impersonateExtra = "as-user-extra"
            case exec
            case authProvider = "auth-provider"
        }
    }

    /// A cluster with the user to be there.
    public struct Context: Sendable, Hashable, Decodable {
        /// The name of the cluster's entry.
        public var cluster: String?
        /// The name of the user's entry.
        public var user: String?
        /// The namespace of requests that name none.
        public var namespace: String?

        /// A context from the names of its entries.
        public init(cluster: String? = nil, user: String? = nil, namespace: String? = nil) {
            self.cluster = cluster
            self.user = user
            self.namespace = namespace
        }
    }

    /// Takes from `other` what is not here yet; of two entries of one name the first one wins, whole.
    public mutating func merge(_ other: Kubeconfig) {
        clusters.merge(other.clusters) { first, _ in first }
        users.merge(other.users) { first, _ in first }
        contexts.merge(other.contexts) { first, _ in first }
        if currentContext.isEmpty { currentContext = other.currentContext }
    }
}
