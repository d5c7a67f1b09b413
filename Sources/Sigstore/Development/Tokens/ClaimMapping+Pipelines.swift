extension ClaimMapping {
    /// The tokens of this program's own pipelines.
    ///
    /// The identity is the pipeline that ran and how far its commit is trusted, which stays the same from commit to
    /// commit: `http://slipway.example/shop/orders/.slipway/pipeline.yaml@candidate`. A policy can name it byte for byte;
    /// commit, reference and run are in the extensions.
    public static let pipeline = ClaimMapping(
        identity: "{iss}/{repository}/{pipeline_file}@{trust}",
        extensions: [
            .buildSignerURI: "{iss}/{repository}/{pipeline_file}@{trust}", .buildSignerDigest: "{sha}",
            .runnerEnvironment: "{runner_environment}", .sourceRepositoryURI: "{iss}/{repository}",
            .sourceRepositoryDigest: "{sha}", .sourceRepositoryRef: "{ref}",
            .sourceRepositoryIdentifier: "{repository_id}",
            .sourceRepositoryOwnerURI: "{iss}/{repository_owner}",
            .sourceRepositoryOwnerIdentifier: "{repository_owner}",
            .buildConfigURI: "{iss}/{workflow_ref}", .buildConfigDigest: "{sha}",
            .buildTrigger: "{event_name}", .runInvocationURI: "{iss}/{repository}/runs/{run_id}",
            .tokenSubject: "{sub}",
        ],
        required: ["repository", "pipeline_file", "trust", "sha", "run_id"])
}
