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
    /// Other signers may write the tag at the same time: `RegistryClient.updateTag` loses none of them.
    ///
    /// - Throws: `OCIError`, with code `conflict` where the signature keeps being lost.
    public func attach(
        _ signature: LegacySignature, chain: String, to digest: Digest, in reference: Reference
    ) async throws {
        let tag = try reference.with(tag: Self.legacyTag(of: digest))
        var layer = try await client.pushBlob(
            signature.payload, mediaType: MediaType(LegacySignature.mediaType), to: reference)
        for (key, value) in signature.annotations(chain: chain) { layer.annotations[key] = value }
        let described = layer
        try await client.updateTag(tag) { present in
            var layers = try present?.image().layers ?? []
            if layers.contains(described) { return nil }
            layers.append(described)
            let configuration = try await client.pushBlob(
                Self.legacyConfiguration(layers), mediaType: .imageConfiguration, to: tag)
            return ManifestDocument(ImageManifest(configuration: configuration, layers: layers))
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
