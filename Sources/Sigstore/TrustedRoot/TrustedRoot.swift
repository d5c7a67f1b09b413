import FoundationEssentials

/// Whom a verifier believes: certificate authorities, certificate transparency logs, transparency logs and timestamp
/// authorities, each for a time.
///
/// It is the `trusted_root.json` of Sigstore clients (`application/vnd.dev.sigstore.trustedroot+json;version=0.1`).
/// Nothing else is ever believed: no certificate that comes with a signature, no key that a log tells about itself.
public struct TrustedRoot: Sendable {
    /// A log's key and when it was in use.
    public struct Log: Sendable {
        /// Where the log is asked.
        public var baseURL: String
        /// By which everything the log signs is checked.
        public var key: PublicKey
        /// The name of the log in entries, timestamps and checkpoints.
        public var identifier: [UInt8]
        /// The name in checkpoints where it is another one.
        public var checkpointIdentifier: [UInt8]?
        /// When the key is believed; the end stays open while it is in use.
        public var validity: Validity

        /// Describes a log; without an identifier it is SHA-256 of the key.
        public init(
            baseURL: String, key: PublicKey, identifier: [UInt8]? = nil, checkpointIdentifier: [UInt8]? = nil,
            validity: Validity
        ) {
            self.baseURL = baseURL
            self.key = key
            self.identifier = identifier ?? key.fingerprint
            self.checkpointIdentifier = checkpointIdentifier
            self.validity = validity
        }

        /// The host of the base address, without its port: the origin of checkpoints of Rekor 2.
        public var host: String {
            var rest = Substring(baseURL)
            if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
            rest = rest.prefix { $0 != "/" }
            if rest.first == "[", let end = rest.firstIndex(of: "]") { return String(rest[...end]) }
            return String(rest.prefix { $0 != ":" })
        }
    }

    /// Logs of signatures; each by its key's identifier.
    public var transparencyLogs: [Log]
    /// Logs of certificates, whose promises are demanded.
    public var certificateLogs: [Log]
    /// Who may issue certificates for signatures.
    public var certificateAuthorities: [CertificateAuthority]
    /// Who may vouch for a time.
    public var timestampAuthorities: [CertificateAuthority]
    /// SHA-256 of the file it was read from: part of what a verdict depends on.
    public internal(set) var digest: [UInt8] = []

    init(
        transparencyLogs: [Log], certificateLogs: [Log], certificateAuthorities: [CertificateAuthority],
        timestampAuthorities: [CertificateAuthority]
    ) {
        self.transparencyLogs = transparencyLogs
        self.certificateLogs = certificateLogs
        self.certificateAuthorities = certificateAuthorities
        self.timestampAuthorities = timestampAuthorities
    }
}
