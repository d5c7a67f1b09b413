/// Makes the image of a commit for the `build` gate.
public protocol ImageBuilder: Sendable {
    /// Builds, checks and stores an image.
    ///
    /// - Throws: ``PipelineError`` with what went wrong and what to do.
    func build(_ request: ImageBuildRequest, log: @Sendable (String) -> Void) async throws -> ImageBuildResult
}

/// What an image is made of.
public struct ImageBuildRequest: Sendable {
    public var recipe: ImageRecipe
    /// The commit, which is the image's tag.
    public var commit: String
    /// The directory of the tree at the commit.
    public var source: String
    /// The directory in which every output of the `build` gate's steps lies under its name.
    public var outputs: String
    /// A directory for the builder alone.
    public var scratch: String
    /// Who may push: images of commits that are no candidates are built and not pushed.
    public var trust: RunTrust
}

/// What has been built.
public struct ImageBuildResult: Sendable, Hashable {
    /// The digest of the image or its index, `sha256:…`.
    public var digest: String
    /// The compressed bytes of the largest platform.
    public var size: Int

    /// Describes an image.
    public init(digest: String, size: Int) {
        self.digest = digest
        self.size = size
    }
}

/// Refuses to build: for installations that have no builder.
public struct NoImageBuilder: ImageBuilder {
    /// A builder that refuses.
    public init() {}

    public func build(
        _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> ImageBuildResult {
        throw PipelineError(
            .programFailed,
            "this installation has no image builder: the image \(request.recipe.repository) cannot be made; install "
                + "buildah, or run the other gates alone with --gate")
    }
}
