import Foundation
public import JWTKit

/// What a run's token says: the names that GitHub's tokens have where the meaning is the same, and what only Slipway knows.
public struct RunTokenClaims: JWTPayload, Sendable {
    public var iss: IssuerClaim
    public var aud: AudienceClaim
    public var sub: SubjectClaim
    public var exp: ExpirationClaim
    public var iat: IssuedAtClaim
    public var nbf: NotBeforeClaim
    public var jti: IDClaim
    /// `namespace/name`.
    public var repository: String
    public var repositoryID: String
    public var repositoryOwner: String
    /// The commit.
    public var sha: String
    public var ref: String?
    public var eventName: String
    public var runID: String
    public var runnerEnvironment: String
    public var workflowRef: String
    /// The path of the pipeline file in the repository.
    public var pipelineFile: String
    public var baseSHA: String?
    public var treeSHA: String?
    public var trust: String
    public var gate: String
    public var step: String
    public var cellID: String
    public var pipelineDigest: String
    public var policyDigest: String

    enum CodingKeys: String, CodingKey {
        case iss, aud, sub, exp, iat, nbf, jti, repository, sha, ref, trust, gate, step
        case repositoryID = "repository_id"
        case repositoryOwner = "repository_owner"
        case eventName = "event_name"
        case runID = "run_id"
        case runnerEnvironment = "runner_environment"
        case workflowRef = "workflow_ref"
        case pipelineFile = "pipeline_file"
        case baseSHA = "base_sha"
        case treeSHA = "tree_sha"
        case cellID = "cell_id"
        case pipelineDigest = "pipeline_digest"
        case policyDigest = "policy_digest"
    }

    /// Refuses a token that has expired or is not valid yet.
    public func verify(using key: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try nbf.verifyNotBefore()
    }
}
