/// What a layer may cost whoever unpacks it.
public struct UnpackLimits: Sendable, Hashable {
    /// Bytes of the uncompressed archive, and of all files with their holes.
    public var bytes: Int64 = 32 << 30
    /// Members of the archive.
    public var entries = 2_000_000
    /// How many times larger than its compressed form an archive may be.
    public var ratio = 400
    /// Up to this many uncompressed bytes the ratio does not matter.
    public var ratioGrace: Int64 = 64 << 20
    /// Bytes of a path.
    public var pathLength = 4_096
    /// Bytes of the extended headers of one member.
    public var extensionSize = 1 << 20
    /// Stored parts of one sparse file.
    public var sparseSegments = 1 << 20
    /// Symbolic links on the way to one member.
    public var symbolicLinks = 40

    /// The standard limits.
    public init() {}
}
