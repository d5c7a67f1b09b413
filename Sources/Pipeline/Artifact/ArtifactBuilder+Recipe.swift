import Foundation
import KubeModel
import OCI

extension ArtifactBuilder {
    /// Builds the image into the store.
    func image(
        of request: ImageBuildRequest, named target: Reference, log: @Sendable (String) -> Void
    ) async throws -> (document: ManifestDocument, size: ImageSize) {
        let recipe = request.recipe
        guard recipe.platforms.count == 1 else {
            throw ImageFault(.image, "images for several platforms are not made yet; name one of them")
        }
        let platform = try Platform(parsing: recipe.platforms[0])
        let rule = ImageSizeRule(limit: Int64(recipe.maximumSize))
        var image = OCI.ImageRecipe(
            layers: [], platform: platform, execution: Self.execution(recipe), epoch: request.epoch,
            revision: request.run.spec.commit, annotations: annotations(of: request))
        switch recipe.build {
        case .layers(let layers):
            image.base = try await base(recipe.base, platform, log: log)
            image.layers = try layers.map { try Self.content(of: $0, request) }
        case .dockerfile(let path, let target, let arguments):
            let file = try Self.contained(path, in: request.source)
            if let fault = try Self.dockerfile(at: file).faults.first {
                throw ImageFault(
                    .image, "E712: \(path):\(fault.line): \(fault.message)\n  fix: \(fault.fix)")
            }
            let build = DockerfileBuild(
                dockerfile: file, context: request.source,
                arguments: Dictionary(arguments.map { ($0.name, $0.text) }, uniquingKeysWith: { $1 }),
                target: target, epoch: request.epoch, revision: request.run.spec.commit,
                registries: .init(
                    hosts: settings.hosts.merging(settings.registry.mirrors) { $1 },
                    authorities: settings.registry.authorities),
                directories: FileWork.isDirectory(request.outputs)
                    ? [Dockerfile.outputs: request.outputs] : [:])
            log("buildah builds \(path)")
            let built = try await build.build(
                into: settings.store, rule: rule, environment: settings.environment)
            if recipe.user == nil {
                let user = try await settings.store.image(built.document.digest, platform: platform)
                    .configuration.execution.user
                if Dockerfile.isRoot(user ?? "") {
                    throw ImageFault(
                        .image,
                        "E709: the image built from \(path) runs as root; write USER 65532:65532 in it, or user: in image:"
                    )
                }
            }
            // What the pipeline file says of user, ports and program holds for every image.
            image.base = .init(digest: built.document.digest, isRecorded: false)
        }
        let outcome = try await OCI.ImageBuilder(
            store: settings.store, rule: rule, threads: settings.threads
        ).build(image)
        return (outcome.document, outcome.size)
    }

    /// The Dockerfile of a tree.
    static func dockerfile(at path: String) throws -> Dockerfile {
        do throws(PipelineError) {
            return Dockerfile(String(decoding: try FileWork.read(path, limit: 1 << 20), as: UTF8.self))
        } catch { throw ImageFault(.image, "the Dockerfile cannot be read: \(error.message)") }
    }

    private func annotations(of request: ImageBuildRequest) -> [String: String] {
        var annotations = ["org.opencontainers.image.title": request.run.file.service]
        let run = request.run
        if let source = settings.sourceURL(run.namespace, run.spec.repository) {
            annotations["org.opencontainers.image.source"] = source
        }
        return annotations
    }

    static func execution(_ recipe: ImageRecipe) -> ImageConfiguration.Execution {
        var execution = ImageConfiguration.Execution()
        execution.user = recipe.user
        execution.workingDirectory = recipe.workingDirectory
        execution.environment = recipe.environment.map { "\($0.name)=\($0.text)" }
        execution.exposedPorts = recipe.ports.map { $0.contains("/") ? $0 : "\($0)/tcp" }
        if !recipe.entrypoint.isEmpty { execution.entrypoint = recipe.entrypoint }
        if !recipe.command.isEmpty { execution.command = recipe.command }
        return execution
    }

    /// The base image, fetched where it is not stored yet.
    private func base(
        _ name: String?, _ platform: Platform, log: @Sendable (String) -> Void
    ) async throws -> OCI.ImageRecipe.Base? {
        guard let name, name != "scratch" else { return nil }
        let reference = try settings.reference(name)
        guard let digest = reference.digest else {
            throw ImageFault(.image, "the base \(name) is not pinned; write \(name)@sha256:DIGEST")
        }
        if try await settings.store.descriptor(of: reference) == nil {
            log("fetching the base \(reference)")
            try await RegistryClient.withClient(settings.registry) { client in
                _ = try await client.pull(reference, into: settings.store, platform: platform)
            }
        }
        return .init(name: name, digest: digest)
    }

    private static func content(
        of layer: ImageRecipe.Layer, _ request: ImageBuildRequest
    ) throws -> LayerContent {
        let path =
            switch layer.source {
            case .path(let path): try contained(path, in: request.source)
            case .output(let name): try contained(name, in: request.outputs)
            }
        let mode = layer.mode.map { UInt32($0) }
        return LayerContent(
            [.path(path, at: layer.destination, excluding: [".git"], mode: mode)], comment: layer.destination)
    }

    /// The path of something in a directory, links followed.
    ///
    /// A repository can hold a link to a file of this machine, which must not get into an image.
    ///
    /// - Throws: ``ImageFault`` for what is not there or lies elsewhere.
    static func contained(_ path: String, in directory: String) throws(ImageFault) -> String {
        guard let root = resolved(directory), let real = resolved("\(directory)/\(path)") else {
            throw ImageFault(.image, "there is no \(path) in the tree to put into the image")
        }
        guard real == root || real.hasPrefix("\(root)/") else {
            throw ImageFault(
                .image, "\(path) is a link that leads out of the tree; images hold files of it alone")
        }
        return real
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
