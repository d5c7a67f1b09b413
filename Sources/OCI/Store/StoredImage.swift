/// An image whose manifest and configuration were read and agree.
public struct StoredImage: Sendable, Hashable {
    /// The manifest as it is stored.
    public let document: ManifestDocument
    /// The manifest as it was read; its bytes are those of ``document``.
    public let manifest: ImageManifest
    /// What containers of the image start with.
    public let configuration: ImageConfiguration

    /// A layer: the blob, and the digest of its uncompressed archive.
    public struct Layer: Sendable, Hashable {
        /// The blob as the registry has it, compressed.
        public let descriptor: Descriptor
        /// The digest of the uncompressed archive, which the configuration names.
        public let diffID: Digest
        /// Names the layer together with all below it.
        public let chainID: Digest
    }

    /// - Throws: ``OCIError`` with code `invalidDocument` where manifest and configuration disagree.
    public init(
        document: ManifestDocument, manifest: ImageManifest, configuration: ImageConfiguration
    ) throws(OCIError) {
        guard manifest.layers.count == configuration.diffIDs.count else {
            throw OCIError(
                .invalidDocument,
                "the image \(document.digest) has \(manifest.layers.count) layers in its manifest and "
                    + "\(configuration.diffIDs.count) in its configuration")
        }
        self.document = document
        self.manifest = manifest
        self.configuration = configuration
    }

    /// The digest of the manifest, by which the image is pinned.
    public var digest: Digest { document.digest }

    /// The layers, lowest first.
    public var layers: [Layer] {
        let chainIDs = configuration.chainIDs
        return manifest.layers.indices.map { index in
            Layer(
                descriptor: manifest.layers[index], diffID: configuration.diffIDs[index],
                chainID: chainIDs[index])
        }
    }
}
