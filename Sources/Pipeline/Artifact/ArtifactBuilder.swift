import KubeModel
import OCI

/// Builds the images of the `build` gate natively, from files; Dockerfiles are left to buildah.
///
/// The image's bytes follow from the tree, the outputs, the base image and the pipeline file alone: neither the run nor
/// the day is in it. It is pushed by digest, and tagged with the commit only once it has been verified and signed.
public struct ArtifactBuilder: ImageBuilder {
    let settings: ArtifactSettings

    /// A builder that works with settings.
    public init(_ settings: ArtifactSettings) { self.settings = settings }

    /// Builds the image and, for a candidate, pushes it by digest.
    public func build(
        _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> BuiltImage {
        try await telling(request) {
            let target = try target(of: request)
            if request.mayPublish, settings.signing == nil {
                throw ImageFault(
                    .image,
                    "this installation signs nothing, so it pushes nothing; set up an issuer and a log")
            }
            let (document, size) = try await image(of: request, named: target, log: log)
            let image = BuiltImage(
                repository: target.name, digest: document.digest.description, size: size.compressed,
                uncompressedSize: size.uncompressed)
            let sizes = [size.compressed, size.uncompressed, size.aboveBase].map(ImageSizeRule.megabytes)
            log(
                "built \(image.pinned): \(sizes[0]) compressed, \(sizes[1]) uncompressed, \(sizes[2]) above the base"
            )
            if request.mayPublish {
                try await push(document.digest, to: target, request)
                log("pushed \(image.pinned)")
            }
            return image
        }
    }

    /// The repository the image goes to, by its address.
    func target(of request: ImageBuildRequest) throws -> Reference {
        let reference = try settings.reference(request.recipe.repository)
        guard reference.tag == nil, reference.digest == nil else {
            throw ImageFault(.image, "the repository \(request.recipe.repository) has a tag or a digest")
        }
        try TagRule.commit.check(request.run.spec.commit)
        return reference
    }

    /// Pushes by digest, or by the commit's tag.
    func push(
        _ digest: Digest, to target: Reference, tag: String? = nil, _ request: ImageBuildRequest
    ) async throws {
        let reference = try tag.map { tag throws(OCIError) in try target.with(tag: tag) } ?? target
        var sources: [String] = []
        if let base = request.recipe.base, base != "scratch" {
            let origin = try settings.reference(base)
            if origin.domain == target.domain { sources.append(origin.repository) }
        }
        try await RegistryClient.withClient(settings.registry) { client in
            _ = try await client.push(digest, from: settings.store, to: reference, mounting: sources)
        }
    }

    /// Tells what fails as the fault of the image where it is one, and else as a failure of the machinery.
    func telling<Answer>(_ request: ImageBuildRequest, _ body: () async throws -> Answer) async throws
        -> Answer
    {
        do {
            return try await body()
        } catch let error as OCIError {
            switch error.code {
            case .imageTooLarge: throw ImageFault(.imageSize, error.description)
            case .tagExists: throw ImageFault(.tagExists, error.description)
            case .build, .tagRefused, .invalidReference, .unsupported, .unsafeLayer, .invalidLayer,
                .invalidDocument, .digestMismatch, .sizeMismatch:
                throw ImageFault(.image, error.description)
            default:
                throw PipelineError(
                    .cellFailed, "the image \(request.recipe.repository): \(error.description)")
            }
        }
    }
}
