public import Manifest

/// What a `Release` object (slipway.dev/v1alpha1) records: one image, where it comes from, and what vouches for it.
///
/// It never changes after its creation, so its name can be handed on in place of all that it says.
public struct ReleaseSpec: Codable, Sendable, Hashable {
    /// The image, by digest: a tag is only how people find it.
    public struct Image: Codable, Sendable, Hashable {
        /// The repository, `registry.example/shop/api`.
        public var repository: String
        /// The full commit, which is the only tag an image gets.
        public var tag: String
        /// `sha256:…` of the manifest.
        public var digest: String
        /// Bytes to fetch: configuration and layers.
        public var size: Int64?

        public init(repository: String, tag: String, digest: String, size: Int64? = nil) {
            self.repository = repository
            self.tag = tag
            self.digest = digest
            self.size = size
        }

        /// What a pod runs: repository and digest.
        public var pinned: String { "\(repository)@\(digest)" }
    }

    /// A signed statement about the image, kept beside it in the registry.
    public struct Attestation: Codable, Sendable, Hashable {
        /// `sha256:…` of the referrer's manifest.
        public var digest: String
        /// The kind of statement, such as `https://slsa.dev/provenance/v1`.
        public var predicateType: String

        public init(digest: String, predicateType: String) {
            self.digest = digest
            self.predicateType = predicateType
        }
    }

    /// Who signed the image, and where that is recorded.
    public struct Signature: Codable, Sendable, Hashable {
        /// The name in the certificate.
        public var identity: String
        /// Who vouches for the name.
        public var issuer: String
        /// `sha256:…` of the referrer's manifest with the bundle.
        public var digest: String?
        /// The identifier of the transparency log, in hexadecimal.
        public var logID: String
        public var logIndex: Int64
        /// When the log took it in, RFC 3339.
        public var integratedTime: String
        /// Set where the signature is by a development instance, which no production policy trusts.
        public var development: Bool?

        public init(
            identity: String, issuer: String, digest: String? = nil, logID: String, logIndex: Int64,
            integratedTime: String, development: Bool? = nil
        ) {
            self.identity = identity
            self.issuer = issuer
            self.digest = digest
            self.logID = logID
            self.logIndex = logIndex
            self.integratedTime = integratedTime
            self.development = development
        }
    }

    /// What one gate said, and what it is based on.
    public struct Gate: Codable, Sendable, Hashable {
        public var name: String
        public var result: String
        /// Digests of logs and reports in the registry.
        public var evidence: [String]?

        public init(name: String, result: String, evidence: [String]? = nil) {
            self.name = name
            self.result = result
            self.evidence = evidence
        }
    }

    /// The name of the Repository object, in the same namespace.
    public var repository: String
    /// The service within the repository, for repositories with several.
    public var service: String?
    /// 40 hexadecimal digits.
    public var commit: String
    /// The git tree of the commit, 40 hexadecimal digits.
    public var tree: String
    public var image: Image
    public var sbom: Attestation?
    public var provenance: Attestation?
    public var signature: Signature?
    public var gates: [Gate]?
    /// The PipelineRun that made it.
    public var run: String?
    /// `sha256:…` of the signed verdict's payload.
    public var verdict: String?
    /// When the image was built, RFC 3339.
    public var builtAt: String?

    public init(
        repository: String, service: String? = nil, commit: String, tree: String, image: Image,
        sbom: Attestation? = nil, provenance: Attestation? = nil, signature: Signature? = nil,
        gates: [Gate]? = nil, run: String? = nil, verdict: String? = nil, builtAt: String? = nil
    ) {
        self.repository = repository
        self.service = service
        self.commit = commit
        self.tree = tree
        self.image = image
        self.sbom = sbom
        self.provenance = provenance
        self.signature = signature
        self.gates = gates
        self.run = run
        self.verdict = verdict
        self.builtAt = builtAt
    }
}

/// What became of a `Release`. Controllers write it; the release itself stays as it was made.
public struct ReleaseStatus: Codable, Sendable, Hashable {
    /// Whether the release may still be rolled out.
    public enum Phase: String, Codable, Sendable, Hashable {
        case available = "Available"
        /// It was rolled back, or a fault was found; it goes nowhere new.
        case quarantined = "Quarantined"
    }

    public var phase: Phase?
    /// Why, in one CamelCase word.
    public var reason: String?
    /// Why, for people.
    public var message: String?
    public var conditions: [Value]?

    public init(
        phase: Phase? = nil, reason: String? = nil, message: String? = nil, conditions: [Value]? = nil
    ) {
        self.phase = phase
        self.reason = reason
        self.message = message
        self.conditions = conditions
    }
}

extension ResourceDefinition {
    private static let attestation: Value = [
        "type": "object", "required": ["digest", "predicateType"],
        "properties": ["digest": digest, "predicateType": ["type": "string", "minLength": 1]],
    ]
    private static let digest: Value = ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"]
    private static let objectName: Value = ["type": "string", "pattern": "^[0-9a-f]{40}$"]

    /// `releases.slipway.dev`.
    public static let releases = ResourceDefinition(
        .releases, kind: "Release", shortNames: ["rel"], categories: ["slipway"],
        spec: [
            "type": "object", "required": ["repository", "commit", "tree", "image"],
            "x-kubernetes-validations": [
                ["rule": "self == oldSelf", "message": "a release never changes; make another one"]
            ],
            "properties": [
                "repository": ["type": "string", "minLength": 1], "service": ["type": "string"],
                "commit": objectName, "tree": objectName,
                "image": [
                    "type": "object", "required": ["repository", "tag", "digest"],
                    "properties": [
                        "repository": ["type": "string", "minLength": 1], "tag": objectName, "digest": digest,
                        "size": ["type": "integer", "minimum": 0],
                    ],
                ],
                "sbom": attestation, "provenance": attestation,
                "signature": [
                    "type": "object",
                    "required": ["identity", "issuer", "logID", "logIndex", "integratedTime"],
                    "properties": [
                        "identity": ["type": "string", "minLength": 1],
                        "issuer": ["type": "string", "minLength": 1],
                        "digest": digest, "logID": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
                        "logIndex": ["type": "integer", "minimum": 0],
                        "integratedTime": ["type": "string", "format": "date-time"],
                        "development": ["type": "boolean"],
                    ],
                ],
                "gates": [
                    "type": "array",
                    "items": [
                        "type": "object", "required": ["name", "result"],
                        "properties": [
                            "name": ["type": "string"], "result": ["type": "string"],
                            "evidence": ["type": "array", "items": ["type": "string"]],
                        ],
                    ],
                ],
                "run": ["type": "string"], "verdict": digest,
                "builtAt": ["type": "string", "format": "date-time"],
            ],
        ],
        status: ResourceDefinition.anyObject,
        columns: [
            Column("Repository", path: ".spec.repository"),
            Column("Service", path: ".spec.service", priority: 1),
            Column("Commit", path: ".spec.commit"), Column("Digest", path: ".spec.image.digest"),
            Column("Signer", path: ".spec.signature.identity", priority: 1),
            Column("Phase", path: ".status.phase"),
            Column("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}

extension GroupVersionResource {
    public static let releases = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "releases")
}
