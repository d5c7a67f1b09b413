/// How large an image is, compressed as it is transferred and uncompressed as it lies on disk.
public struct ImageSize: Sendable, Hashable {
    /// Configuration and layers as registries have them.
    public var compressed: Int64
    /// The archives of all layers.
    public var uncompressed: Int64
    /// The part of `compressed` that the base image does not have.
    public var aboveBase: Int64
}

/// The largest an image may be.
public struct ImageSizeRule: Sendable, Hashable {
    /// In bytes, compressed; nil for no limit.
    public var limit: Int64?

    /// A rule of compressed bytes; nil for none.
    public init(limit: Int64? = 200_000_000) { self.limit = limit }

    /// The rule pipelines have unless they say otherwise: 200 MB.
    public static let standard = ImageSizeRule()

    /// Whether an image is within the limit.
    public func allows(_ size: ImageSize) -> Bool { limit.map { size.compressed <= $0 } ?? true }

    /// - Parameter files: the files of the image; the ten largest are named.
    /// - Throws: ``OCIError`` with code `imageTooLarge`.
    public func check(_ size: ImageSize, files: [ImageFile]) throws(OCIError) {
        guard let limit, !allows(size) else { return }
        let largest = files.sorted { ($1.size, $0.path) < ($0.size, $1.path) }.prefix(10)
        let list = largest.map { "\n  \(Self.megabytes($0.size))  \($0.path) (layer \($0.layer + 1))" }
            .joined()
        throw OCIError(
            .imageTooLarge,
            "the image has \(Self.megabytes(size.compressed)) compressed (\(Self.megabytes(size.uncompressed)) "
                + "uncompressed), \(Self.megabytes(size.compressed - limit)) more than the "
                + "\(Self.megabytes(limit)) allowed; \(Self.megabytes(size.aboveBase)) of it are above the base image. "
                + "Leave out what the program does not need. The largest files, uncompressed:" + list)
    }

    /// A size in megabytes of a million bytes, such as `12.3 MB`.
    public static func megabytes(_ bytes: Int64) -> String {
        let tenths = (bytes + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) MB"
    }
}
