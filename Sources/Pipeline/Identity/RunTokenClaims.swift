import Foundation
public import JWTKit

/// What a run's token says: the names that GitHub's tokens have where the meaning is the same, and what only Slipway knows.
public struct RunTokenClaims: JWTPayload, Sendable {
    /// The issuer's URL.
    public var iss: IssuerClaim
    /// Who the token is for.
    public var aud: AudienceClaim
    /// `repo:NAMESPACE/NAME:TRUST:COMMIT`.
    public var sub: SubjectClaim
    /// Five minutes after it was issued.
    public var exp: ExpirationClaim
    /// When it was issued.
    public var iat: IssuedAtClaim
    /// When it begins to count.
    public var nbf: NotBeforeClaim
    /// Random; no two tokens have the same.
    public var jti: IDClaim
    /// `namespace/name`.
    public var repository: String
    /// The name of the Repository object.
    public var repositoryID: String
    /// Its namespace.
    public var repositoryOwner: String
    /// The commit.
    public var sha: String
    /// The reference that the commit was taken from.
    public var ref: String?
    /// `merge_group` for candidates of the merge queue, else `push`.
    public var eventName: String
    /// The identity of the run's object.
    public var runID: String
    /// Always `self-hosted`.
    public var runnerEnvironment: String
    /// The pipeline file with repository and reference.
    public var workflowRef: String
    /// The path of the pipeline file in the repository.
    public var pipelineFile: String
    /// The commit that a candidate is built on.
    public var baseSHA: String?
    /// The tree of the commit.
    public var treeSHA: String?
    /// How far the commit is trusted: `candidate`, `same-repo`, `fork`.
    public var trust: String
    /// The gate that the token is used in.
    public var gate: String
    /// The step that the token is used for.
    public var step: String
    /// The pod of the run.
    public var cellID: String
    /// Of the pipeline file's bytes.
    public var pipelineDigest: String
    /// Of the installation's limits.
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
