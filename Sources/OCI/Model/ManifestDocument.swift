import Manifest

/// A manifest exactly as it is stored, together with what it says.
///
/// The bytes are what the digest and every signature are of, so they are kept and never written anew.
public struct ManifestDocument: Sendable, Hashable {
    /// What a manifest can be.
    public enum Content: Sendable, Hashable {
        case image(ImageManifest)
        case index(ImageIndex)
    }

    /// No manifest is larger: distribution specification 1.1, "Pushing manifests".
    public static let largestSize = 4 << 20

    /// The bytes that the digest is of; never written anew.
    public let bytes: [UInt8]
    /// The digest of ``bytes``.
    public let digest: Digest
    /// As it was stated or found; agrees with the content.
    public let mediaType: MediaType
    /// What the bytes say.
    public let content: Content

    /// Reads the bytes of a manifest.
    ///
    /// - Parameter mediaType: what the sender calls it; must agree with what the manifest says itself.
    /// - Throws: ``OCIError`` with code `invalidDocument`, `invalidDigest`, `limitExceeded` or `unsupported`.
    public init(
        _ bytes: [UInt8], mediaType sent: MediaType? = nil, algorithm: Digest.Algorithm = .sha256
    ) throws(OCIError) {
        guard bytes.count <= Self.largestSize else {
            throw OCIError(.limitExceeded, "the manifest has more than \(Self.largestSize) bytes")
        }
        let fields = try DocumentFields(parsing: bytes, as: "manifest")
        let type = try Self.mediaType(of: fields, sent: sent)
        let version = try fields.integer("schemaVersion")
        guard version == 2 else {
            throw OCIError(.unsupported, "the manifest has schema version \(version); only 2 can be read")
        }
        // A document with both could be read as either, so that a digest would stand for two images.
        if fields.object.contains(key: "manifests"),
            fields.object.contains(key: "layers") || fields.object.contains(key: "config")
        {
            throw OCIError(
                .invalidDocument, "the manifest has manifests and layers; it must have one of them")
        }
        if type.isIndex {
            content = .index(try ImageIndex(fields, mediaType: type))
        } else if type.isImageManifest {
            content = .image(try ImageManifest(fields, mediaType: type))
        } else {
            throw OCIError(.unsupported, "manifests of type '\(type)' cannot be read")
        }
        self.bytes = bytes
        mediaType = type
        var hash = DigestBuilder(algorithm)
        hash.update(bytes)
        digest = hash.digest()
    }

    /// Writes a manifest.
    public init(_ manifest: ImageManifest) {
        bytes = JSON.write(manifest.value)
        digest = .sha256(bytes)
        mediaType = manifest.mediaType
        content = .image(manifest)
    }

    /// Writes an index.
    public init(_ index: ImageIndex) {
        bytes = JSON.write(index.value)
        digest = .sha256(bytes)
        mediaType = index.mediaType
        content = .index(index)
    }

    /// Describes the manifest, without annotations.
    public var descriptor: Descriptor {
        Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// The manifest that this one refers to, for signatures and statements.
    public var subject: Descriptor? {
        switch content {
        case .image(let manifest): manifest.subject
        case .index(let index): index.subject
        }
    }

    /// Notes of the writer, of image or index.
    public var annotations: [String: String] {
        switch content {
        case .image(let manifest): manifest.annotations
        case .index(let index): index.annotations
        }
    }

    /// The image's manifest.
    ///
    /// - Throws: ``OCIError`` with code `unsupported` for an index.
    public func image() throws(OCIError) -> ImageManifest {
        guard case .image(let manifest) = content else {
            throw OCIError(
                .unsupported, "\(digest) is an index of several manifests; choose one of them by its digest")
        }
        return manifest
    }

    /// How a list of referrers describes this manifest: with the kind of artifact and its annotations.
    public var referrerDescriptor: Descriptor {
        var descriptor = descriptor
        switch content {
        case .image(let manifest): descriptor.artifactType = manifest.referrerType
        case .index(let index): descriptor.artifactType = index.artifactType
        }
        descriptor.annotations = annotations
        return descriptor
    }

    private static func mediaType(of fields: DocumentFields, sent: MediaType?) throws(OCIError) -> MediaType {
        let stated = try fields.optionalString("mediaType").map { MediaType($0) }
        var sent = sent
        // Servers that know nothing of the type call it one of these.
        if let type = sent, type == .octetStream || type == "application/json" || type.rawValue.isEmpty {
            sent = nil
        }
        if let stated, let sent, stated != sent {
            throw OCIError(
                .invalidDocument, "the manifest calls itself '\(stated)' and was sent as '\(sent)'")
        }
        if let type = stated ?? sent { return type }
        if fields.object.contains(key: "manifests") { return .imageIndex }
        if fields.object.contains(key: "fsLayers") || fields.object.contains(key: "signatures") {
            throw OCIError(
                .unsupported,
                "manifests of schema version 1 cannot be read; push the image with a newer client")
        }
        return .imageManifest
    }
}

extension ManifestDocument: CustomStringConvertible {
    /// The kind and the digest; the bytes would say little more.
    public var description: String { "\(mediaType) \(digest)" }
}
