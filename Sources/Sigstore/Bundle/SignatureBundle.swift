/// A signature with everything that is needed to verify it without asking anybody
/// (`application/vnd.dev.sigstore.bundle`, versions 0.1 to 0.3).
public struct SignatureBundle: Sendable, Hashable {
    /// The versions of the format; later ones demand more.
    public enum Version: String, Sendable, Hashable, Comparable {
        case version01 = "0.1"
        case version02 = "0.2"
        case version03 = "0.3"

        /// Older before newer.
        public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    /// Who signed.
    public enum Signer: Sendable, Hashable {
        /// A certificate in DER.
        case certificate([UInt8])
        /// The hint of a key that the verifier has.
        case publicKey(hint: String)
    }

    /// What is signed, and the signature.
    public enum Content: Sendable, Hashable {
        /// A signature over an artifact, with its digest as a hint.
        case message(digest: MessageDigest?, signature: [UInt8])
        /// A signed statement about artifacts.
        case envelope(Envelope)
    }

    /// A digest with its algorithm as protobuf names it (`SHA2_256`).
    public struct MessageDigest: Sendable, Hashable {
        /// In Sigstore's words: `SHA2_256`.
        public var algorithm: String
        /// The digest itself.
        public var digest: [UInt8]

        /// The digest that the signature is over.
        public init(algorithm: String, digest: [UInt8]) {
            self.algorithm = algorithm
            self.digest = digest
        }
    }

    /// The media type that bundles are written with.
    public static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
    /// What the media types of all versions begin with.
    public static let mediaTypePrefix = "application/vnd.dev.sigstore.bundle"

    /// Decides which parts a bundle must have.
    public var version: Version
    /// The certificate, or what stands for a key.
    public var signer: Signer
    /// At least one for a keyless signature.
    public var logEntries: [LogEntry]
    /// RFC 3161 answers in DER.
    public var timestamps: [[UInt8]]
    /// What was signed: an artifact by its digest, or a statement.
    public var content: Content

    /// A bundle as it is; nothing is checked yet.
    public init(
        version: Version = .version03, signer: Signer, logEntries: [LogEntry], timestamps: [[UInt8]] = [],
        content: Content
    ) {
        self.version = version
        self.signer = signer
        self.logEntries = logEntries
        self.timestamps = timestamps
        self.content = content
    }

    /// The signature itself; empty for an envelope without one.
    public var signature: [UInt8] {
        switch content {
        case .message(_, let signature): signature
        case .envelope(let envelope): envelope.signatures.first?.signature ?? []
        }
    }
}
