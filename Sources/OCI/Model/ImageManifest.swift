public import Manifest

/// The list of an image's parts: its configuration and its layers, lowest first. Artifacts have the same form.
public struct ImageManifest: Sendable, Hashable {
    /// Of an OCI manifest or of docker's.
    public var mediaType: MediaType
    /// What kind of artifact this is; nil for images.
    public var artifactType: String?
    /// The blob with the configuration, or the empty blob for artifacts.
    public var configuration: Descriptor
    /// Lowest first.
    public var layers: [Descriptor]
    /// The manifest this one says something about, such as the image a signature is for.
    public var subject: Descriptor?
    /// Notes of the writer, covered by the digest.
    public var annotations: [String: String]

    /// A manifest of the standard's media type.
    public init(
        mediaType: MediaType = .imageManifest, artifactType: String? = nil, configuration: Descriptor,
        layers: [Descriptor], subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.configuration = configuration
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }

    init(_ fields: DocumentFields, mediaType: MediaType) throws(OCIError) {
        var layers: [Descriptor] = []
        for layer in try fields.list("layers") { layers.append(try Descriptor(layer)) }
        var subject: Descriptor?
        if let part = try fields.optionalFields("subject") { subject = try Descriptor(part) }
        self.init(
            mediaType: mediaType, artifactType: try fields.optionalString("artifactType"),
            configuration: try Descriptor(try fields.fields("config")), layers: layers, subject: subject,
            annotations: try fields.stringMap("annotations"))
    }

    /// The manifest as a registry stores it, always the same bytes for the same content.
    public var value: Value {
        var object = Object()
        object["schemaVersion"] = .integer(2)
        object["mediaType"] = .string(mediaType.rawValue)
        if let artifactType { object["artifactType"] = .string(artifactType) }
        object["config"] = configuration.value
        object["layers"] = .array(layers.map(\.value))
        if let subject { object["subject"] = subject.value }
        if !annotations.isEmpty { object["annotations"] = Value(sorting: annotations) }
        return .object(object)
    }

    /// What a list of referrers calls this manifest's kind: its artifact type, or that of its configuration.
    public var referrerType: String { artifactType ?? configuration.mediaType.rawValue }

    /// The bytes a client transfers for the image: configuration and layers.
    public var compressedSize: Int64 {
        layers.reduce(configuration.size) { $0.addingReportingOverflow($1.size).partialValue }
    }
}
