/// How layers become files.
public struct UnpackOptions: Sendable, Hashable {
    /// What the deletions in a layer become.
    public enum Whiteouts: Sendable, Hashable {
        /// What they name is deleted from the directory, into which lower layers were unpacked before.
        case applied
        /// Character devices 0/0 and opaque directories, as overlayfs has them; only root can make them.
        case overlay
    }

    /// What happens to device nodes, which images have no need of and which give access to the machine.
    public enum Devices: Sendable, Hashable {
        /// They are left out and reported.
        case skipped
        /// The layer is refused.
        case refused
        /// They are made; only root can.
        case created
    }

    /// Who owns the files.
    public enum Ownership: Sendable, Hashable {
        /// Whom the layer names where this process is root, otherwise the user of this process.
        case automatic
        /// Whom the layer names.
        case recorded
        /// The user of this process.
        case current
    }

    /// How deletions of lower layers are told.
    public var whiteouts: Whiteouts
    /// What becomes of device nodes.
    public var devices: Devices
    /// Who owns what is unpacked.
    public var ownership: Ownership
    /// What a layer may cost.
    public var limits: UnpackLimits
    /// The directories of the layers below, lowest first, for layers that are unpacked on their own.
    ///
    /// From them come the owners and modes of directories the layer puts files into without listing them, and the
    /// files it makes hard links to.
    public var lowerLayers: [String]

    /// Options with the standard limits unless it is said otherwise.
    public init(
        whiteouts: Whiteouts = .applied, devices: Devices = .skipped, ownership: Ownership = .automatic,
        limits: UnpackLimits = UnpackLimits(), lowerLayers: [String] = []
    ) {
        self.whiteouts = whiteouts
        self.devices = devices
        self.ownership = ownership
        self.limits = limits
        self.lowerLayers = lowerLayers
    }
}

/// What came of unpacking a layer.
public struct UnpackedLayer: Sendable, Hashable {
    /// The digest of the uncompressed archive.
    public var diffID: Digest
    /// The size of the uncompressed archive.
    public var size: Int64
    /// The members of the archive.
    public var entries: Int
    /// Paths of device nodes that were left out.
    public var skippedDevices: [String]
    /// Names of extended attributes that were left out, because an image may not set them or the disk cannot hold them.
    public var skippedAttributes: [String]
}
