public import FoundationEssentials
public import Manifest

/// A certificate authority and a transparency log on this machine, speaking the APIs of Fulcio and Rekor.
///
/// For development: whoever holds its directory can sign as anybody and log it. Its certificates, its log's name and
/// everything that prints its trusted root say so. A production policy must not trust it.
public struct DevelopmentSigstore: Sendable {
    /// How an instance is set up.
    public struct Configuration: Sendable {
        /// Where keys and log are kept; made if missing, for the owner alone.
        public var directory: String
        /// The address at which the instance is reached, without a path: clients drop one.
        public var publicURL: String
        /// Whose tokens are exchanged for certificates; others lead nowhere.
        public var issuers: [TokenIssuer]
        /// How issuers' keys are fetched.
        public var exchange: HTTPExchange
        /// The time of certificates and log entries.
        public var now: @Sendable () -> Date

        /// An instance below a directory, reached at an address.
        public init(
            directory: String, publicURL: String, issuers: [TokenIssuer], exchange: HTTPExchange = .network(),
            now: @escaping @Sendable () -> Date = { Date() }
        ) {
            self.directory = directory
            self.publicURL = publicURL
            self.issuers = issuers
            self.exchange = exchange
            self.now = now
        }
    }

    let configuration: Configuration
    let keys: DevelopmentKeys
    let log: DevelopmentLog
    let issuer: CertificateIssuer
    let tokens: TokenVerifier
    let usedTokens: UsedTokens
    /// What verifiers of this instance's signatures believe.
    public let trustedRoot: TrustedRoot

    /// Opens an instance, making its keys at the first start.
    ///
    /// - Throws: `SigstoreError` with code `storage`, `conflict` or `configuration`.
    public init(_ configuration: Configuration) async throws(SigstoreError) {
        self.configuration = configuration
        let (directory, now) = (configuration.directory, configuration.now())
        keys = try await FileQueue(label: "slipway.sigstore.keys").run { () throws(SigstoreError) in
            try DevelopmentKeys(directory: directory + "/keys", now: now)
        }
        log = try await DevelopmentLog(
            directory: directory + "/log", key: keys.log, treeID: keys.treeID, now: configuration.now)
        issuer = try CertificateIssuer(
            key: keys.intermediate, certificateLog: keys.certificateLog, chain: keys.chain)
        tokens = TokenVerifier(
            issuers: configuration.issuers, exchange: configuration.exchange, now: configuration.now)
        usedTokens = try await UsedTokens(path: directory + "/used_tokens", now: now)
        let validity = Validity(start: keys.start)
        trustedRoot = try TrustedRoot(
            transparencyLogs: [
                TrustedRoot.Log(baseURL: configuration.publicURL, key: keys.log.publicKey, validity: validity)
            ],
            certificateLogs: [
                TrustedRoot.Log(
                    baseURL: configuration.publicURL + "/ct", key: keys.certificateLog.publicKey,
                    validity: validity)
            ],
            certificateAuthorities: [
                CertificateAuthority(
                    chain: keys.chain, uri: configuration.publicURL, validity: validity, purpose: .codeSigning
                )
            ], timestampAuthorities: []
        ).withDigest()
        let root = JSON.write(trustedRoot.value, options: .pretty)
        try await FileQueue(label: "slipway.sigstore.root").run { () throws(SigstoreError) in
            try PrivateFiles.replace(directory + "/trusted_root.json", with: root)
        }
    }

    /// Where clients of this instance sign (`signingconfig.v0.2+json`).
    public var signingConfiguration: Value {
        func service(_ version: Int64, _ url: String) -> Value {
            [
                "url": .string(url), "majorApiVersion": .integer(version), "operator": "slipway DEVELOPMENT",
                "validFor": ["start": .string(RFC3339.write(keys.start))],
            ]
        }
        return [
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": [service(1, configuration.publicURL)],
            "oidcUrls": .array(configuration.issuers.map { service(1, $0.url) }),
            "rekorTlogUrls": [service(1, configuration.publicURL)], "rekorTlogConfig": ["selector": "ANY"],
            "tsaUrls": [], "tsaConfig": ["selector": "ANY"],
        ]
    }

    /// Trusted root and signing configuration in one document, as sigstore-python takes them.
    public var clientConfiguration: Value {
        [
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": trustedRoot.value, "signingConfig": signingConfiguration,
        ]
    }
}

extension TrustedRoot {
    /// The same root with the digest of its JSON.
    func withDigest() -> TrustedRoot {
        var root = self
        root.digest = sha256(JSON.write(value))
        return root
    }
}
