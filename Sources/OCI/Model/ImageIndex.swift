public import Manifest

/// A list of manifests: of one image for several platforms, or of what refers to an image.
public struct ImageIndex: Sendable, Hashable {
    /// Of an OCI index or of docker's manifest list.
    public var mediaType: MediaType
    /// What the index is, where it is no list of platforms.
    public var artifactType: String?
    /// The images, by preference: the first that fits a platform is taken.
    public var manifests: [Descriptor]
    /// The manifest that this one refers to.
    public var subject: Descriptor?
    /// Notes of the writer, covered by the digest.
    public var annotations: [String: String]

    /// An index of manifests, in their order.
    public init(
        mediaType: MediaType = .imageIndex, artifactType: String? = nil, manifests: [Descriptor],
        subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.manifests = manifests
        self.subject = subject
        self.annotations = annotations
    }

    init(_ fields: DocumentFields, mediaType: MediaType) throws(OCIError) {
        var manifests: [Descriptor] = []
        for part in try fields.list("manifests") { manifests.append(try Descriptor(part)) }
        var subject: Descriptor?
        if let part = try fields.optionalFields("subject") { subject = try Descriptor(part) }
        self.init(
            mediaType: mediaType, artifactType: try fields.optionalString("artifactType"),
            manifests: manifests, subject: subject, annotations: try fields.stringMap("annotations"))
    }

    /// The index as a document; ``ManifestDocument`` fixes its bytes.
    public var value: Value {
        var object = Object()
        object["schemaVersion"] = .integer(2)
        object["mediaType"] = .string(mediaType.rawValue)
        if let artifactType { object["artifactType"] = .string(artifactType) }
        object["manifests"] = .array(manifests.map(\.value))
        if let subject { object["subject"] = subject.value }
        if !annotations.isEmpty { object["annotations"] = Value(sorting: annotations) }
        return .object(object)
    }

    /// The first manifest for a platform; one that names no platform is for every one.
    ///
    /// - Throws: ``OCIError`` with code `notFound`, naming the platforms there are.
    public func manifest(for platform: Platform) throws(OCIError) -> Descriptor {
        let exact = manifests.first { candidate in candidate.platform.map { platform.accepts($0) } ?? false }
        if let found = exact ?? manifests.first(where: { $0.platform == nil && $0.mediaType.isImageManifest })
        {
            return found
        }
        let offered = manifests.compactMap { $0.platform?.description }.joined(separator: ", ")
        throw OCIError(
            .notFound,
            "the image is not for \(platform); it is for \(offered.isEmpty ? "no platform" : offered)")
    }
}
