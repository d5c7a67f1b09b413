public import Manifest

/// What an `Approval` object (slipway.dev/v1alpha1) says: that somebody lets a digest into an environment, or does not.
///
/// It belongs to the service, the digest and the environment, not to a pull request's commit, so it survives whatever
/// is done to the branch. It never changes; the last word of each person counts.
public struct ApprovalSpec: Codable, Sendable, Hashable {
    /// What somebody says.
    public enum Decision: String, Codable, Sendable, Hashable {
        case approve = "Approve"
        case reject = "Reject"
    }

    public var service: String
    public var environment: String
    /// `sha256:…` of the image.
    public var digest: String
    public var decision: Decision
    public var comment: String?
    /// Who says so. The API server writes the user whose credential made the object, whatever was sent.
    public var user: String?

    public init(
        service: String, environment: String, digest: String, decision: Decision, comment: String? = nil,
        user: String? = nil
    ) {
        self.service = service
        self.environment = environment
        self.digest = digest
        self.decision = decision
        self.comment = comment
        self.user = user
    }

    /// A new object.
    ///
    /// - Throws: `ManifestError`.
    public func object(namespace: String) throws(ManifestError) -> Value {
        [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Approval",
            "metadata": [
                "generateName": .string("\(service)-\(environment)-"), "namespace": .string(namespace),
            ],
            "spec": try ValueEncoder().encode(self),
        ]
    }
}

extension ResourceDefinition {
    /// `approvals.slipway.dev`.
    public static let approvals = ResourceDefinition(
        .approvals, kind: "Approval", categories: ["slipway"],
        spec: [
            "type": "object", "required": ["service", "environment", "digest", "decision"],
            "x-kubernetes-validations": [
                ["rule": "self == oldSelf", "message": "an approval never changes; make another one"]
            ],
            "properties": [
                "service": ["type": "string", "minLength": 1, "maxLength": 253],
                "environment": ["type": "string", "minLength": 1, "maxLength": 63],
                "digest": ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"],
                "decision": ["type": "string", "enum": ["Approve", "Reject"]],
                "comment": ["type": "string", "maxLength": 4096],
                "user": ["type": "string", "maxLength": 253],
            ],
        ],
        columns: [
            Column("Service", path: ".spec.service"), Column("Environment", path: ".spec.environment"),
            Column("Decision", path: ".spec.decision"), Column("By", path: ".spec.user"),
            Column("Digest", path: ".spec.digest", priority: 1),
            Column("Comment", path: ".spec.comment", priority: 1),
            Column("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}

extension GroupVersionResource {
    public static let approvals = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "approvals")
}
