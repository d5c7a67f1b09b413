import Manifest

/// What a `SignaturePolicy` object (slipway.dev/v1alpha1, for the whole cluster) demands: whose signature an image
/// needs before it runs.
///
/// Of the authorities of one policy any may have signed; of several policies that match an image all must be met.
public struct SignaturePolicySpec: Codable, Sendable, Hashable {
    /// What happens to an image that does not meet the policy.
    public enum Mode: String, Codable, Sendable, Hashable {
        case enforce = "Enforce"
        /// It runs, with a warning.
        case warn = "Warn"
    }

    /// Who may sign. Of each pair one is set.
    public struct Authority: Codable, Sendable, Hashable {
        /// What messages call it.
        public var name: String?
        /// The signer's name, byte for byte.
        public var identity: String?
        /// An expression in Go's syntax that the whole name must match.
        public var identityRegExp: String?
        public var issuer: String?
        public var issuerRegExp: String?
        /// Extensions of the certificate that must have these values: `sourceRepositoryRef`, `buildTrigger`, ….
        public var extensions: [String: String]?
        /// The trusted root: `Development` for this installation's own instance, otherwise the name of a ConfigMap in
        /// `slipway-system` with the key `trusted_root.json`.
        public var trustedRoot: String

        public init(
            name: String? = nil, identity: String? = nil, identityRegExp: String? = nil,
            issuer: String? = nil,
            issuerRegExp: String? = nil, extensions: [String: String]? = nil, trustedRoot: String
        ) {
            self.name = name
            self.identity = identity
            self.identityRegExp = identityRegExp
            self.issuer = issuer
            self.issuerRegExp = issuerRegExp
            self.extensions = extensions
            self.trustedRoot = trustedRoot
        }
    }

    /// Repositories the policy is about: `*` stands for anything but a slash, `**` for anything.
    public var images: [String]
    /// Namespaces it is about, with the same wildcards; all where there is none.
    public var namespaces: [String]?
    public var authorities: [Authority]
    /// Kinds of statement that must be there beside the signature, each by one of the authorities.
    public var attestations: [String]?
    public var mode: Mode?

    public init(
        images: [String], namespaces: [String]? = nil, authorities: [Authority],
        attestations: [String]? = nil,
        mode: Mode? = nil
    ) {
        self.images = images
        self.namespaces = namespaces
        self.authorities = authorities
        self.attestations = attestations
        self.mode = mode
    }
}

extension SignaturePolicySpec {
    /// The label of a namespace whose images must be signed: `required`.
    public static let namespaceLabel = "slipway.dev/signatures"
    /// The value of ``namespaceLabel`` that protects a namespace.
    public static let required = "required"
    /// The name of the installation's own trusted root.
    public static let developmentRoot = "Development"
}

extension ResourceDefinition {
    /// `signaturepolicies.slipway.dev`.
    public static let signaturePolicies = ResourceDefinition(
        .signaturePolicies, kind: "SignaturePolicy", shortNames: ["sigpol"], categories: ["slipway"],
        scope: .cluster,
        spec: [
            "type": "object", "required": ["images", "authorities"],
            "properties": [
                "images": ["type": "array", "minItems": 1, "items": ["type": "string", "minLength": 1]],
                "namespaces": ["type": "array", "items": ["type": "string", "minLength": 1]],
                "authorities": [
                    "type": "array", "minItems": 1,
                    "items": [
                        "type": "object", "required": ["trustedRoot"],
                        // Both a name and an issuer, each in one way: a half policy would let everybody in.
                        "allOf": [
                            ["oneOf": [["required": ["identity"]], ["required": ["identityRegExp"]]]],
                            ["oneOf": [["required": ["issuer"]], ["required": ["issuerRegExp"]]]],
                        ],
                        "properties": [
                            "name": ["type": "string"], "identity": ["type": "string", "minLength": 1],
                            "identityRegExp": ["type": "string", "minLength": 1, "maxLength": 4096],
                            "issuer": ["type": "string", "minLength": 1],
                            "issuerRegExp": ["type": "string", "minLength": 1, "maxLength": 4096],
                            "extensions": ["type": "object", "additionalProperties": ["type": "string"]],
                            "trustedRoot": ["type": "string", "minLength": 1],
                        ],
                    ],
                ],
                "attestations": ["type": "array", "items": ["type": "string", "minLength": 1]],
                "mode": ["type": "string", "enum": ["Enforce", "Warn"], "default": "Enforce"],
            ],
        ],
        columns: [
            Column("Images", path: ".spec.images"), Column("Mode", path: ".spec.mode"),
            Column("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}

extension GroupVersionResource {
    public static let signaturePolicies = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "signaturepolicies")
}
