/// How a client reaches an API server and who it says it is: what a kubeconfig comes down to.
public struct ClientConfiguration: Sendable {
    public var server: ServerAddress
    public var tls = TLSSettings()
    public var credential = Credential.none
    /// Another user to act as; needs the right to do so.
    public var impersonation: Impersonation?
    /// The namespace of requests that name none.
    public var namespace = "default"

    public init(server: ServerAddress) { self.server = server }

    /// The credential that requests carry: the one set, else the user that the address names, as Go's HTTP client
    /// does it.
    var effectiveCredential: Credential {
        guard credential == .none, let user = server.user else { return credential }
        return .basic(username: user.name, password: user.password)
    }

    /// What proves the client's identity, besides a certificate.
    public enum Credential: Sendable, Hashable {
        case none
        case token(String)
        /// A token in a file that others write anew, as kubelets do for pods.
        case tokenFile(path: String)
        case basic(username: String, password: String)
    }

    /// How the server proves its identity, and the client by a certificate.
    public struct TLSSettings: Sendable, Hashable {
        /// The certificates (PEM) that vouch for the server; nil for those the system trusts.
        public var authority: [UInt8]?
        /// The client's certificate and what stands behind it, as far as it has one.
        public var identity: Identity?
        /// Whether any certificate is accepted, which leaves the connection open to eavesdroppers.
        public var skipsVerification = false
        /// The name that the server's certificate must be made out to; nil for the host of the address. A
        /// certificate for the IP address that is connected to is accepted as well.
        public var serverName: String?

        public init() {}

        /// A client certificate with its key, both PEM.
        public struct Identity: Sendable, Hashable {
            public var certificates: [UInt8]
            public var key: [UInt8]

            public init(certificates: [UInt8], key: [UInt8]) {
                self.certificates = certificates
                self.key = key
            }
        }
    }

    /// The user whom requests act as.
    public struct Impersonation: Sendable, Hashable {
        public var user: String
        public var uid: String?
        public var groups: [String]
        public var extra: [String: [String]]

        public init(
            user: String, uid: String? = nil, groups: [String] = [], extra: [String: [String]] = [:]
        ) {
            self.user = user
            self.uid = uid
            self.groups = groups
            self.extra = extra
        }
    }

    /// What a command line changes in a kubeconfig.
    public struct Overrides: Sendable, Hashable {
        /// A kubeconfig that is read instead of those the environment names.
        public var kubeconfig: String?
        public var context: String?
        public var cluster: String?
        public var user: String?
        public var namespace: String?
        public var server: String?
        public var token: String?

        public init() {}
    }
}
