import Glibc

/// Unpacks the layers of images into directories.
///
/// Layers are hostile input. Nothing is written outside the directory, whatever paths, links and names a layer holds;
/// what it may cost is limited; and an unpacked layer has the digest it was asked for, or unpacking fails. A directory
/// in which unpacking failed holds a part of the layer and must be thrown away.
public struct LayerUnpacker: Sendable {
    /// What is done about deletions, devices and owners.
    public var options: UnpackOptions

    /// Unpacks as the options say.
    public init(_ options: UnpackOptions = UnpackOptions()) {
        self.options = options
    }

    /// Unpacks a stored layer into a directory that exists.
    ///
    /// - Parameter diffID: the digest of the uncompressed archive, as the image's configuration has it.
    /// - Throws: ``OCIError`` with code `unsafeLayer`, `invalidLayer`, `limitExceeded`, `digestMismatch`,
    ///   `sizeMismatch`, `notFound`, `unsupported` or `storage`; `CancellationError`.
    public func unpack(
        _ layer: Descriptor, diffID: Digest?, from store: ContentStore, into directory: String
    ) async throws -> UnpackedLayer {
        try await BlockingQueue.files.runCancellable { flag in
            do {
                return try unpackBlocking(layer, diffID: diffID, from: store, into: directory, flag)
            } catch let error as OCIError {
                throw OCIError(error.code, "layer \(layer.digest): \(error.message)", cause: error.cause)
            }
        }
    }

    private func unpackBlocking(
        _ layer: Descriptor, diffID: Digest?, from store: ContentStore, into directory: String,
        _ flag: CancellationFlag
    ) throws -> UnpackedLayer {
        let file = FileSource(try store.openBlocking(layer.digest), expecting: layer)
        let archive: any ByteSource
        switch layer.mediaType.layerCompression {
        case .some(.none): archive = file
        case .gzip: archive = try GzipSource(file, limits: options.limits)
        case .zstandard:
            throw OCIError(
                .unsupported,
                "it is compressed with zstd, which cannot be unpacked here; push the image with gzip layers")
        case nil:
            throw OCIError(.unsupported, "'\(layer.mediaType)' is no file system layer")
        }
        let unpacked = try unpackBlocking(
            archive, algorithm: diffID?.algorithm ?? .sha256, into: directory, flag)
        try file.verify()
        if let diffID, diffID != unpacked.diffID {
            throw OCIError(
                .digestMismatch,
                "its uncompressed archive has the digest \(unpacked.diffID), and the image's configuration says "
                    + "\(diffID)")
        }
        return unpacked
    }

    func unpackBlocking(
        _ archive: any ByteSource, algorithm: Digest.Algorithm = .sha256, into directory: String,
        _ flag: CancellationFlag
    ) throws -> UnpackedLayer {
        let source = HashingSource(archive, algorithm: algorithm, limit: options.limits.bytes)
        let reader = TarReader(source, limits: options.limits)
        let writer = try TreeWriter(directory: directory, options: options)
        var entries = 0
        while let entry = try reader.next() {
            try flag.check()
            entries += 1
            try writer.add(entry, content: reader)
        }
        try writer.finish()
        // The digest is of everything, also of what follows the end of the archive.
        try source.drain()
        return UnpackedLayer(
            diffID: source.digest, size: source.count, entries: entries,
            skippedDevices: writer.skippedDevices, skippedAttributes: writer.skippedAttributes.sorted())
    }
}
