/// What a blob or a manifest is.
///
/// Any text is a media type; those this module acts on have names here.
public struct MediaType: Sendable, Hashable, RawRepresentable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    /// The type in full, with its parameters left out.
    public let rawValue: String

    /// Takes any text: types of others are kept as they are.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Takes any text: types of others are kept as they are.
    public init(_ text: String) { rawValue = text }
    /// Takes any text: types of others are kept as they are.
    public init(stringLiteral value: String) { rawValue = value }

    /// The type in full.
    public var description: String { rawValue }

    /// The manifest of one image.
    public static let imageManifest: MediaType = "application/vnd.oci.image.manifest.v1+json"
    /// Manifests for several platforms.
    public static let imageIndex: MediaType = "application/vnd.oci.image.index.v1+json"
    /// What a container is started with.
    public static let imageConfiguration: MediaType = "application/vnd.oci.image.config.v1+json"
    /// A layer as it is.
    public static let layerTar: MediaType = "application/vnd.oci.image.layer.v1.tar"
    /// A layer compressed with gzip.
    public static let layerTarGzip: MediaType = "application/vnd.oci.image.layer.v1.tar+gzip"
    /// A layer compressed with Zstandard.
    public static let layerTarZstandard: MediaType = "application/vnd.oci.image.layer.v1.tar+zstd"
    /// The configuration of an artifact that has none: the two bytes `{}`.
    public static let empty: MediaType = "application/vnd.oci.empty.v1+json"
    /// Bytes of no known form.
    public static let octetStream: MediaType = "application/octet-stream"

    /// Docker's manifest of one image.
    public static let dockerManifest: MediaType = "application/vnd.docker.distribution.manifest.v2+json"
    /// Docker's manifests for several platforms.
    public static let dockerManifestList: MediaType =
        "application/vnd.docker.distribution.manifest.list.v2+json"
    /// Docker's configuration, whose fields are the same.
    public static let dockerConfiguration: MediaType = "application/vnd.docker.container.image.v1+json"
    /// Docker's layer compressed with gzip.
    public static let dockerLayer: MediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    /// Docker's layer as it is.
    public static let dockerLayerTar: MediaType = "application/vnd.docker.image.rootfs.diff.tar"

    /// The manifests a reader understands, in the order in which it would like to have them.
    public static let manifests: [MediaType] = [
        .imageManifest, .imageIndex, .dockerManifest, .dockerManifestList,
    ]

    /// Whether a manifest of this type lists other manifests.
    public var isIndex: Bool { self == .imageIndex || self == .dockerManifestList }

    /// Whether a manifest of this type has a configuration and layers.
    public var isImageManifest: Bool { self == .imageManifest || self == .dockerManifest }

    /// How a layer of this type is compressed; nil for what is no file system layer.
    public var layerCompression: LayerCompression? {
        var text = rawValue
        // Layers that may not be given on, such as those of Windows, have the same form.
        if let range = text.firstRange(of: "nondistributable.") { text.removeSubrange(range) }
        if let range = text.firstRange(of: "rootfs.foreign.diff") {
            text.replaceSubrange(range, with: "rootfs.diff")
        }
        return switch MediaType(text) {
        case .layerTar, .dockerLayerTar: LayerCompression.none
        case .layerTarGzip, .dockerLayer: .gzip
        case .layerTarZstandard, "application/vnd.docker.image.rootfs.diff.tar.zstd": .zstandard
        default: nil
        }
    }
}

/// How the archive of a layer is compressed.
public enum LayerCompression: String, Sendable, Hashable {
    case none, gzip, zstandard
}
