public import KubeModel
public import Pipeline

/// Builds and tries images, and keeps them in the store of this machine: for a server that neither signs nor pushes.
///
/// What lands has an image that was built and started, as the `build` gate asks. To have it in a registry, signed and
/// released, run the whole: `slipway up`.
public struct KeptImages: ImageBuilder {
    private let builder: any ImageBuilder

    /// - Parameter builder: builds into the store that the node has its images from.
    public init(_ builder: any ImageBuilder) { self.builder = builder }

    /// The same request of a run that must not push.
    private func keeping(_ request: ImageBuildRequest) -> ImageBuildRequest {
        var request = request
        request.run.spec.trust = min(RunTrust(rawValue: request.run.spec.trust) ?? .fork, .sameRepo).rawValue
        return request
    }

    /// Builds the image into the store of this machine.
    public func build(
        _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> BuiltImage {
        try await builder.build(keeping(request), log: log)
    }

    /// Tries the image in a pod.
    public func verify(
        _ image: BuiltImage, _ request: ImageBuildRequest, in trial: ImageTrial,
        log: @escaping @Sendable (String) -> Void
    ) async throws {
        try await builder.verify(image, keeping(request), in: trial, log: log)
    }

    /// Describes the image, which stays on this machine.
    public func publish(
        _ image: BuiltImage, _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> PipelineRunStatus.Artifact {
        log("the image is kept on this machine: this server pushes nothing")
        return PipelineRunStatus.Artifact(
            service: request.run.file.service,
            image: .init(
                repository: image.repository, tag: request.run.spec.commit, digest: image.digest,
                size: image.size),
            uncompressedSize: image.uncompressedSize, builtAt: request.date().rfc3339)
    }
}
