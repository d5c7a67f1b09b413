public import FoundationEssentials
import Manifest
public import OCI

extension ImageSignatures {
    /// Puts a bundle beside an image, as a manifest that refers to it.
    ///
    /// - Parameters:
    ///   - image: the image's manifest.
    ///   - now: the time that is written down.
    /// - Returns: the digest of the new manifest.
    /// - Throws: `OCIError`.
    public func attach(
        _ bundle: SignatureBundle, to image: Descriptor, in reference: Reference, at now: Date
    ) async throws -> Digest {
        let type = MediaType(SignatureBundle.mediaType)
        let layer = try await client.pushBlob(bundle.json, mediaType: type, to: reference)
        let configuration = try await client.pushBlob(
            Descriptor.emptyContent, mediaType: .empty, to: reference)
        var annotations = ["org.opencontainers.image.created": RFC3339.write(now)]
        switch bundle.content {
        case .message: annotations["dev.sigstore.bundle.content"] = "message-signature"
        case .envelope(let envelope):
            annotations["dev.sigstore.bundle.content"] = "dsse-envelope"
            if let statement = try? Statement(json: envelope.payload) {
                annotations["dev.sigstore.bundle.predicateType"] = statement.predicateType
            }
        }
        // A subject is described by these three alone; more would be another claim about it.
        let subject = Descriptor(mediaType: image.mediaType, digest: image.digest, size: image.size)
        let document = ManifestDocument(
            ImageManifest(
                artifactType: SignatureBundle.mediaType, configuration: configuration, layers: [layer],
                subject: subject, annotations: annotations))
        try await client.putManifest(document, to: reference.with(document.digest))
        return document.digest
    }

    /// Adds a signature to the image's `.sig` tag, beside those that are there.
    ///
    /// Registries know no condition on what a tag named before. Within this process signers take turns; against other
    /// processes what was written is read again until it holds the signature, which makes a loss unlikely and no more.
    /// Bundles do not have this weakness where the registry lists referrers.
    ///
    /// - Throws: `OCIError`; `SigstoreError` with code `conflict` where the signature keeps being lost.
    public func attach(
        _ signature: LegacySignature, chain: String, to digest: Digest, in reference: Reference
    ) async throws {
        let tag = try reference.with(tag: Self.legacyTag(of: digest))
        var layer = try await client.pushBlob(
            signature.payload, mediaType: MediaType(LegacySignature.mediaType), to: reference)
        for (key, value) in signature.annotations(chain: chain) { layer.annotations[key] = value }
        let described = layer
        try await Self.turns.run(tag.description) { try await add(described, to: tag) }
    }

    private static let turns = Turns()

    private func add(_ layer: Descriptor, to tag: Reference) async throws {
        for _ in 0..<5 {
            var layers: [Descriptor] = []
            if let present = try await client.manifestIfPresent(tag) { layers = try present.image().layers }
            if layers.contains(layer) { return }
            layers.append(layer)
            let configuration = try await client.pushBlob(
                Self.legacyConfiguration(layers), mediaType: .imageConfiguration, to: tag)
            try await client.putManifest(
                ManifestDocument(ImageManifest(configuration: configuration, layers: layers)), to: tag)
        }
        guard let present = try await client.manifestIfPresent(tag),
            try present.image().layers.contains(layer)
        else {
            throw SigstoreError(
                .conflict,
                "\(tag) keeps losing signatures: other clients write it at the same time; try again")
        }
    }

    /// The configuration that clients expect of a signature image.
    private static func legacyConfiguration(_ layers: [Descriptor]) -> [UInt8] {
        let epoch: Value = "0001-01-01T00:00:00Z"
        return JSON.write([
            "architecture": "", "created": epoch, "history": .array(layers.map { _ in ["created": epoch] }),
            "os": "",
            "rootfs": ["type": "layers", "diff_ids": .array(layers.map { .string($0.digest.description) })],
            "config": [:],
        ])
    }
}
