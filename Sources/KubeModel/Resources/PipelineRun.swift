public import Manifest

/// What a `PipelineRun` object (slipway.dev/v1alpha1) asks for: that a commit goes through its gates.
public struct PipelineRunSpec: Codable, Sendable, Hashable {
    /// A pull request that the commit brings in.
    public struct PullRequest: Codable, Sendable, Hashable {
        /// The name of the object.
        public var name: String
        /// The commit of the pull request, 40 hexadecimal digits.
        public var head: String

        public init(name: String, head: String) {
            self.name = name
            self.head = head
        }
    }

    /// The name of the Repository object, in the same namespace.
    public var repository: String
    /// The commit to test, 40 hexadecimal digits.
    public var commit: String
    /// The commit it is built on; nil where it is the first one.
    public var base: String?
    /// The reference it was found at, for people.
    public var ref: String?
    public var pullRequests: [PullRequest]?
    /// How far its authors are trusted: `fork`, `same-repo`, `candidate` or `main`.
    public var trust: String
    /// The service of a monorepo that is tested.
    public var service: String?
    /// The pipeline file's path, `.slipway/pipeline.yaml` where nothing is said.
    public var pipelineFile: String?
    /// The gates to run; none for all. A run of some never has a verdict.
    public var gates: [String]?
    /// The steps to run; none for all. A run of some never has a verdict.
    public var steps: [String]?
    /// Whether the run is not wanted any more.
    public var cancel: Bool?
    /// Why it is not, for people.
    public var cancelReason: String?

    public init(
        repository: String, commit: String, base: String? = nil, ref: String? = nil,
        pullRequests: [PullRequest]? = nil, trust: String, service: String? = nil,
        pipelineFile: String? = nil,
        gates: [String]? = nil, steps: [String]? = nil, cancel: Bool? = nil
    ) {
        self.repository = repository
        self.commit = commit
        self.base = base
        self.ref = ref
        self.pullRequests = pullRequests
        self.trust = trust
        self.service = service
        self.pipelineFile = pipelineFile
        self.gates = gates
        self.steps = steps
        self.cancel = cancel
    }
}

/// What is known of a `PipelineRun`.
public struct PipelineRunStatus: Codable, Sendable, Hashable {
    /// A step of a gate.
    public struct Step: Codable, Sendable, Hashable {
        public var name: String
        public var phase: String
        /// The run-time code of the fault, `R05`.
        public var reason: String?
        public var message: String?
        public var advisory: Bool?
        /// How often the step has begun.
        public var attempts: Int?
        public var startedAt: String?
        public var finishedAt: String?
        /// The digest (`sha256:…`) of the log.
        public var log: String?
        /// Digests of reports and of what was decided on findings.
        public var evidence: [String]?

        public init(name: String, phase: String) {
            self.name = name
            self.phase = phase
        }
    }

    /// One of the gates.
    public struct Gate: Codable, Sendable, Hashable {
        public var name: String
        public var phase: String
        public var startedAt: String?
        public var finishedAt: String?
        public var steps: [Step]

        public init(name: String, phase: String, steps: [Step]) {
            self.name = name
            self.phase = phase
            self.steps = steps
        }
    }

    /// The signed verdict of a run that has ended.
    public struct SignedVerdict: Codable, Sendable, Hashable {
        /// The DSSE envelope as JSON; its payload is a ``Verdict``.
        public var envelope: String
        /// The digest of the payload, `sha256:…`.
        public var payloadDigest: String
        public var keyID: String?

        public init(envelope: String, payloadDigest: String, keyID: String?) {
            self.envelope = envelope
            self.payloadDigest = payloadDigest
            self.keyID = keyID
        }
    }

    /// The image that a run has published, and what lies beside it in the registry.
    public struct Artifact: Codable, Sendable, Hashable {
        /// The name that the pipeline file gives what it delivers.
        public var service: String
        public var image: ReleaseSpec.Image
        /// The bytes of the layers' archives.
        public var uncompressedSize: Int64?
        public var sbom: ReleaseSpec.Attestation?
        public var provenance: ReleaseSpec.Attestation?
        public var signature: ReleaseSpec.Signature?
        /// RFC 3339.
        public var builtAt: String

        public init(
            service: String, image: ReleaseSpec.Image, uncompressedSize: Int64? = nil,
            sbom: ReleaseSpec.Attestation? = nil, provenance: ReleaseSpec.Attestation? = nil,
            signature: ReleaseSpec.Signature? = nil, builtAt: String
        ) {
            self.service = service
            self.image = image
            self.uncompressedSize = uncompressedSize
            self.sbom = sbom
            self.provenance = provenance
            self.signature = signature
            self.builtAt = builtAt
        }

        /// The digests of the image and of everything beside it, for evidence.
        public var digests: [String] {
            [image.digest, sbom?.digest, provenance?.digest, signature?.digest].compactMap(\.self)
        }
    }

    /// `Pending`, `Running`, `Passed`, `Failed`, `Error` or `Canceled`.
    public var phase: String
    /// One word on why the run is where it is.
    public var reason: String?
    public var message: String?
    public var gates: [Gate]?
    public var verdict: SignedVerdict?
    /// The image that the `build` gate has published.
    public var artifact: Artifact?
    public var startedAt: String?
    public var finishedAt: String?
    public var conditions: [Value]?

    public init(phase: String) { self.phase = phase }
}

extension ResourceDefinition {
    /// `pipelineruns.slipway.dev`.
    public static let pipelineRuns = ResourceDefinition(
        .pipelineRuns, kind: "PipelineRun", shortNames: ["run"], categories: ["slipway"],
        spec: [
            "type": "object",
            "required": ["repository", "commit", "trust"],
            "properties": [
                "repository": ["type": "string", "minLength": 1],
                "commit": ["type": "string", "pattern": "^[0-9a-f]{40}$"],
                "base": ["type": "string", "pattern": "^[0-9a-f]{40}$"],
                "ref": ["type": "string"],
                "pullRequests": [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "required": ["name", "head"],
                        "properties": [
                            "name": ["type": "string"],
                            "head": ["type": "string", "pattern": "^[0-9a-f]{40}$"],
                        ],
                    ],
                ],
                "trust": ["type": "string", "enum": ["fork", "same-repo", "candidate", "main"]],
                "service": ["type": "string"],
                "pipelineFile": ["type": "string", "minLength": 1],
                "gates": [
                    "type": "array",
                    "items": ["type": "string", "enum": ["lint", "test", "security", "build"]],
                ],
                "steps": ["type": "array", "items": ["type": "string"]],
                "cancel": ["type": "boolean"],
                "cancelReason": ["type": "string", "maxLength": 1024],
            ],
        ],
        status: ResourceDefinition.anyObject,
        columns: [
            Column("Repository", path: ".spec.repository"),
            Column("Commit", path: ".spec.commit", priority: 1),
            Column("Trust", path: ".spec.trust"), Column("Phase", path: ".status.phase"),
            Column("Reason", path: ".status.reason"), Column("Message", path: ".status.message", priority: 1),
            Column("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}

extension GroupVersionResource {
    public static let pipelineRuns = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "pipelineruns")
}
