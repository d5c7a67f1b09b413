/// How a client reaches an API server and who it says it is: what a kubeconfig comes down to.
public struct ClientConfiguration: Sendable {
    /// Where the server is.
    public var server: ServerAddress
    /// Whom to trust, and how to prove who we are.
    public var tls = TLSSettings()
    /// What requests prove their sender with.
    public var credential = Credential.none
    /// Another user to act as; needs the right to do so.
    public var impersonation: Impersonation?
    /// The namespace of requests that name none.
    public var namespace = "default"

    /// A configuration without credentials.
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

        /// Trusts the system's authorities and shows no certificate.
        public init() {}

        /// A client certificate with its key, both PEM.
        public struct Identity: Sendable, Hashable {
            /// The certificates in PEM, the client's own first.
            public var certificates: [UInt8]
            /// The private key in PEM.
            public var key: [UInt8]

            /// A certificate with its key.
            public init(certificates: [UInt8], key: [UInt8]) {
                self.certificates = certificates
                self.key = key
            }
        }
    }

    /// The user whom requests act as.
    public struct Impersonation: Sendable, Hashable {
        /// The user to act as.
        public var user: String
        /// The user's uid.
        public var uid: String?
        /// The user's groups.
        public var groups: [String]
        /// What else is said of the user.
        public var extra: [String: [String]]

        /// Acts as a user, as `kubectl --as` does.
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
        /// The context to use in place of the current one.
        public var context: String?
        /// The cluster's entry to use in place of the context's.
        public var cluster: String?
        /// The user's entry to use in place of the context's.
        public var user: String?
        /// The namespace to use in place of the context's.
        public var namespace: String?
        /// The server to use in place of the cluster's.
        public var server: String?
        /// The bearer token to use in place of the user's credential.
        public var token: String?

        /// Overrides nothing.
        public init() {}
    }
}
