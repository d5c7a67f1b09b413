public import Manifest

/// Says what a piece of content is, how large it is and what its digest is.
public struct Descriptor: Sendable, Hashable {
    /// Decides how the content is read, whatever the content says of itself.
    public var mediaType: MediaType
    /// The digest of the content's bytes.
    public var digest: Digest
    /// In bytes; never negative.
    public var size: Int64
    /// What the writer adds; the digest does not cover it.
    public var annotations: [String: String]
    /// What kind of artifact the manifest that this describes is.
    public var artifactType: String?
    /// Set in the entries of an index.
    public var platform: Platform?
    /// Other places the content can be had from. They are kept and never followed.
    public var urls: [String]
    /// The content itself in base64, where a producer has embedded it. Kept, and read by nobody here.
    public var data: String?

    /// Points to content by type, digest and size.
    public init(
        mediaType: MediaType, digest: Digest, size: Int64, annotations: [String: String] = [:],
        artifactType: String? = nil, platform: Platform? = nil, urls: [String] = [], data: String? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations
        self.artifactType = artifactType
        self.platform = platform
        self.urls = urls
        self.data = data
    }

    /// Describes content that is in memory.
    public init(
        mediaType: MediaType, content: [UInt8], annotations: [String: String] = [:],
        artifactType: String? = nil
    ) {
        self.init(
            mediaType: mediaType, digest: .sha256(content), size: Int64(content.count),
            annotations: annotations, artifactType: artifactType)
    }

    /// The configuration of an artifact that has none; its content is ``emptyContent``.
    public static let empty = Descriptor(mediaType: .empty, content: emptyContent)
    /// The two bytes `{}`.
    public static let emptyContent = Array("{}".utf8)

    /// Reads a descriptor that stands in another document.
    ///
    /// - Throws: ``OCIError`` with code `invalidDocument` or `invalidDigest`.
    public init(_ value: Value) throws(OCIError) {
        guard let object = value.objectValue else {
            throw OCIError(.invalidDocument, "a descriptor is \(value.kindDescription), not an object")
        }
        try self.init(DocumentFields(object: object, place: "descriptor"))
    }

    init(_ fields: DocumentFields) throws(OCIError) {
        let mediaType = try fields.string("mediaType")
        guard !mediaType.isEmpty else { throw fields.fault("mediaType", "is empty") }
        let digest: Digest
        do throws(OCIError) { digest = try Digest(parsing: try fields.string("digest")) } catch {
            throw OCIError(error.code, "\(fields.place): \(error.message)")
        }
        let size = try fields.integer("size")
        guard size >= 0 else { throw fields.fault("size", "is negative") }
        var platform: Platform?
        if let part = try fields.optionalFields("platform") { platform = try Platform(part) }
        self.init(
            mediaType: MediaType(mediaType), digest: digest, size: size,
            annotations: try fields.stringMap("annotations"),
            artifactType: try fields.optionalString("artifactType"), platform: platform,
            urls: try fields.strings("urls"), data: try fields.optionalString("data"))
    }

    /// The descriptor as other documents hold it.
    public var value: Value {
        var object = Object()
        object["mediaType"] = .string(mediaType.rawValue)
        object["digest"] = .string(digest.description)
        object["size"] = .integer(size)
        if !urls.isEmpty { object["urls"] = .array(urls.map { .string($0) }) }
        if !annotations.isEmpty { object["annotations"] = Value(sorting: annotations) }
        if let data { object["data"] = .string(data) }
        if let platform { object["platform"] = platform.value }
        if let artifactType { object["artifactType"] = .string(artifactType) }
        return .object(object)
    }
}
