import Manifest

/// Builds images from files, without a daemon and without a Dockerfile.
///
/// Every byte follows from the recipe and the files' content: names in order, owners, modes and times as the recipe has
/// them, a compressor whose output does not depend on the number of processors. A layer that was built before is found by
/// the digest of its archive and not compressed again.
public struct ImageBuilder: Sendable {
    /// An image that was built and is in the store.
    public struct Outcome: Sendable {
        /// The manifest with its bytes, in the store by its digest.
        public let document: ManifestDocument
        /// What ``document`` says.
        public let manifest: ImageManifest
        /// What containers of the image start with.
        public let configuration: ImageConfiguration
        /// Compressed and not, with and without the base.
        public let size: ImageSize
        /// The files of the layers that were built, not those of the base.
        public let files: [ImageFile]
        /// How many of the layers were found in the cache.
        public let cachedLayers: Int
    }

    private let store: ImageStore
    private let rule: ImageSizeRule
    private let threads: Int

    /// - Parameter threads: how many processors to keep busy; does not change what is built.
    public init(store: ImageStore, rule: ImageSizeRule = .standard, threads: Int = BuildThreads.available) {
        self.store = store
        self.rule = rule
        self.threads = threads
    }

    /// Builds an image and stores it by its digest.
    ///
    /// - Throws: ``OCIError`` with code `build` for files that cannot be put into an image, `imageTooLarge`, `tagRefused`
    ///   for a revision that is no full commit SHA, `notFound` for a base that is not stored; `CancellationError`.
    public func build(_ recipe: ImageRecipe) async throws -> Outcome {
        if let revision = recipe.revision, !TagRule.isCommit(revision) { try TagRule.commit.check(revision) }
        let base = try await baseImage(recipe)
        var (layers, diffIDs) = (base?.manifest.layers ?? [], base?.configuration.diffIDs ?? [])
        var history = base?.configuration.history ?? []
        let created = CivilTime.text(recipe.epoch)
        var size = ImageSize(compressed: 0, uncompressed: 0, aboveBase: 0)
        var (files, cached): ([ImageFile], Int) = ([], 0)
        for content in recipe.layers {
            let built = try await buildLayer(content, epoch: recipe.epoch, number: layers.count)
            layers.append(built.result.descriptor)
            diffIDs.append(built.result.diffID)
            history.append(
                .init(created: created, createdBy: "slipway image build", comment: content.comment))
            size.uncompressed += built.result.size
            size.aboveBase += built.result.descriptor.size
            files += built.files
            cached += built.isCached ? 1 : 0
        }
        var execution = base?.configuration.execution ?? ImageConfiguration.Execution()
        execution = execution.overridden(by: recipe.execution)
        let configuration = ImageConfiguration(
            created: created, author: base?.configuration.author, platform: recipe.platform,
            execution: execution,
            diffIDs: diffIDs, history: history)
        let bytes = configuration.encoded
        let manifest = ImageManifest(
            configuration: Descriptor(mediaType: .imageConfiguration, content: bytes), layers: layers,
            annotations: annotations(recipe, base: base, created: created))
        size.compressed = manifest.compressedSize
        size.aboveBase += Int64(bytes.count)
        try await addBase(base, to: &size, &files)
        try rule.check(size, files: files)
        try await store.content.write(bytes)
        let document = ManifestDocument(manifest)
        try await store.content.write(document.bytes)
        return Outcome(
            document: document, manifest: manifest, configuration: configuration, size: size, files: files,
            cachedLayers: cached)
    }

    private func baseImage(_ recipe: ImageRecipe) async throws(OCIError) -> StoredImage? {
        guard let base = recipe.base else { return nil }
        let image = try await store.image(base.digest, platform: recipe.platform)
        guard recipe.platform.accepts(image.configuration.platform) else {
            throw OCIError(
                .build,
                "the base image \(base.name ?? base.digest.description) is for \(image.configuration.platform), not for "
                    + "\(recipe.platform)")
        }
        return image
    }

    private func annotations(
        _ recipe: ImageRecipe, base: StoredImage?, created: String
    ) -> [String: String] {
        var annotations = ["org.opencontainers.image.created": created]
        if let revision = recipe.revision { annotations["org.opencontainers.image.revision"] = revision }
        if let base, recipe.base?.isRecorded ?? false {
            annotations["org.opencontainers.image.base.digest"] = base.digest.description
            if let name = recipe.base?.name { annotations["org.opencontainers.image.base.name"] = name }
        } else if let base {
            // The steps on the way have said what they are based on.
            for name in ["base.digest", "base.name"] {
                let name = "org.opencontainers.image.\(name)"
                annotations[name] = base.manifest.annotations[name]
            }
        }
        return annotations.merging(recipe.annotations) { $1 }
    }

    // MARK: Layers

    private func buildLayer(
        _ content: LayerContent, epoch: Int64, number: Int
    ) async throws -> (result: LayerCompressor.Result, files: [ImageFile], isCached: Bool) {
        try await BlockingQueue.files.runCancellable { flag in
            let plan = try LayerPlan(content, time: epoch)
            let files = plan.files(layer: number)
            // The archive is the input, so its digest is the key.
            let source = HashingSource(LayerStream(plan))
            try source.drain()
            try flag.check()
            let cache = LayerCache(store: store.content)
            if let known = cache.find(source.digest, size: source.count) { return (known, files, true) }
            let result = try LayerCompressor.compress(
                LayerStream(plan), into: store.content, threads: threads, flag)
            guard result.diffID == source.digest else {
                throw OCIError(.build, "files changed while the image was built; build again")
            }
            try cache.record(result)
            return (result, files, false)
        }
    }

    /// Adds what the base image brings, whose layers are looked into only where the image is too large.
    private func addBase(
        _ base: StoredImage?, to size: inout ImageSize, _ files: inout [ImageFile]
    ) async throws {
        guard let base else { return }
        let isTooLarge = !rule.allows(size)
        for (number, layer) in base.layers.enumerated() {
            let content = store.content
            let found = try await BlockingQueue.files.runCancellable { flag in
                try LayerListing(layer.descriptor, in: content, listsFiles: isTooLarge, number: number, flag)
            }
            size.uncompressed += found.size
            files += found.files
        }
    }
}
