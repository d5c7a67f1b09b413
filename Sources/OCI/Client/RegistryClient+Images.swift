/// What happens to a blob or manifest while an image is pushed or pulled.
public struct TransferProgress: Sendable, Hashable {
    /// Which blob or manifest is on its way.
    public let digest: Digest
    /// Its bytes, all of them.
    public let size: Int64
    /// The bytes that are where they should be.
    public let done: Int64
}

extension RegistryClient {
    /// Brings an image into a store and records its reference there.
    ///
    /// Of an index, the image for `platform` is brought, or every image where `platform` is nil.
    ///
    /// - Returns: what the reference names: the manifest, or the index.
    /// - Throws: ``OCIError``; `CancellationError`.
    @discardableResult
    public func pull(
        _ reference: Reference, into store: ImageStore, platform: Platform? = .current,
        progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) async throws -> ManifestDocument {
        let top = try await manifest(reference)
        try await pull(top, of: reference, into: store, platform: platform, depth: 0, progress)
        try await store.set(reference, to: top.descriptor)
        return top
    }

    private func pull(
        _ document: ManifestDocument, of reference: Reference, into store: ImageStore, platform: Platform?,
        depth: Int, _ progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws {
        switch document.content {
        case .image(let manifest):
            let blobs = Self.distinct([manifest.configuration] + manifest.layers)
            // All at first, so that whoever adds them up knows the whole.
            for blob in blobs { progress(TransferProgress(digest: blob.digest, size: blob.size, done: 0)) }
            try await eachInParallel(blobs) { blob in
                try await self.pullBlob(blob, from: reference, into: store.content) { done in
                    progress(TransferProgress(digest: blob.digest, size: blob.size, done: done))
                }
            }
        case .index(let index):
            guard depth < 4 else {
                throw OCIError(.unsupported, "\(reference) is an index of indexes that does not end")
            }
            let chosen = try platform.map { [try index.manifest(for: $0)] } ?? index.manifests
            for entry in chosen where entry.mediaType.isIndex || entry.mediaType.isImageManifest {
                let inner = try await manifest(reference.with(entry.digest))
                guard Int64(inner.bytes.count) == entry.size else {
                    throw OCIError(
                        .sizeMismatch,
                        "the manifest \(entry.digest) has \(inner.bytes.count) bytes where its index says \(entry.size)"
                    )
                }
                try await pull(
                    inner, of: reference, into: store, platform: platform, depth: depth + 1, progress)
            }
        }
        // Last, so that a manifest in the store has all its parts.
        try await store.content.write(document.bytes, expecting: document.digest)
    }

    /// What an image is, the one for `platform` where the reference names an index; layers are not fetched.
    ///
    /// - Throws: ``OCIError``.
    public func image(_ reference: Reference, platform: Platform = .current) async throws -> StoredImage {
        var document = try await manifest(reference)
        for _ in 0..<4 {
            guard case .index(let index) = document.content else { break }
            document = try await manifest(reference.with(try index.manifest(for: platform).digest))
        }
        let manifest = try document.image()
        let bytes = try await blob(
            manifest.configuration.digest, in: reference, limit: ImageConfiguration.largestSize)
        return try StoredImage(
            document: document, manifest: manifest, configuration: ImageConfiguration(parsing: bytes))
    }

    /// Brings a stored image, with the images of an index, into a repository, and then tags it.
    ///
    /// - Parameters:
    ///   - digest: the manifest or index in the store.
    ///   - reference: where to; without a tag the image is stored by digest alone.
    ///   - rule: what the tag must look like, and that it must not move.
    ///   - sources: repositories of the same registry that may have the layers already, such as a base image's.
    /// - Throws: ``OCIError``, with code `tagRefused` for a tag the rule forbids, `tagExists` for one that names another
    ///   image already; `CancellationError`.
    @discardableResult
    public func push(
        _ digest: Digest, from store: ImageStore, to reference: Reference, rule: TagRule = .commit,
        mounting sources: [String] = [],
        progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) async throws -> ManifestDocument {
        let document = try await store.manifest(digest)
        if let tag = reference.tag {
            try rule.check(tag)
            if rule.isImmutable(tag), let present = try await tagged(reference) {
                guard present == digest else {
                    throw OCIError(
                        .tagExists,
                        "\(reference.name):\(tag) names \(present) already, and a commit's image never changes; "
                            + "build from a new commit, or deploy \(present)")
                }
            }
        }
        try await push(document, from: store, to: reference, sources, depth: 0, progress)
        return document
    }

    private func tagged(_ reference: Reference) async throws -> Digest? {
        guard let tag = reference.tag else { return nil }
        do {
            return try await resolve(try reference.with(tag: tag)).digest
        } catch let error as OCIError where error.code == .notFound {
            return nil
        }
    }

    private func push(
        _ document: ManifestDocument, from store: ImageStore, to reference: Reference, _ sources: [String],
        depth: Int, _ progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws {
        switch document.content {
        case .image(let manifest):
            try await eachInParallel(Self.distinct([manifest.configuration] + manifest.layers)) { blob in
                try await self.pushBlob(blob, from: store.content, to: reference, mounting: sources) { done in
                    progress(TransferProgress(digest: blob.digest, size: blob.size, done: done))
                }
            }
        case .index(let index):
            guard depth < 4 else {
                throw OCIError(.unsupported, "\(document.digest) is an index of indexes that does not end")
            }
            for entry in index.manifests {
                try await push(
                    try await store.manifest(entry.digest), from: store, to: reference.with(entry.digest),
                    sources,
                    depth: depth + 1, progress)
            }
        }
        let target = try reference.tag.map { tag throws(OCIError) in try reference.with(tag: tag) }
        try await putManifest(document, to: target ?? reference.with(document.digest))
    }

    private static func distinct(_ blobs: [Descriptor]) -> [Descriptor] {
        var seen: Set<Digest> = []
        return blobs.filter { seen.insert($0.digest).inserted }
    }

    /// Runs `body` for each blob, the configured number at a time. The first failure ends the others.
    private func eachInParallel(
        _ blobs: [Descriptor], _ body: @escaping @Sendable (Descriptor) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, blob) in blobs.enumerated() {
                if index >= configuration.parallelTransfers { try await group.next() }
                group.addTask { try await body(blob) }
            }
            try await group.waitForAll()
        }
    }
}
