public import KubeModel

/// Makes the image of a commit for the `build` gate.
///
/// What it does is done in this order: ``build(_:log:)``, ``verify(_:_:in:log:)``, and, where the run may do that,
/// ``publish(_:_:log:)``. Each may be done again after a restart and gives the same result.
public protocol ImageBuilder: Sendable {
    /// Builds an image, checks its size and brings it to where a pod can run it by digest. It gets no tag.
    ///
    /// - Throws: ``ImageFault`` where the image is at fault; ``PipelineError`` for what may go better another time.
    func build(_ request: ImageBuildRequest, log: @Sendable (String) -> Void) async throws -> BuiltImage

    /// Starts the image with the command of the pipeline file's `verify`.
    ///
    /// - Throws: as ``build(_:log:)``.
    func verify(
        _ image: BuiltImage, _ request: ImageBuildRequest, in trial: ImageTrial,
        log: @escaping @Sendable (String) -> Void
    ) async throws

    /// Describes, signs and at last tags an image that has been verified.
    ///
    /// - Throws: as ``build(_:log:)``.
    func publish(
        _ image: BuiltImage, _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> PipelineRunStatus.Artifact
}

extension ImageBuilder {
    /// Runs the command in a pod of the image.
    public func verify(
        _ image: BuiltImage, _ request: ImageBuildRequest, in trial: ImageTrial,
        log: @escaping @Sendable (String) -> Void
    ) async throws {
        try await trial.run(
            image.pinned, command: request.recipe.verify, timeout: request.recipe.verifyTimeout, log: log)
    }
}

/// What an image is made of.
public struct ImageBuildRequest: Sendable {
    /// What the pipeline file says of the image.
    public var recipe: ImageRecipe
    /// The run that the image is made in; its commit is the image's tag, its trust says who may push.
    public var run: RunContext
    /// When the commit was made, in seconds since 1970: the time of everything in the image.
    public var epoch: Int64
    /// The directory of the tree at the commit.
    public var source: String
    /// The directory in which every output of the `build` gate's steps lies under its name.
    public var outputs: String
    /// A directory for the builder alone.
    public var scratch: String
    /// The limits of the installation.
    public var policy: OrganizationPolicy
    /// When the step began, for the provenance.
    public var startedAt: Timestamp
    /// The calendar time.
    public var date: @Sendable () -> Timestamp

    /// Whether the run may push, tag and sign. Others' images are built and verified, and that is all.
    public var mayPublish: Bool { run.trust >= .candidate }
}

/// An image that has been built and has no tag yet.
public struct BuiltImage: Sendable, Hashable {
    /// Registry and path, as the image is reached.
    public var repository: String
    /// The digest of the image, `sha256:…`.
    public var digest: String
    /// The compressed bytes: what is transferred.
    public var size: Int64
    /// The bytes of the layers' archives.
    public var uncompressedSize: Int64

    /// Describes an image.
    public init(repository: String, digest: String, size: Int64, uncompressedSize: Int64) {
        self.repository = repository
        self.digest = digest
        self.size = size
        self.uncompressedSize = uncompressedSize
    }

    /// What a pod runs.
    public var pinned: String { "\(repository)@\(digest)" }
}

/// Why an image fails its gate; another attempt would not change it.
public struct ImageFault: Error, Sendable, Hashable {
    /// What is told of the step.
    public var fault: StepFault

    /// A fault with its message.
    public init(_ code: StepFault.Code, _ message: String) { fault = StepFault(code, message) }
}

/// Refuses to build: for installations that have no builder.
public struct NoImageBuilder: ImageBuilder {
    /// A builder that refuses.
    public init() {}

    /// Refuses every image by name.
    public func build(
        _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> BuiltImage {
        throw ImageFault(
            .missingTool,
            "this installation has no image builder: the image \(request.recipe.repository) cannot be made; run the "
                + "other gates alone with --gate")
    }

    /// Refuses every image by name.
    public func publish(
        _ image: BuiltImage, _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> PipelineRunStatus.Artifact {
        throw ImageFault(.missingTool, "this installation has no image builder")
    }
}
